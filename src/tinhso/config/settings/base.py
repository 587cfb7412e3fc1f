"""Settings that hold everywhere. All values come through typed readers (config.env)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.config import env, logs
from tinhso.kernel.modules.discovery import label_of, rooms

logs.configure()

PACKAGE = Path(__file__).resolve().parents[2]
ROOT = PACKAGE.parents[1]
DATA = Path(env.text("TINHSO_DATA", str(ROOT / "var")))
PROFILE = env.text("TINHSO_PROFILE", "demo")
DEMO_CLOCK = True  # whether the demo profile plays its own day

DEBUG = False
SECRET_KEY = env.text("TINHSO_SECRET_KEY", "")
# Keys of identity papers at rest: the first encrypts, all decrypt, the last makes the digests to search by.
PAPER_KEYS = env.words("TINHSO_PAPER_KEYS")
# Secrets that banks sign their messages with; several while one takes the place of another.
BANK_SECRETS = env.words("TINHSO_BANK_SECRETS")
ALLOWED_HOSTS = env.words("TINHSO_HOSTS", "127.0.0.1,localhost,[::1]")
# The platform's own address: what links in text messages and e-mail begin with.
SITE_URL = env.site("TINHSO_SITE_URL", f"http://127.0.0.1:{env.number('PORT', 8000)}")
# The mail server that notices go through, and whom letters come from.
EMAIL_HOST = env.text("TINHSO_EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("TINHSO_EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("TINHSO_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("TINHSO_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("TINHSO_EMAIL_TLS")
EMAIL_TIMEOUT = 20  # seconds: a silent server must not hold a worker
DEFAULT_FROM_EMAIL = env.text("TINHSO_EMAIL_FROM", "tinhso@localhost")
# The gateway for text messages; what is left empty is as most gateways have it (kernel.notices.channels.gateway).
SMS_GATEWAY = {
    "url": env.text("TINHSO_SMS_URL"),
    "key": env.text("TINHSO_SMS_KEY"),
    "header": env.text("TINHSO_SMS_HEADER"),
    "body": env.text("TINHSO_SMS_BODY"),
    "taken": env.text("TINHSO_SMS_TAKEN"),
    "reference": env.text("TINHSO_SMS_REFERENCE"),
}
# Secrets that the gateway signs its receipts with; several while one takes the place of another.
SMS_RECEIPT_SECRETS = env.words("TINHSO_SMS_SECRETS")
# Pushes to browsers: the platform's own key, and where a push service may complain.
PUSH_KEY = env.text("TINHSO_PUSH_KEY")
PUSH_CONTACT = env.text("TINHSO_PUSH_CONTACT")
# Zalo's message service: the application, its first pass, and which template says which kind of notice.
ZALO = {
    "app": env.text("TINHSO_ZALO_APP"),
    "secret": env.text("TINHSO_ZALO_SECRET"),
    "refresh": env.text("TINHSO_ZALO_REFRESH"),
}
ZALO_TEMPLATES = env.words("TINHSO_ZALO_TEMPLATES")
ROOT_URLCONF = "tinhso.config.urls"
WSGI_APPLICATION = "tinhso.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOMS = rooms()
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    *ROOMS,
    "django.forms",
    "django_cotton",
    "django_filters",
    "django_tables2",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIGRATION_MODULES: dict[str, str] = {}

MIDDLEWARE = [
    "tinhso.kernel.api.lane.ApiLane",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tinhso.kernel.web.middleware.Language",
    "tinhso.kernel.web.middleware.Guard",
    "tinhso.kernel.web.middleware.Methods",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "tinhso.kernel.login.middleware.SecondFactor",
    "tinhso.kernel.web.middleware.MomentAndActor",
    "tinhso.kernel.login.middleware.OnDuty",
    "tinhso.kernel.web.taken.TakenFiles",
    "tinhso.kernel.web.middleware.Refusals",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tinhso.kernel.web.context.theme",
            ],
            "builtins": ["django.templatetags.i18n", "tinhso.kernel.web.templatetags.web"],
        },
    },
]


def connection(name: str, **options: Any) -> dict[str, Any]:
    """One database connection: server-side binding and early prepared statements (design of `fire`)."""
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        **env.database(name),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 2, **options},
    }


# DATABASE_URL: role tinhso_app, what the processes run as. DATABASE_ADMIN_URL: role tinhso_migrate, which
# may become tinhso_owner. Management commands that change the schema set TINHSO_ROLE=migrate.
if env.text("TINHSO_ROLE", "app") == "migrate":
    DATABASES = {"default": connection("DATABASE_ADMIN_URL", options="-c role=tinhso_owner")}
elif env.text("DATABASE_URL"):
    DATABASES = {"default": connection("DATABASE_URL")}
else:
    DATABASES = {}

LOCALE_PATHS = [PACKAGE / "kernel" / "base" / "locale"]  # the one folder of words that is no app
# Where the sealer of the audit connects, when that is not the application's database under its own name.
SEALER_DATABASE = env.database("DATABASE_SEALER_URL") if env.text("DATABASE_SEALER_URL") else None

# Without this a failed request would leave no trace: Django's own handlers speak in DEBUG only, or by e-mail.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # A 404 or 403 is an answer, no fault.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "ERROR"},
        "tinhso": {"level": "INFO"},
    },
}

# Sign-in limits and the like count over all processes: the cache is a table (unlogged), no further server.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kernel_web_cache"}}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English")), ("zh-hans", _("Chinese"))]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
BUILT_ASSETS = ROOT / "build" / "assets"  # fonts, icons and vendor scripts made at set-up
STATICFILES_DIRS = [BUILT_ASSETS] if BUILT_ASSETS.exists() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tinhso.kernel.web.assets.storage.HashedFiles"},
}
WHITENOISE_USE_FINDERS = True  # what was built but not yet collected is found as well
MEDIA_ROOT = DATA / "files"

AUTH_USER_MODEL = "kernel_identity.Account"
AUTHENTICATION_BACKENDS = ["tinhso.kernel.identity.backends.AccountBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tinhso.kernel.login.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "tinhso.kernel.login.forms.LoginForm",
    "change_password": "tinhso.kernel.login.forms.ChangePasswordForm",
    "reauthenticate": "tinhso.kernel.login.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False  # offices share computers: the session ends with the browser
MFA_ADAPTER = "tinhso.kernel.login.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "tinhso.kernel.login.forms.AuthenticateForm",
    "reauthenticate": "tinhso.kernel.login.forms.AuthenticateForm",
    "activate_totp": "tinhso.kernel.login.forms.ActivateTOTPForm",
    "add_webauthn": "tinhso.kernel.login.forms.AddPasskeyForm",
    "edit_webauthn": "tinhso.kernel.login.forms.EditPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts are given by the agency, their e-mail is not a proof of anything
MFA_TOTP_ISSUER = "Tỉnh Số"
MFA_TOTP_TOLERANCE = 1
FORCE_SECOND_FACTOR = False  # production: holders of roles that need two factors work only with both
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TINHSO_PROXIES", 0)
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

ROOM_LABELS = {room: label_of(room) for room in ROOMS}

# The theme (kernel.web)
FORM_RENDERER = "tinhso.kernel.web.forms.Renderer"
DJANGO_TABLES2_TEMPLATE = "web/table.html"
CSRF_FAILURE_VIEW = "tinhso.kernel.web.pages.refusals.csrf_failure"
LIVE_URL = env.text("TINHSO_LIVE_URL")  # empty: the next port of the same host
LIVE_ORIGINS = env.words("TINHSO_ORIGINS")
# Only where the web server asks for certificates and writes X-Client-Certificate itself (deploy/nginx).
CLIENT_CERTIFICATES = env.flag("TINHSO_CERTIFICATES")
SHOW_PIECES = env.flag("TINHSO_SHOW_PIECES", PROFILE != "production")
