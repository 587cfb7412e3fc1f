"""Ways in for those who watch over the platform."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.glass import BREAK_GLASS, SEE_GLASS
from tinhso.kernel.access.watched import SEE_WATCHED
from tinhso.kernel.console import permissions
from tinhso.kernel.machines.permissions import KEEP_CLIENTS
from tinhso.kernel.modules.declare import door
from tinhso.kernel.rulebook import permissions as rulebook

door(
    "kernel_console.machines",
    title=_("Connected machines"),
    icon="lock",
    url="kernel_console:machines",
    order=890,
    audience="member",
    permission=KEEP_CLIENTS,
    hint=_("Keys and events for your programs"),
)
door(
    "kernel_console.people",
    title=_("People"),
    icon="users",
    url="kernel_console:people",
    order=900,
    audience="official",
    permission=permissions.VIEW_PEOPLE,
    everywhere=True,
)
door(
    "kernel_console.access",
    title=_("Roles and rights"),
    icon="lock",
    url="kernel_console:access",
    order=901,
    audience="official",
    permission=permissions.VIEW_PEOPLE,
    everywhere=True,
)
door(
    "kernel_console.powers",
    title=_("Matrix of rights"),
    icon="lock",
    url="kernel_console:powers",
    order=902,
    audience="official",
    permission=permissions.SEE_POWERS,
    everywhere=True,
)
door(
    "kernel_console.glass",
    title=_("Break-glass"),
    icon="lock-open",
    url="kernel_console:glass",
    order=903,
    audience="official",
    permission=BREAK_GLASS,
    everywhere=True,
)
door(
    "kernel_console.glasses",
    title=_("Opened by break-glass"),
    icon="lock-open",
    url="kernel_console:glasses",
    order=904,
    audience="official",
    permission=SEE_GLASS,
    everywhere=True,
)
door(
    "kernel_console.agencies",
    title=_("Agencies"),
    icon="building",
    url="kernel_console:agencies",
    order=905,
    audience="official",
    permission=permissions.VIEW_ORGANISATIONS,
)
door(
    "kernel_console.rulebook",
    title=_("Rulebook"),
    icon="book",
    url="kernel_console:rulebook",
    order=906,
    audience="official",
    permission=rulebook.VIEW,
    everywhere=True,
)
door(
    "kernel_console.trail",
    title=_("Audit trail"),
    icon="file-time",
    url="kernel_console:trail",
    order=910,
    audience="official",
    permission=permissions.READ_TRAIL,
    everywhere=True,
)
door(
    "kernel_console.watched",
    title=_("Large files and searches elsewhere"),
    icon="file-search",
    url="kernel_console:watched",
    order=911,
    audience="official",
    permission=SEE_WATCHED,
    everywhere=True,
)
door(
    "kernel_console.operations",
    title=_("Operations"),
    icon="run",
    url="kernel_console:operations",
    order=920,
    audience="official",
    permission=permissions.SEE_OPERATIONS,
    everywhere=True,
)
