from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Demo(Module):
    name = "tinhso.kernel.demo"
    label = "kernel_demo"
    title = _("demonstration")

    def ready(self) -> None:
        """In the demo profile the platform's moment is the demo clock's, in every process."""
        from tinhso.kernel.base import clock
        from tinhso.kernel.demo import controls  # noqa: F401 - brings its switch to the operations page
        from tinhso.kernel.demo.clock import now, state
        from tinhso.kernel.web.context import use_demo_clock

        super().ready()
        if settings.PROFILE == "demo" and settings.DEMO_CLOCK:
            clock.use(now)
            use_demo_clock(state)
