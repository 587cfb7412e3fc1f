"""Rights over the words of those notices whose rooms keep no words of their own."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.permissions import bundle, permission
from tinhso.kernel.rulebook import permissions as rulebook

PROPOSE_TEXT = permission("kernel_notices.propose_text", _("propose words of notices"))
APPROVE_TEXT = permission("kernel_notices.approve_text", _("approve words of notices"))

TEXT_WRITER = bundle(
    "notice_writer",
    title=_("Writer of notices"),
    permissions=[rulebook.VIEW, rulebook.DRAFT, PROPOSE_TEXT],
)
TEXT_APPROVER = bundle(
    "notice_approver",
    title=_("Approver of notices"),
    permissions=[rulebook.VIEW, rulebook.DECIDE, APPROVE_TEXT],
)
