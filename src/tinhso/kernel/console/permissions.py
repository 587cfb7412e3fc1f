"""Rights of those who watch over the platform itself."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.glass import BREAK_GLASS, SEE_GLASS
from tinhso.kernel.access.permissions import bundle, permission
from tinhso.kernel.access.watched import SEE_WATCHED

READ_TRAIL = permission("kernel_console.read_trail", _("Read the audit trail"))
SEE_OPERATIONS = permission("kernel_console.see_operations", _("See how the platform runs"))
RUN_OPERATIONS = permission("kernel_console.run_operations", _("Repeat or drop what failed"))
SWITCH_SIMULATED = permission("kernel_console.switch_simulated", _("Make simulated systems slow, wrong or down"))
SEE_POWERS = permission("kernel_console.see_powers", _("see the matrix of rights"))

AUDITOR = bundle("auditor", title=_("Auditor"), permissions=[READ_TRAIL, SEE_POWERS, SEE_GLASS, SEE_WATCHED])
OPERATOR = bundle("operator", title=_("Operator of the platform"), permissions=[SEE_OPERATIONS, RUN_OPERATIONS])
SIMULATOR = bundle(
    "simulator", title=_("Keeper of the simulated systems"), permissions=[SEE_OPERATIONS, SWITCH_SIMULATED]
)

VIEW_ORGANISATIONS = permission("kernel_console.view_organisations", _("see agencies, posts and units"))
ORGANISATION_READER = bundle(
    "organisation_reader",
    title=_("Reader of agencies and posts"),
    permissions=[VIEW_ORGANISATIONS],
    second_factor=False,
)

VIEW_PEOPLE = permission("kernel_console.view_people", _("see people, their accounts and their rights"))
MANAGE_PEOPLE = permission("kernel_console.manage_people", _("keep people, accounts and posts"))
GIVE_ROLE = permission("kernel_console.give_role", _("give and end roles"))

# Whoever holds one of these decides what others may do.
POWERFUL = (MANAGE_PEOPLE, GIVE_ROLE)
# Their pages show the whole platform and ask for a right without any scope: for one agency it opens none of them.
WHOLE = (
    READ_TRAIL,
    SEE_OPERATIONS,
    RUN_OPERATIONS,
    SWITCH_SIMULATED,
    VIEW_PEOPLE,
    SEE_POWERS,
    BREAK_GLASS,
    SEE_GLASS,
    SEE_WATCHED,
)

ADMINISTRATOR = bundle(
    "administrator",
    title=_("Administrator of people and rights"),
    permissions=[VIEW_ORGANISATIONS, VIEW_PEOPLE, MANAGE_PEOPLE, GIVE_ROLE, BREAK_GLASS],
)
