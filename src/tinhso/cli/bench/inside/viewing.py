"""Open pages through Django's test client and count what they ask of the database."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from tinhso.kernel.identity.models import Account


def run(paths: list[str], username: str, times: int) -> dict[str, Any]:
    """For each page that exists: how many queries, and the seconds of each opening."""
    found: dict[str, Any] = {}
    client = Client(SERVER_NAME="127.0.0.1", headers={"accept-language": "vi"})
    if username:
        client.force_login(Account.objects.get(username=username))
    for path in paths:
        try:
            resolve(path.partition("?")[0])
        except Resolver404:
            continue
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            response = client.get(path)
        if response.status_code != 200:
            raise ValueError(f"{path} answers {response.status_code}")
        found[path] = {"queries": len(asked), "seconds": [_open(client, path) for _ in range(times)]}
    return found


def _open(client: Client, path: str) -> float:
    begun = time.perf_counter()
    client.get(path)
    return time.perf_counter() - begun
