"""Pushes to the browsers in which a person has asked for notices (RFC 8030).

That a push service took it is no receipt: the browser says itself that it has the notice, or a text message follows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tinhso.kernel.base import clock, site
from tinhso.kernel.base.outside.contract import NotReached, Poster
from tinhso.kernel.base.outside.https import Https
from tinhso.kernel.notices.channels import browsers, ece, vapid
from tinhso.kernel.notices.channels.contract import CarrierDown, Message, Receipt, Refused
from tinhso.kernel.notices.models import PushBrowser

URGENT_LIVES, LIVES = 45 * 60, 12 * 3600  # seconds that the push service keeps it for a browser that is away
GONE = (404, 410)
MOST_LETTERS = 700


@dataclass(frozen=True, slots=True)
class WebPush:
    """`number`: the platform's own key; `contact`: where a push service may complain, as mailto: or https:."""

    number: str
    contact: str
    poster: Poster = field(default_factory=lambda: Https(allowed=browsers.PUSH))

    def carry(self, message: Message) -> Receipt:
        """To all of the person's browsers. Raises Refused when none is left, CarrierDown when none could be reached."""
        failures = []
        sent = 0
        for browser in browsers.browsers_of(message.address):
            try:
                answer = self.poster.post(browser.endpoint, *self._request(browser, message))
            except NotReached as silent:
                failures.append(str(silent))
                continue
            if answer.taken:
                sent += 1
            elif answer.status in GONE:
                PushBrowser.objects.filter(pk=browser.pk).delete()
            else:
                failures.append(f"the push service answered {answer.status}")
        if sent:
            return Receipt(reference=message.id)
        if failures:
            raise CarrierDown(failures[0])
        raise Refused("no browser of his takes pushes")

    def _request(self, browser: PushBrowser, message: Message) -> tuple[bytes, dict[str, str]]:
        told = {
            "id": message.id,
            "title": message.title,
            "text": message.text[:MOST_LETTERS],
            "url": message.url,
            "receipt": message.receipt,
            "urgent": message.urgent,
        }
        body = ece.encrypt(
            json.dumps(told, ensure_ascii=False).encode(),
            browser=ece.unpadded(browser.p256dh),
            auth=ece.unpadded(browser.auth),
        )
        headers = {
            "Authorization": vapid.authorization(
                browser.endpoint, number=self.number, contact=self.contact or site.whole("/"), now=clock.real()
            ),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(URGENT_LIVES if message.urgent else LIVES),
            "Urgency": "high" if message.urgent else "normal",
            "Topic": message.id[:32],  # said again, it takes the place of what was not yet fetched
        }
        return body, headers
