"""Settings of a machine of one's own: `./tinhso up`."""

from tinhso.config.settings.base import *
from tinhso.config.settings.base import SECRET_KEY as SECRET
from tinhso.config.settings.base import STATIC_ROOT as COLLECTED

SECRET_KEY = SECRET or "development only, never in production"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # localhost without TLS
COLLECTED.mkdir(parents=True, exist_ok=True)  # whitenoise warns when there is none yet
