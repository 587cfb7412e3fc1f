"""Zalo's message service (ZNS): fixed words that Zalo has approved, filled with the fields of the text message.

Source: the service's interface as programs in public use it (address, header `access_token`, `template_id`,
`template_data`, `tracking_id`, `error` 0), recalled and not tried against the real service; a first message to a
number of one's own shows whether it still holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tinhso.kernel.base.outside.contract import NotReached, Poster
from tinhso.kernel.base.outside.https import Https
from tinhso.kernel.notices.channels.contract import CarrierDown, Message, Receipt, Refused
from tinhso.kernel.notices.channels.phones import international

SEND = "https://business.openapi.zalo.me/message/template"
MOST_BYTES = 65_536
PASS_ENDED, TOO_MANY = -124, -32
"""Errors after which a later try may succeed; all others are the message's own: no Zalo, a wrong template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zalo:
    """`templates`: which template says which kind of notice; `access`: the pass of today, made anew when `fresh`."""

    templates: Mapping[str, str]
    access: Callable[[bool], str]
    poster: Poster = field(default_factory=lambda: Https(reads=MOST_BYTES))
    url: str = SEND

    def carry(self, message: Message) -> Receipt:
        """Raises CarrierDown or Refused."""
        template = self.templates.get(message.kind)
        if template is None:
            raise Refused("Zalo has no template for this kind of notice")
        body = {
            "phone": international(message.address),
            "template_id": template,
            "template_data": {name: str(value) for name, value in message.fields.items()},
            "tracking_id": message.id,
        }
        said = self._asked(body, fresh=False)
        if said.get("error") == PASS_ENDED:
            said = self._asked(body, fresh=True)
        return _receipt(said, message)

    def _asked(self, body: Mapping[str, Any], *, fresh: bool) -> dict[str, Any]:
        headers = {"access_token": self.access(fresh), "Content-Type": "application/json"}
        try:
            answer = self.poster.post(self.url, json.dumps(body, ensure_ascii=False).encode(), headers)
            said = json.loads(answer.body)
        except NotReached as silent:
            raise CarrierDown(str(silent)) from silent
        except ValueError as wrong:
            raise CarrierDown("Zalo gave no answer that can be read") from wrong
        if answer.status >= 500 or not isinstance(said, dict):
            raise CarrierDown(f"Zalo answered {answer.status}")
        return said


def _receipt(said: Mapping[str, Any], message: Message) -> Receipt:
    error = said.get("error")
    if error in (PASS_ENDED, TOO_MANY):
        raise CarrierDown(f"Zalo answered error {error}")
    if error != 0:
        raise Refused(f"Zalo answered error {error}")
    told = said.get("data")
    number = told.get("msg_id") if isinstance(told, dict) else None
    return Receipt(reference=str(number or message.id)[:80])
