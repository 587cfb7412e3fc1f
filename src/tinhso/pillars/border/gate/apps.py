from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.modules.descriptor import Module


class BorderGate(Module):
    name = "tinhso.pillars.border.gate"
    label = "border_gate"
    title = _("Digital border gate")
    slug = "cua-khau-so"
    owner = "KKT-CK"
    systems = ("bordergate",)

    def ready(self) -> None:
        """Besides: refusals say what the rulebook has them say."""
        super().ready()
        from tinhso.pillars.border.gate.queries.law import refusal_text
        from tinhso.pillars.border.gate.rules.codes import say_by

        say_by(refusal_text)

    def worded(self, refusal: Refusal) -> Refusal:
        """Who asks the API too often is told BG-034 (border brief 14), and when to try again."""
        if refusal.code != "too-many-requests":
            return refusal
        from tinhso.pillars.border.gate.rules.codes import refuse

        wait = refusal.facts["retry_after"]
        return refuse("BG-034", n=wait, retry_after=wait)
