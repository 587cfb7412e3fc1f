"""Rights over changes of rules. Each table asks besides for the rights that its own room names."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.permissions import permission

VIEW = permission("kernel_rulebook.view_rules", _("see the rulebook"))
DRAFT = permission("kernel_rulebook.draft_change", _("draft and propose a change of rules"))
DECIDE = permission("kernel_rulebook.decide_change", _("approve or reject a change of rules"))
ALL = (VIEW, DRAFT, DECIDE)
TAKE_EFFECT = permission("kernel_rulebook.take_effect_change", _("put an approved change in force"), system=True)
