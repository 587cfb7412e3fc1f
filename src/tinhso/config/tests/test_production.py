from __future__ import annotations

import os
import subprocess
import sys

import psycopg
import pytest

SAFE = {
    "DJANGO_SETTINGS_MODULE": "tinhso.config.settings.production",
    "TINHSO_SECRET_KEY": "s" * 60,
    "TINHSO_PAPER_KEYS": "p" * 32,
    "TINHSO_HOSTS": "so.example.vn",
    "TINHSO_SITE_URL": "https://so.example.vn",
    "TINHSO_EMAIL_HOST": "mail.example.vn",
    "DATABASE_URL": "postgresql://tinhso_app:x@/tinhso?host=/run/postgresql",
}
LOAD = "from django.conf import settings; settings.DEBUG; print('started')"


def load(code: str = LOAD, **changed: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TINHSO_", "DATABASE_"))}
    environment = {name: value for name, value in {**kept, **SAFE, **changed}.items() if value}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_safe_settings_start():
    done = load()

    assert (done.stdout, done.returncode) == ("started\n", 0), done.stderr


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"TINHSO_SECRET_KEY": "short"}, "TINHSO_SECRET_KEY must hold at least 50 characters"),
        ({"TINHSO_PAPER_KEYS": ""}, "TINHSO_PAPER_KEYS must hold keys of at least 32 characters"),
        ({"TINHSO_HOSTS": ""}, "TINHSO_HOSTS must name the hosts"),
        ({"TINHSO_HOSTS": "so.example.vn,*"}, "without *"),
        ({"TINHSO_SITE_URL": ""}, "TINHSO_SITE_URL must name the platform's own address"),
        ({"TINHSO_SITE_URL": "http://so.example.vn"}, "with https://"),
        ({"TINHSO_SITE_URL": "https://so.example.vn/cong/"}, "TINHSO_SITE_URL must be an address such as"),
        ({"TINHSO_EMAIL_HOST": ""}, "TINHSO_EMAIL_HOST must name the mail server"),
        ({"TINHSO_EMAIL_PORT": "smtp"}, "TINHSO_EMAIL_PORT must be a whole number"),
        ({"TINHSO_NOTICES_SMS": "http"}, "TINHSO_SMS_URL must begin with https://"),
        ({"TINHSO_NOTICES_SMS": "http", "TINHSO_SMS_URL": "http://sms.vn/", "TINHSO_SMS_KEY": "k"}, "https://"),
        ({"TINHSO_SMS_BODY": '{"to": "{to}"}'}, "TINHSO_SMS_BODY cannot be sent"),
        ({"TINHSO_NOTICES_PUSH": "webpush", "TINHSO_PUSH_KEY": "short"}, "TINHSO_PUSH_KEY must hold a key of 32"),
        ({"TINHSO_NOTICES_ZALO": "zns", "TINHSO_ZALO_APP": "1"}, "must all be given for Zalo"),
        ({"TINHSO_PROFILE": "demo"}, "TINHSO_PROFILE=demo is refused"),
        ({"TINHSO_PROFILE": "province"}, "TINHSO_PROFILE=province is refused"),
        ({"DATABASE_URL": "postgresql://postgres:x@/tinhso"}, "must name the role tinhso_app"),
        ({"DATABASE_URL": "postgresql://tinhso_migrate:x@/tinhso"}, "must name the role tinhso_app"),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL must begin with postgresql://"),
    ],
)
def test_unsafe_settings_refuse_to_start_and_say_why(changed, line):
    done = load(**changed)

    assert done.returncode != 0
    assert line in done.stderr
    assert "Traceback" not in done.stderr


def test_the_mail_server_is_told_by_the_environment():
    names = "EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS"
    told = {"PORT": "587", "USER": "so", "PASSWORD": "secret", "TLS": "yes"}

    done = load(
        f"from django.conf import settings; print(*[getattr(settings, name) for name in {names}])",
        **{f"TINHSO_EMAIL_{name}": value for name, value in told.items()},
    )

    assert done.stdout == "mail.example.vn 587 so secret True\n", done.stderr


def test_without_e_mail_no_mail_server_is_asked_for():
    assert load(TINHSO_EMAIL_HOST="", TINHSO_NOTICES_EMAIL="off").returncode == 0


def test_two_factors_https_and_secure_cookies_are_forced():
    names = "FORCE_SECOND_FACTOR", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"

    done = load(f"from django.conf import settings; print([getattr(settings, name) for name in {names}])")

    assert done.stdout == "[True, True, True, True]\n", done.stderr


def test_who_watches_on_this_machine_is_answered_over_plain_http():
    code = """
import django; django.setup()
from django.test import Client
for host in "127.0.0.1", "so.example.vn", "elsewhere.example":
    print(Client(SERVER_NAME=host, raise_request_exception=False).get("/healthz").status_code)
"""

    done = load(code)

    assert done.stdout.split() == ["200", "200", "400"], done.stderr


def test_a_failed_request_leaves_its_traceback_in_the_log_and_a_missing_page_leaves_nothing():
    code = """
import django; django.setup()
import logging
try:
    raise LookupError("what went wrong")
except LookupError:
    logging.getLogger("django.request").error("Internal Server Error: /x/", exc_info=True)
logging.getLogger("django.request").warning("Not Found: /y/")
"""

    done = load(code)

    assert "ERROR django.request Internal Server Error: /x/" in done.stderr
    assert "LookupError: what went wrong" in done.stderr
    assert "/y/" not in done.stderr


@pytest.mark.django_db
def test_the_applications_own_role_is_not_too_powerful(settings):
    from tinhso.config.safety import refuse_a_powerful_role

    settings.REFUSE_POWERFUL_ROLE = True

    refuse_a_powerful_role()


def test_a_role_that_owns_the_tables_is_refused(own_database):
    code = "import django; django.setup(); from tinhso.config import safety; safety.refuse_a_powerful_role()"
    with psycopg.connect(os.environ["TINHSO_TEST_CLUSTER"], autocommit=True) as connection:
        connection.execute("drop role if exists powerful")
        connection.execute("create role powerful login password 'tests' in role tinhso_owner")
    powerful = os.environ["DATABASE_URL"].replace("tinhso_app", "powerful")

    done = load(code, DATABASE_URL=powerful)
    plain = load(code, DATABASE_URL=os.environ["DATABASE_URL"])

    assert "name tinhso_app" in done.stderr
    assert done.returncode != 0
    assert plain.returncode == 0, plain.stderr
