"""Words of trips that are given to a transport firm. By text message goes the code and the link alone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.notices.kinds import notice

GIVEN = notice(
    "border_gate.haulage_given",
    title=_("A trip to carry"),
    texts={
        "vi": "{firm} giao lượt xe {code} cho đơn vị vận tải của bạn. Phân công xe và lái xe.",
        "en": "{firm} gives you the trip {code} to carry. Assign a vehicle and a driver.",
        "zh-hans": "{firm}将车次{code}交贵运输企业承运。请指派车辆和司机。",
    },
)
ENDED = notice(
    "border_gate.haulage_ended",
    title=_("A trip was taken back"),
    texts={
        "vi": "Lượt xe {code} không còn giao cho đơn vị vận tải của bạn.",
        "en": "The trip {code} is not given to your transport firm any more.",
        "zh-hans": "车次{code}不再由贵运输企业承运。",
    },
)
ASSIGNED = notice(
    "border_gate.haulage_assigned",
    title=_("The transport firm has assigned vehicle and driver"),
    texts={
        "vi": "{carrier} đã phân công xe {plate} cho lượt xe {code}. Tờ khai còn là nháp thì gửi ngay được.",
        "en": "{carrier} assigns the vehicle {plate} to the trip {code}. A draft may be sent now.",
        "zh-hans": "{carrier}已为车次{code}指派车辆{plate}。申报如为草稿，现在即可提交。",
    },
)
