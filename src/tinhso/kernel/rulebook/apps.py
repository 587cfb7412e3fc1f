from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Rulebook(Module):
    name = "tinhso.kernel.rulebook"
    label = "kernel_rulebook"
    title = _("rulebook")
