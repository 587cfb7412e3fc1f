"""Settings of the test run."""

from tinhso.config.settings.base import *
from tinhso.config.settings.base import MIDDLEWARE as LAYERS

SECRET_KEY = "tests only"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
MIDDLEWARE = [name for name in LAYERS if "whitenoise" not in name]  # nothing is collected for the tests
DEMO_CLOCK = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
