"""The contract itself refuses what it must refuse."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import include, path

from tinhso.kernel.testing.cases import NOON, an, binh, chi
from tinhso.kernel.testing.contracts import faults_of_document, paths_of

__all__ = ["an", "binh", "chi"]

ANSWER = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Trip"}}}}


def document(**changes: Any) -> dict[str, Any]:
    operation = {"operationId": "trips", "summary": "All trips", "responses": {"200": ANSWER}, **changes}
    operation = {key: value for key, value in operation.items() if value is not None}
    return {
        "openapi": "3.1.0",
        "paths": {"/trips/": {"get": operation}, "/more/": {"get": {**operation, "operationId": "more"}}},
        "components": {"schemas": {"Trip": {}}},
    }


def test_a_sound_document_has_no_faults() -> None:
    assert faults_of_document(document()) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"operationId": None}, "GET /trips/ has no id of its own"),
        ({"operationId": "more"}, "the id more is taken twice"),
        ({"responses": None}, "GET /trips/ does not say what it answers"),
        ({"summary": None}, "GET /trips/ has no summary"),
        ({"requestBody": {"$ref": "#/components/schemas/Gone"}}, "the schema Gone is missing"),
    ],
)
def test_a_fault_of_a_document_is_named(changes: dict[str, Any], fault: str) -> None:
    assert fault in faults_of_document(document(**changes))


def test_pages_are_found_under_the_rooms_namespace_only() -> None:
    own = include(([path("list/", print), path("<int:id>/", print)], "border_gate"), namespace="border_gate")
    routes = [path("cua-khau-so/", own), path("other/", print)]

    found = [*paths_of(routes, namespace="border_gate")]

    assert found == ["cua-khau-so/list/", "cua-khau-so/<int:id>/"]


def test_the_three_people_are_three(an, binh, chi) -> None:
    assert len({an.id, binh.id, chi.id}) == 3
    assert NOON.isoformat() == "2026-11-25T12:00:00+07:00"
