"""A machine that speaks to the platform's API with a key of its own, over HTTP as in life."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from tests.journeys.conftest import Border
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.identity.actions import make_key
from tinhso.kernel.testing.people import grant
from tinhso.pillars.border.gate.permissions import role_code

BASE = "/api/v1/border/gate"


@dataclass(frozen=True)
class Machine:
    """One key; each request has a connection of its own. `holder`: who asks, as the audit names him."""

    host: str
    key: str
    holder: UUID

    @classmethod
    def of(cls, border: Border, role: str, **scope: object) -> Machine:
        """A machine in that role of the table."""
        made, text = make_key(name=f"Máy {role}", expires_at=None, by=SYSTEM, at=border.now)
        grant(Actor(made.holder_id, "machine", made.name), role_code(role), **scope)
        return cls(urlsplit(border.address).netloc, text, made.holder_id)

    def post(self, path: str, body: dict[str, Any], *, seen: int | None = None) -> tuple[int, dict[str, Any]]:
        """Status and answer. `seen`: the version of the record on which the machine decides."""
        return self._ask("POST", f"{BASE}/{path}", json.dumps(body), {} if seen is None else {"If-Match": f'"{seen}"'})

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        return self._ask("GET", f"{BASE}/{path}", None)

    def _ask(
        self, method: str, path: str, body: str | None, more: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        connection = HTTPConnection(self.host, timeout=60)
        try:
            told = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **(more or {})}
            connection.request(method, path, body, told)
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, json.loads(text) if text else {}
        finally:
            connection.close()
