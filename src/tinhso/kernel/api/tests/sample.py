"""A small room's API to try the contract on, mounted by the tests at /api/v1/tests/notes/."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from ninja import Router, Schema

from tinhso.kernel.api import etags, paging, urls
from tinhso.kernel.api.answers import answer
from tinhso.kernel.api.once import idempotent
from tinhso.kernel.api.rooms import RoomApi
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.metrics.models import ReferenceFigure

router = Router()


class NoteIn(Schema):
    text: str
    weight: int = 0


@router.get("/open", auth=None)
def read_open(request: HttpRequest) -> dict[str, Any]:
    return {"open": True}


@router.get("/mine")
def read_mine(request: HttpRequest) -> HttpResponse:
    return answer(request, {"id": request.actor.id, "name": request.actor.name}, version=7)


@router.post("/notes")
@idempotent
def write_note(request: HttpRequest, note: NoteIn) -> HttpResponse:
    row = ReferenceFigure.objects.create(
        code=note.text, value=note.weight, unit="kg", as_of="2026-11-25", source="tests"
    )
    if note.weight < 0:
        raise Refusal("{weight} kg is less than nothing", code="too-light", field="weight", weight=note.weight)
    return answer(request, {"id": row.pk}, status=201)


@router.post("/raw")
def count_notes(request: HttpRequest) -> HttpResponse:
    words = json.loads(request.body)["text"]
    return answer(request, {"count": ReferenceFigure.objects.filter(code=words).count()})


@router.put("/notes/{number}")
def change_note(request: HttpRequest, number: int) -> HttpResponse:
    etags.require_version(request, 7)
    return answer(request, {"id": number}, version=8)


@router.get("/notes")
def list_notes(request: HttpRequest) -> HttpResponse:
    return paging.page(request, ReferenceFigure.objects.all(), lambda row: row.code, order=("-as_of", "id"))


@router.get("/bug")
def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret inside")


@router.get("/unlimited", throttle=[])
def read_unlimited(request: HttpRequest) -> dict[str, Any]:
    return {}


api = RoomApi(label="tests_notes", title="Notes", prefix="tests/notes", router=router)
urlpatterns = [
    path("api/v1/tests/notes/", api.urls),
    re_path(r"^", urls.include(urls.addresses())),
]
