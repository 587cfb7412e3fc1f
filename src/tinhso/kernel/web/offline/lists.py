"""What a device knows: a signed list, and afterwards only what has changed in it.

A version is the digest of all entries, so device and server mean the same list when they name the same version, and a
device that has put a change in can see whether it now holds what was meant.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tinhso.kernel.base.plain import canonical
from tinhso.kernel.web.offline.declare import OfflineApp
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineList

KEPT = 3
"""Versions of a device's list that are kept: an answer may be lost on its way, and the next asked for twice."""
SIGNS = 12


def digest_of(entry: Any) -> str:
    return hashlib.sha256(canonical(entry).encode()).hexdigest()[:SIGNS]


def version_of(digests: Mapping[str, str]) -> str:
    """The digest of a whole list; the device counts the same (`versionOf` in offline_store.js)."""
    lines = "\n".join(f"{key} {digests[key]}" for key in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


def list_for(*, app: OfflineApp, device: OfflineDevice, have: str, at: datetime) -> dict[str, str]:
    """The list for a device that has version `have`: `body` (JSON), the key's id and its signature over the body."""
    entries = app.entries(device, at)
    digests = {key: digest_of(entry) for key, entry in entries.items()}
    version = version_of(digests)
    before = _known(device, have)
    _keep(device, version, digests, at)
    changed = {key: [digests[key], entry] for key, entry in entries.items() if (before or {}).get(key) != digests[key]}
    told = {
        "app": app.name,
        "device": device.pk,
        "at": at,
        "base": have if before is not None else "",
        "version": version,
        "changed": changed,
        "gone": sorted(set(before or {}) - set(digests)),
        "common": app.common(device, at),
    }
    body = canonical(told)
    key_id, signature = app.sign(body.encode())
    return {"body": body, "key": key_id, "signature": base64.b64encode(signature).decode()}


def _known(device: OfflineDevice, version: str) -> dict[str, str] | None:
    if not version:
        return None
    found = OfflineList.objects.filter(device=device, version=version).first()
    return found.digests if found else None


def _keep(device: OfflineDevice, version: str, digests: Mapping[str, str], at: datetime) -> None:
    if device.list_version == version:
        return
    OfflineList.objects.update_or_create(device=device, version=version, defaults={"digests": digests, "made_at": at})
    device.list_version = version
    device.save(update_fields=["list_version"])
    kept = OfflineList.objects.filter(device=device).order_by("-made_at", "-pk").values_list("pk", flat=True)[:KEPT]
    OfflineList.objects.filter(device=device).exclude(pk__in=list(kept)).delete()
