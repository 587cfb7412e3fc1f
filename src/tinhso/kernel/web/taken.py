"""Files of many rows: whoever takes one away is kept in the audit before it leaves (kernel.access.watched)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase

from tinhso.kernel.access import watched
from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.web.request import Request

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LISTS = (CSV, XLSX)
Answer = TypeVar("Answer", bound=HttpResponseBase)


def counted(response: Answer, rows: int) -> Answer:
    """The response, which says of itself how many rows it takes away."""
    response.rows_taken = rows  # type: ignore[attr-defined]
    return response


class TakenFiles:
    """Stands inside the actor's name. What is given to everybody (nobody signed in) is no secret and not kept."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.answer(request)
        asked = cast(Request, request)
        if _is_list(response) and asked.actor != NOBODY and (rows := rows_of(response)) > watched.MANY:
            address = request.get_full_path()
            watched.keep(
                watched.EXPORT, words=_name(response), rows=rows, where=address, by=asked.actor, at=asked.moment
            )
        return response


def rows_of(response: HttpResponseBase) -> int:
    """As it says of itself; a CSV that is whole is counted by its lines, without the head."""
    told = getattr(response, "rows_taken", None)
    if told is not None:
        return int(told)
    return max(0, response.content.count(b"\n") - 1) if isinstance(response, HttpResponse) else 0


def _is_list(response: HttpResponseBase) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    return response.status_code == 200 and kind in LISTS


def _name(response: HttpResponseBase) -> str:
    """The file's name, as the browser saves it."""
    return response.headers.get("Content-Disposition", "").partition("filename=")[2].strip('"') or "–"
