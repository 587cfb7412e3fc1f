"""The web process: pages and API."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings.dev")
application = get_wsgi_application()

from tinhso.config.safety import refuse_a_powerful_role  # noqa: E402 - after the apps are ready

refuse_a_powerful_role()

# What stands now stays for good: the collector need not look at it again and again during requests.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
