"""One-time codes of links by text message, where a gateway is connected."""

from __future__ import annotations

from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.notices.channels.contract import Carrier, CarrierDown, Message, Refused
from tinhso.kernel.notices.kinds import notice

CODE = notice(
    "kernel_notices.code_sent",
    title=_("One-time code of a link"),
    texts={
        "vi": "{code} là mã dùng một lần của bạn. Không đưa mã cho ai.",
        "en": "{code} is your one-time code. Give it to nobody.",
        "zh-hans": "{code} 是您的一次性验证码，请勿告诉任何人。",
    },
    channels=("sms",),
    sms_fields=("code",),
    examples={"code": "482 916"},
)


class CodeBySms:
    """The code alone and for how long it holds; the person waits on the page, so it goes at once and by no queue."""

    shows_code = False

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier

    def send(self, *, phone: str, code: str, language: str) -> None:
        """Raises Refusal when the gateway does not take it."""
        text = CODE.message(language, {"code": code}, at=clock.now())
        try:
            self.carrier.carry(Message(phone, "", text, urgent=True, id=uuid4().hex))
        except (CarrierDown, Refused) as failed:
            raise Refusal(
                _("the code could not be sent: try again, or ask at the counter"), code="no-code-sender", status=503
            ) from failed
