"""Words of mandates between a firm and its broker, in the application only: they name firms."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.notices.kinds import notice

GIVEN = notice(
    "border_gate.mandate_given",
    title=_("Mandate given"),
    texts={
        "vi": "{firm} ủy quyền cho {broker} làm thủ tục cửa khẩu từ ngày {first} đến hết ngày {last}.",
        "en": "{firm} lets {broker} act for it at the border gate from {first} to the end of {last}.",
        "zh-hans": "{firm}委托{broker}办理口岸手续，自{first}起至{last}止。",
    },
)
REVOKED = notice(
    "border_gate.mandate_revoked",
    title=_("Mandate ended"),
    texts={
        "vi": "Ủy quyền của {firm} cho {broker} đã chấm dứt: {reason} Từ nay {broker} không làm thủ tục thay {firm}.",
        "en": "The mandate of {firm} to {broker} has ended: {reason} {broker} acts for {firm} no more.",
        "zh-hans": "{firm}对{broker}的委托已终止：{reason} {broker}不再代{firm}办理手续。",
    },
)
