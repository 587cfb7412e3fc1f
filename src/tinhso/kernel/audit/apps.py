from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Audit(Module):
    name = "tinhso.kernel.audit"
    label = "kernel_audit"
    title = _("audit")

    def ready(self) -> None:
        super().ready()
        from tinhso.kernel.audit.binding import acting_as
        from tinhso.kernel.base.actor import SYSTEM
        from tinhso.kernel.jobs.loops import surround_with

        surround_with(lambda: acting_as(SYSTEM))
