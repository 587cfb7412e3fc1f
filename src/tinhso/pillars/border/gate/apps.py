from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class BorderGate(Module):
    name = "tinhso.pillars.border.gate"
    label = "border_gate"
    title = _("Digital border gate")
    slug = "cua-khau-so"
    owner = "KKT-CK"
    systems = ("bordergate",)

    def ready(self) -> None:
        """Besides: refusals and notices say what the rulebook has them say."""
        super().ready()
        from tinhso.kernel.notices import kinds
        from tinhso.pillars.border.gate.queries.law import refusal_text
        from tinhso.pillars.border.gate.queries.notice_texts import notice_words
        from tinhso.pillars.border.gate.rules.codes import say_by

        say_by(refusal_text)
        kinds.say_by(self.label, notice_words)
