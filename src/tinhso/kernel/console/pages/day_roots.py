"""What is published of the trail: anybody may take the root of a day, and the proof that a record's steps lie under it.

Nothing is told of what a step says: a proof holds hashes only, and whoever asks must know the record's identifier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tinhso.kernel.access.limits import Rate, limited
from tinhso.kernel.audit import keys, queries
from tinhso.kernel.audit.models import DayRoot
from tinhso.kernel.audit.roots import proofs_of
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.modules.declare import DAY_BOOKS

LOOKED = Rate(60)
PROVED = Rate(20)
DAYS = 31


@require_safe
@limited("kernel_console.day_roots", LOOKED)
def day_roots(request: HttpRequest) -> HttpResponse:
    """The roots by day, newest first, with the key that signs them and how the last reading of the trail went."""
    rows = DayRoot.objects.defer("ids", "signature").order_by("-day", "book", "chapter")
    days = Paginator(DayRoot.objects.order_by("-day").values_list("day", flat=True).distinct(), DAYS)
    page = days.get_page(request.GET.get("trang"))
    shown = list(rows.filter(day__in=list(page)))
    titles = _titles(shown)
    context = {
        "page": page,
        "rows": [(row, *titles[row.book, row.chapter]) for row in shown],
        "keys": [(name, _hex(name)) for name in keys.public_keys()],
        "verification": queries.last_verification(),
    }
    return render(request, "kernel_console/day_roots.html", context)


@require_safe
@limited("kernel_console.day_root", LOOKED)
def day_root(request: HttpRequest, number: int) -> HttpResponse:
    """One root as it is published: the signed text, the signature, the key."""
    row = DayRoot.objects.defer("ids").filter(no=number).first()
    if row is None:
        raise NotFound
    told = {
        "statement": row.statement,
        "signature": bytes(row.signature).hex(),
        "key": row.key,
        "public_key": _hex(row.key),
    }
    return _file(told, f"goc-{row.chapter}-{row.day}")


@require_safe
@limited("kernel_console.proof", PROVED)
def proof(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The steps of a record that are published, each with its way up to the root of its day; as a page or a file."""
    found = proofs_of(record_id)
    if request.GET.get("bang") == "json":
        return _file({"record_id": str(record_id), "proofs": [asdict(one) for one in found]}, f"bang-chung-{record_id}")
    numbers = dict(
        DayRoot.objects.filter(root__in=[bytes.fromhex(one.root) for one in found]).values_list("root", "no")
    )
    whose = {bytes(root).hex(): number for root, number in numbers.items()}
    lines = [(one, whose.get(one.root)) for one in found]
    return render(request, "kernel_console/proof.html", {"record_id": record_id, "lines": lines})


def _titles(rows: Iterable[DayRoot]) -> dict[tuple[str, str], tuple[Any, Any]]:
    """The words for each book and chapter that is shown, asked once; a room that is not there leaves its codes."""
    books = {book.name: book for book in DAY_BOOKS}
    return {
        (book, chapter): (books[book].title, books[book].chapter_title(chapter)) if book in books else (book, chapter)
        for book, chapter in sorted({(row.book, row.chapter) for row in rows})
    }


def _hex(fingerprint: str) -> str:
    key = keys.public_keys().get(fingerprint)
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex() if key else ""


def _file(told: dict[str, Any], name: str) -> JsonResponse:
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
