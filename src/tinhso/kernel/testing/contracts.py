"""What every room promises; a room inherits the tests in `tests/test_contract.py`:

class TestContract(RoomContract):
    label = "border_gate"
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from django.apps import apps
from django.core.checks import CheckMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from tinhso.kernel.access.permissions import PERMISSIONS
from tinhso.kernel.api import openapi
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.identity.models import Account
from tinhso.kernel.modules.checks import check_keys, check_name_plate
from tinhso.kernel.modules.declare import DEMOS, METRICS, in_order
from tinhso.kernel.modules.descriptor import Module, import_if_present
from tinhso.kernel.testing.people import grant, make_account, make_person

ANSWERS = {200, 204, 302, 304, 405}  # 405: the address takes only what a form sends

LOGIN = "?next="  # how the way to the login page is written


class RoomContract:
    """The tests that a room inherits. Overridden where a room needs more to be there."""

    label: ClassVar[str]
    page_queries: ClassVar[int] = 15

    def prepare(self, account: Account) -> None:
        """Put in what the room's pages need, before they are asked."""

    def further_pages(self) -> list[str]:
        """Paths of pages that take arguments, after `prepare`."""
        return []

    def pages_of_strangers(self) -> list[str]:
        """Paths that send even a known person to sign in (again)."""
        return []

    def demo_run(self) -> Any:
        """What the room's demo loaders are given: the moment, the platform as doer, chance that repeats."""
        return SimpleNamespace(at=clock.now(), by=SYSTEM, chance=Random(1))  # noqa: S311 demo, no secret

    @property
    def room(self) -> Module:
        found = apps.get_app_config(self.label)
        assert isinstance(found, Module)
        return found

    @pytest.fixture
    def everything_allowed(self, db: None) -> Client:
        """Somebody who holds all rights that the room names, everywhere."""
        person = make_person("Người có đủ quyền")
        names = [right.code for right in PERMISSIONS if right.room == self.label]
        if names:
            grant(person, names)
        account = make_account(person)
        self.prepare(account)
        client = Client()
        client.force_login(account)
        return client

    def test_the_name_plate_is_complete(self) -> None:
        faults: list[CheckMessage] = [*check_name_plate(self.room)]
        for model in self.room.get_models():
            faults += check_keys(self.room, model)

        assert faults == []

    def test_pages_answer_for_someone_who_may(self, everything_allowed: Client) -> None:
        answers = {path: everything_allowed.get(path) for path in self.pages()}
        refused = {path: one.status_code for path, one in answers.items() if one.status_code not in ANSWERS}
        sent_away = [path for path, one in answers.items() if LOGIN in one.headers.get("Location", "")]

        assert refused == {}
        assert sent_away == self.pages_of_strangers()

    def test_pages_ask_little_of_the_database(self, everything_allowed: Client) -> None:
        asked = {}
        for path in self.pages():
            everything_allowed.get(path)  # the first look fills what is kept between looks
            with CaptureQueriesContext(connection) as queries:
                everything_allowed.get(path)
            asked[path] = len(queries)

        assert {path: count for path, count in asked.items() if count > self.page_queries} == {}

    def test_the_api_is_described(self) -> None:
        routes = import_if_present(f"{self.room.name}.api.routes")
        document = openapi.document(self.label)

        assert document is not None or routes is None
        if document is not None:
            assert faults_of_document(document) == []

    @pytest.mark.django_db
    def test_figures_can_be_measured(self) -> None:
        for metric in METRICS:
            if metric.room == self.label:
                measured = metric.measure()
                numbers = measured.values() if isinstance(measured, dict) else [measured]

                assert all(isinstance(number, int | float) for number in numbers), metric.name

    def test_demo_runs_twice_without_harm(self, request: pytest.FixtureRequest) -> None:
        import_if_present(f"{self.room.name}.demo")
        loaders = [loader for loader in in_order(DEMOS) if loader.room == self.label]
        if not loaders:
            return
        request.getfixturevalue("province")
        run = self.demo_run()
        for loader in loaders:
            loader.load(run)
        once = self.rows()
        for loader in loaders:
            loader.load(run)

        assert self.rows() == once

    def rows(self) -> dict[str, int]:
        return {model.__name__: model._default_manager.count() for model in self.room.get_models()}

    def pages(self) -> list[str]:
        """Paths of all the room's pages that take no arguments, and the further ones."""
        found = [f"/{path}" for path in paths_of(get_resolver().url_patterns, namespace=self.label)]
        return [path for path in found if "<" not in path and "(" not in path] + self.further_pages()


def paths_of(patterns: list[Any], *, namespace: str, before: str = "", inside: bool = False) -> Iterator[str]:
    """Addresses of the routes under a namespace, as they are written in the tables of routes."""
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            here = inside or pattern.namespace == namespace
            yield from paths_of(pattern.url_patterns, namespace=namespace, before=path, inside=here)
        elif inside and isinstance(pattern, URLPattern):
            yield path


def faults_of_document(document: dict[str, Any]) -> list[str]:
    """What an OpenAPI document lacks: a title, paths, one id for each operation, an answer, known references."""
    operations = [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    ids = [operation.get("operationId") for _, operation in operations]
    known = set(document["components"]["schemas"])
    faults = [] if document["openapi"].startswith("3.1") else ["is not OpenAPI 3.1"]
    faults += [] if operations else ["offers nothing"]
    faults += [f"{name} has no id of its own" for (name, _), one in zip(operations, ids, strict=True) if not one]
    faults += [f"the id {one} is taken twice" for one in sorted({one for one in ids if one and ids.count(one) > 1})]
    faults += [f"{name} does not say what it answers" for name, one in operations if not one.get("responses")]
    faults += [f"{name} has no summary" for name, one in operations if not one.get("summary")]
    faults += [f"the schema {name} is missing" for name in sorted(references(document) - known)]
    return faults


def references(part: Any) -> set[str]:
    """Names of schemas that a part of a document points at."""
    if isinstance(part, dict):
        own = {part["$ref"].rpartition("/")[2]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(references(inner) for inner in part.values()))
    return set().union(*(references(inner) for inner in part)) if isinstance(part, list) else set()
