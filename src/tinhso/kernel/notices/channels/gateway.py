"""Text messages through a gateway over HTTPS, whoever runs it: address, key and form of the request are settings.

The gateway is asked to take a message by its `id`, which is the same at each try: one that knows the id already answers
as before, or 409, and nobody gets the message twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tinhso.kernel.base.outside.address import Allowed
from tinhso.kernel.base.outside.contract import Answer, NotReached, Poster
from tinhso.kernel.base.outside.https import Https
from tinhso.kernel.notices.channels.contract import CarrierDown, Message, Receipt, Refused
from tinhso.kernel.notices.channels.phones import international, national

BODY = '{"to": "{to}", "text": "{text}", "id": "{id}"}'
HEADER = "Authorization: Bearer {key}"
REFERENCE = "id"
# Who runs the platform names the gateway: it may stand in his own network, but it is never spoken to in clear.
OURS = Allowed(ports=None, literal=True, public_only=False)
MOST_BYTES = 65_536
KNOWN_ALREADY, TOO_MANY, WRONG_KEY = 409, 429, (401, 403)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """`body`: JSON, or pairs as of a form, in which {to} {local} {plus} {text} {id} {key} are put. `taken`: what an
    answer has to hold, as `CodeResult=100`, for gateways that answer 200 to everything; `reference`: where in the
    answer the gateway's own number stands. Both may name a part of a part: `data.id`."""

    url: str
    key: str
    body: str = BODY
    header: str = HEADER
    taken: str = ""
    reference: str = REFERENCE
    poster: Poster = field(default_factory=lambda: Https(allowed=OURS, reads=MOST_BYTES))

    def carry(self, message: Message) -> Receipt:
        """Raises CarrierDown or Refused."""
        try:
            answer = self.poster.post(self.url, *self._request(message))
        except NotReached as silent:
            raise CarrierDown(str(silent)) from silent
        if answer.status == KNOWN_ALREADY:
            return Receipt(reference=message.id)
        _look_at(answer)
        said = _parts(answer.body)
        name, _, wanted = self.taken.partition("=")
        if name and str(_at(said, name)) != wanted:
            raise Refused(f"the gateway answered {name}={str(_at(said, name))[:60]}")
        return Receipt(reference=str(_at(said, self.reference) or message.id)[:80])

    def _request(self, message: Message) -> tuple[bytes, dict[str, str]]:
        number = international(message.address)
        values = {
            "to": number,
            "plus": f"+{number}",
            "local": national(message.address),
            "text": message.text,
            "id": message.id,
            "key": self.key,
        }
        name, _, value = _filled(self.header, values).partition(":")
        headers = {name.strip(): value.strip(), "Accept": "application/json", "User-Agent": "TinhSo/1"}
        if self.body.lstrip().startswith("{"):
            return _json(self.body, values), headers | {"Content-Type": "application/json; charset=utf-8"}
        pairs = [(one, _filled(text, values)) for one, text in parse_qsl(self.body, keep_blank_values=True)]
        return urlencode(pairs).encode(), headers | {"Content-Type": "application/x-www-form-urlencoded"}


def check(body: str) -> None:
    """Raises ValueError for a form of the request that could not be sent."""
    if body.lstrip().startswith("{"):
        json.loads(body)
    if "{text}" not in body or not any(one in body for one in ("{to}", "{plus}", "{local}")):
        raise ValueError("the body must hold {text} and one of {to}, {plus}, {local}")


def _look_at(answer: Answer) -> None:
    if answer.status in WRONG_KEY:
        raise CarrierDown(f"the gateway does not accept our key ({answer.status})")
    if answer.status >= 500 or answer.status == TOO_MANY or 300 <= answer.status < 400:
        raise CarrierDown(f"the gateway answered {answer.status}")
    if not answer.taken:
        raise Refused(f"the gateway answered {answer.status}")


def _json(body: str, values: Mapping[str, str]) -> bytes:
    """The places are filled after the text was read as JSON, so that no message can break out of its quotes."""
    return json.dumps(_walk(json.loads(body), lambda text: _filled(text, values)), ensure_ascii=False).encode()


def _walk(part: Any, fill: Callable[[str], str]) -> Any:
    if isinstance(part, str):
        return fill(part)
    if isinstance(part, dict):
        return {name: _walk(one, fill) for name, one in part.items()}
    return [_walk(one, fill) for one in part] if isinstance(part, list) else part


def _filled(text: str, values: Mapping[str, str]) -> str:
    """One look over the text: what a message says is never taken for a place."""
    found, rest = "", text
    while rest:
        before, opening, after = rest.partition("{")
        name, closing, later = after.partition("}")
        if opening and closing and name in values:
            found, rest = found + before + values[name], later
        else:
            found, rest = found + before + opening, after
    return found


def _parts(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _at(said: Any, path: str) -> Any:
    for name in path.split("."):
        said = said.get(name) if isinstance(said, dict) else None
    return said
