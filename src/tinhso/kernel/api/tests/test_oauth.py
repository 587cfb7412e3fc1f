"""Tokens for programs: what a library sends is answered by RFC 6749, and a token is worth no more than its key."""

from __future__ import annotations

import base64
import hashlib
import time
from datetime import timedelta
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.errors import Invalid
from tinhso.kernel.identity import actions, credentials, remembered
from tinhso.kernel.identity.certificates import fingerprint
from tinhso.kernel.machines.models import ApiClient
from tinhso.kernel.organisations.models import Agency

pytestmark = pytest.mark.django_db
TOKEN = "/api/oauth/token"
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def program() -> ApiClient:
    agency = Agency.objects.create(code="F1", name="Công ty An", kind="firm", valid_from="2020-01-01")
    return ApiClient.objects.create(agency=agency, name="ERP", scopes=["see"], made_by=SYSTEM.id)


@pytest.fixture(autouse=True)
def _anew():
    remembered.forget()


def key_of(program: ApiClient, **more) -> tuple:
    facts = {"name": "k", "expires_at": None, "holder_id": program.pk, "by": SYSTEM, "at": clock.now()}
    return actions.make_key(**facts | more)


def ask(client_id, secret, *, grant="client_credentials", **headers):
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return Client().post(TOKEN, {"grant_type": grant}, headers={"authorization": f"Basic {basic}", **headers})


def opens(token: str, **headers) -> bool:
    headers = {"authorization": f"Bearer {token}", **headers}
    return Client().get("/api/v1/kernel/notices/unread", headers=headers).status_code == 200


def certificate() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ERP")]), clock.real()
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def test_a_key_is_changed_for_a_token_that_acts_as_the_program(program):
    _key, secret = key_of(program)

    answer = ask(program.pk, secret)

    told = answer.json()
    assert (answer.status_code, told["token_type"], told["expires_in"], told["scope"]) == (200, "Bearer", 3600, "see")
    assert "no-store" in answer["Cache-Control"]
    assert opens(told["access_token"])
    assert Client().post(TOKEN, {**GRANT, "client_id": program.pk, "client_secret": secret}).status_code == 200


@pytest.mark.parametrize("wrong", ["secret", "other", "nobody", "closed", "token"])
def test_who_is_not_the_program_gets_no_token(program, wrong):
    _key, secret = key_of(program)
    client_id = program.pk
    if wrong == "secret":
        secret = "ts_made-up"
    if wrong == "other":
        _key, secret = actions.make_key(name="o", expires_at=None, by=SYSTEM, at=clock.now())
    if wrong == "nobody":
        client_id = "khong-co"
    if wrong == "closed":
        ApiClient.objects.filter(pk=program.pk).update(closed_at=clock.real())
    if wrong == "token":
        secret = ask(program.pk, secret).json()["access_token"]

    answer = ask(client_id, secret)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("grant", ["password", "authorization_code", ""])
def test_other_grants_are_refused_by_name(program, grant):
    _key, secret = key_of(program)

    answer = ask(program.pk, secret, grant=grant)

    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_a_token_ends_with_its_key_its_hour_and_a_changed_letter(program, monkeypatch):
    key, secret = key_of(program)
    token = ask(program.pk, secret).json()["access_token"]

    assert not opens(token[:-2] + ("aa" if token[-2:] != "aa" else "bb"))
    later = time.time() + credentials.TOKEN_SECONDS + 1
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: later)
        assert not opens(token)
    assert opens(token)
    actions.revoke(credential=key, by=SYSTEM, at=clock.now())
    assert not opens(token)


def test_a_bound_key_and_its_tokens_open_nothing_without_the_certificate(program, settings):
    settings.CLIENT_CERTIFICATES = True
    own, other = certificate(), certificate()
    _key, secret = key_of(program, certificate=fingerprint(own))
    shown, wrong = {"X-Client-Certificate": quote(own)}, {"X-Client-Certificate": quote(other)}

    refused, token = ask(program.pk, secret).status_code, ask(program.pk, secret, **shown).json()["access_token"]

    assert refused == 401
    for text in (secret, token):
        assert opens(text, **shown)
        assert not opens(text)
        assert not opens(text, **wrong)
        assert not opens(text, **{"X-Client-Certificate": "rubbish"})
    settings.CLIENT_CERTIFICATES = False  # then the header could be anybody's
    remembered.forget()
    assert not opens(secret, **shown)


def test_a_certificate_is_known_by_its_digest_and_rubbish_is_refused():
    pem = certificate()
    der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER)

    assert fingerprint(pem) == hashlib.sha256(der).digest()
    with pytest.raises(Invalid):
        fingerprint("BEGIN nothing")


def test_libraries_find_the_address(client):
    told = client.get("/.well-known/oauth-authorization-server").json()

    assert told["token_endpoint"].endswith(TOKEN)
    assert told["grant_types_supported"] == ["client_credentials"]
