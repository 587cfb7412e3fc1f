"""Settings of the test run."""

from tinhso.config.settings.base import *

SECRET_KEY = "tests only"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
WHITENOISE_AUTOREFRESH = True  # static files are looked up when asked for, not collected
