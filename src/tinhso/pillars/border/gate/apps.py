from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class BorderGate(Module):
    name = "tinhso.pillars.border.gate"
    label = "border_gate"
    title = _("Digital border gate")
    slug = "cua-khau-so"
    owner = "KKT-CK"
    systems = ("bordergate",)
