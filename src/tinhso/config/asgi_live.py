"""The live process: `uvicorn tinhso.config.asgi_live:application --port PORT+1`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings.dev")
django.setup()

from tinhso.kernel.web.live_server import LiveServer  # noqa: E402 - after the apps are ready

application = LiveServer()
