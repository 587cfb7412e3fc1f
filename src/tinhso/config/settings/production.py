"""Settings of a province in service: refuses to start when unsafe."""

from tinhso.config import env
from tinhso.config.settings.base import *
from tinhso.config.settings.base import SECRET_KEY as SECRET

if len(SECRET) < 50:
    raise env.WrongSetting("TINHSO_SECRET_KEY must hold at least 50 characters in production")
PROFILE = env.text("TINHSO_PROFILE", "production")
if PROFILE == "demo":
    raise env.WrongSetting("TINHSO_PROFILE=demo is refused in production: its accounts sign in without a password")
FORCE_SECOND_FACTOR = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_HSTS_SECONDS = 31_536_000
LIVE_URL = env.text("TINHSO_LIVE_URL", "/live")
SHOW_PIECES = env.flag("TINHSO_SHOW_PIECES")
WHITENOISE_USE_FINDERS = False
