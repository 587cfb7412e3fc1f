"""Settings of a province in service: refuses to start when unsafe."""

from tinhso.config import env
from tinhso.config.settings.base import *
from tinhso.config.settings.base import ALLOWED_HOSTS as HOSTS
from tinhso.config.settings.base import PAPER_KEYS as PAPERS
from tinhso.config.settings.base import PUSH_KEY, ZALO, ZALO_TEMPLATES
from tinhso.config.settings.base import SECRET_KEY as SECRET
from tinhso.config.settings.base import SITE_URL as SITE
from tinhso.config.settings.base import SMS_GATEWAY as SMS
from tinhso.kernel.notices.channels import gateway

if len(SECRET) < 50:
    raise env.WrongSetting("TINHSO_SECRET_KEY must hold at least 50 characters in production")
PROFILE = env.text("TINHSO_PROFILE", "production")
if PROFILE != "production":  # demo accounts sign in without a password, and messages go to simulators
    raise env.WrongSetting(f"TINHSO_PROFILE={PROFILE} is refused in production: say production, or nothing")
if not env.text("TINHSO_HOSTS") or "*" in HOSTS:
    raise env.WrongSetting("TINHSO_HOSTS must name the hosts of the platform in production, without *")
if not env.text("TINHSO_SITE_URL") or not SITE.startswith("https://"):
    raise env.WrongSetting("TINHSO_SITE_URL must name the platform's own address, with https://, in production")
if not PAPERS or min(map(len, PAPERS)) < 32:
    raise env.WrongSetting("TINHSO_PAPER_KEYS must hold keys of at least 32 characters in production")
if env.text("TINHSO_NOTICES_EMAIL", "smtp") == "smtp" and not env.text("TINHSO_EMAIL_HOST"):
    raise env.WrongSetting("TINHSO_EMAIL_HOST must name the mail server in production, or TINHSO_NOTICES_EMAIL be off")
if env.text("TINHSO_NOTICES_SMS") == "http" and not (SMS["url"].startswith("https://") and SMS["key"]):
    raise env.WrongSetting("TINHSO_SMS_URL must begin with https:// and TINHSO_SMS_KEY be given for a text gateway")
if SMS["body"]:
    try:
        gateway.check(SMS["body"])
    except ValueError as wrong:
        raise env.WrongSetting(f"TINHSO_SMS_BODY cannot be sent: {wrong}") from None
if env.text("TINHSO_NOTICES_PUSH") == "webpush" and len(PUSH_KEY) != 43:
    raise env.WrongSetting("TINHSO_PUSH_KEY must hold a key of 32 bytes as base64url, see deploy/env.example")
if env.text("TINHSO_NOTICES_ZALO") == "zns" and not all((*ZALO.values(), ZALO_TEMPLATES)):
    raise env.WrongSetting("TINHSO_ZALO_APP, _SECRET, _REFRESH and _TEMPLATES must all be given for Zalo")
if env.text("TINHSO_ROLE", "app") == "app":
    user = env.database("DATABASE_URL")["USER"]
    if user in {"", "postgres", "tinhso_owner", "tinhso_migrate"}:
        raise env.WrongSetting(f"DATABASE_URL must name the role tinhso_app in production, not {user!r}")
REFUSE_POWERFUL_ROLE = True  # looked at when a web process starts (config.safety)
ALLOWED_HOSTS = [*HOSTS, "127.0.0.1"]  # who watches on this machine asks by its address
FORCE_SECOND_FACTOR = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# nginx ends TLS, sends this header and nothing else may set it (deploy/nginx/tinhso.conf).
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked over plain HTTP, past nginx
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in HOSTS]
LIVE_URL = env.text("TINHSO_LIVE_URL", "/live")
SHOW_PIECES = env.flag("TINHSO_SHOW_PIECES")
WHITENOISE_USE_FINDERS = False
