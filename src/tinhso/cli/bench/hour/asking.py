"""One request to the platform over a connection of its own, as a machine or a browser makes it."""

from __future__ import annotations

import http.client
import json
from typing import Any


def call(port: int, method: str, path: str, key: str, body: Any = None, *, cookie: str = "") -> tuple[int, bytes]:
    """Status and body; 0 when no answer came."""
    headers = {"Accept-Language": "vi"} | ({"Authorization": f"Bearer {key}"} if key else {})
    headers |= {"Cookie": cookie} if cookie else {}
    headers |= {"Content-Type": "application/json"} if body is not None else {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()
