"""Ways in for those who watch over the platform."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.console import permissions
from tinhso.kernel.modules.declare import door

door(
    "kernel_console.trail",
    title=_("Audit trail"),
    icon="file-time",
    url="kernel_console:trail",
    order=910,
    audience="official",
    permission=permissions.READ_TRAIL,
)
door(
    "kernel_console.operations",
    title=_("Operations"),
    icon="run",
    url="kernel_console:operations",
    order=920,
    audience="official",
    permission=permissions.SEE_OPERATIONS,
)
