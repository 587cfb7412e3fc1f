"""Routes of a flow, mounted from its table: do a step, read the record, read its history.

The route of a step is the platform's hot path: nothing is validated twice, nothing is read that the
step does not need, and the answer is written at once. A step that a room does through an action of its own
(what is opened, numbered or checked beside it) goes the same way here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router
from ninja.constants import NOT_SET

from tinhso.kernel.access.may import unseen, visible
from tinhso.kernel.api import etags, paging
from tinhso.kernel.api.answers import JSON, answer
from tinhso.kernel.api.bodies import object_of
from tinhso.kernel.api.facts import Action, Facts, facts_of
from tinhso.kernel.api.once import idempotent
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.workflow.flow import Flow
from tinhso.kernel.workflow.models import FlowModel, History
from tinhso.kernel.workflow.outcome import named_by_id

if TYPE_CHECKING:
    from tinhso.kernel.base.actor import Actor

Show = Callable[[Any, "Actor", datetime], Any]
"""A record as it is told to that reader at that moment."""
Tell = Callable[[Any, "Actor", datetime], Callable[[dict[str, Any]], dict[str, Any]]]
"""Given record, reader and moment: how the facts of a step of the record's history are told to that reader."""

STATE_SCHEMA = {
    "type": "object",
    "required": ["id", "state", "state_since", "version"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "state": {"type": "string"},
        "state_since": {"type": "string", "format": "date-time"},
        "version": {"type": "integer"},
    },
}


def mount(
    router: Router,
    *,
    flow: Flow,
    path: str,
    read: str,
    show: Show | None = None,
    shape: Any = NOT_SET,
    tell: Tell | None = None,
    limited: bool = True,
    through: Mapping[str, Action] | None = None,
    without: Collection[str] = (),
) -> None:
    """Mount `POST <path>/{id}/steps/{step}`, `GET <path>/{id}` and `GET <path>/{id}/history`.

    `read` is the permission to see the record and its history, without which a step refused is as good as a record
    that is not there; `show` turns a record into what JSON can
    hold (by default its state only), `shape` is the schema of that; `tell` leaves out of its history what is not
    everybody's.
    `limited=False` exempts the steps from the rate limit. `through` names the room's action of a step: it takes
    the record, `by`, `at` and exactly the facts of its signature. Steps in `without` are not offered. Raises
    LookupError for a step that the flow does not have.
    """
    base, name = f"/{path.strip('/')}", flow.name.replace(".", "_")
    throttle: Any = NOT_SET if limited else []
    actions = {step: (action, facts_of(action)) for step, action in (through or {}).items()}
    offered = _offered(flow, actions, without)

    @router.post(
        base + "/{uuid:record_id}/steps/{step}",
        operation_id=f"{name}_step",
        summary=f"Do a step: {flow.name}",
        throttle=throttle,
        openapi_extra=_step_extra({step: actions[step][1] if step in actions else None for step in offered}),
    )
    @idempotent
    def do_step(request: HttpRequest, record_id: UUID, step: str) -> HttpResponse:
        if step not in offered:
            raise NotFound(_("there is no such step"), code="no-such-step", step=step)
        body, expected = object_of(request), etags.expected_version(request)
        who: Any = {"by": request.actor, "at": request.moment}
        with named_by_id(flow, record_id, step, read=read, **who):
            if step in actions or expected is not None:
                record = flow.find_for(model_of(flow).objects.all(), record_id, step, expected=expected, **who)
            else:
                record = model_of(flow)(pk=record_id)
            if step not in actions:
                flow.fire(record, step, **who, **body)
        return _state(_acted(record, *actions[step], body, who) if step in actions else record)

    @router.get(base + "/{uuid:record_id}", operation_id=f"{name}_read", summary=f"Read: {flow.name}", response=shape)
    def read_record(request: HttpRequest, record_id: UUID) -> HttpResponse:
        record = _readable(flow, record_id, request.actor, read, request.moment)
        return answer(request, (show or _shown)(record, request.actor, request.moment), version=record.version)

    @router.get(
        base + "/{uuid:record_id}/history",
        operation_id=f"{name}_history",
        summary=f"Read the history: {flow.name}",
        openapi_extra=paging.PARAMETERS,
    )
    def read_history(request: HttpRequest, record_id: UUID) -> HttpResponse:
        record = _readable(flow, record_id, request.actor, read, request.moment)
        told = tell(record, request.actor, request.moment) if tell else dict
        rows = History.objects.filter(record_id=record_id, flow=flow.name)
        return paging.page(request, rows, partial(_history_row, told=told), order=("version",))


@cache
def model_of(flow: Flow) -> Any:
    """The model whose records the flow moves. Raises LookupError when there is none."""
    for model in apps.get_models():
        if getattr(model, "flow", None) is flow:
            return model
    raise LookupError(f"no model has the flow {flow.name}")


def _offered(flow: Flow, actions: Mapping[str, Any], without: Collection[str]) -> tuple[str, ...]:
    """The steps that move a record, but those left out. Raises LookupError for a name that is no step."""
    names = flow.step_names()
    if unknown := {*actions, *without}.difference(names):
        raise LookupError(f"{flow.name} has no steps {sorted(unknown)}")
    return tuple(name for name in names if name not in without and any(row.source for row in flow.step_rows(name)))


def _acted(record: Any, action: Action, facts: Facts, body: dict[str, Any], who: dict[str, Any]) -> Any:
    """The record as it stands after the room's action."""
    action(**{facts.record: record}, **facts.read(body), **who)
    record.refresh_from_db(fields=["state", "state_since", "version"])
    return record


def _state(record: FlowModel) -> HttpResponse:
    """The answer to a step, written by hand: every value is ours and needs no escaping."""
    content = (
        f'{{"id":"{record.pk}","state":"{record.state}",'
        f'"state_since":"{record.state_since.isoformat()}","version":{record.version}}}'
    )
    response = HttpResponse(content.encode(), content_type=JSON)
    response.headers["ETag"] = etags.of_version(record.version)
    return response


def _readable(flow: Flow, record_id: UUID, by: Actor, read: str, at: datetime) -> Any:
    """The record, if `by` may see it; who may not is told the same as if it did not exist."""
    record = visible(model_of(flow).objects.filter(pk=record_id), by, read, at).first()
    if record is None:
        raise unseen(model_of(flow), record_id, by, read, at)
    return record


def _shown(record: FlowModel, by: Actor, at: datetime) -> dict[str, Any]:
    return {
        "id": record.pk,
        "state": record.state,
        "state_title": record.get_state_title(),
        "state_since": record.state_since,
        "version": record.version,
        "created_at": record.created_at,
    }


def _history_row(row: History, told: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    columns = ("version", "step", "source", "target", "at", "actor")
    return {**{column: getattr(row, column) for column in columns}, "facts": told(row.facts)}


def _step_extra(steps: Mapping[str, Facts | None]) -> dict[str, Any]:
    """What the document says of the steps: which there are, and the facts that each takes."""
    bodies = [facts.schema(step) for step, facts in steps.items() if facts is not None]
    if len(bodies) < len(steps):
        bodies.append({"title": "facts", "type": "object"})
    schema = bodies[0] if len(bodies) == 1 else {"anyOf": bodies}
    return {
        "parameters": [
            {"in": "header", "name": "If-Match", "schema": {"type": "string"}, "required": False},
            {"in": "header", "name": "Idempotency-Key", "schema": {"type": "string"}, "required": False},
        ],
        "requestBody": {"required": False, "content": {"application/json": {"schema": schema}}},
        "responses": {200: {"description": "OK", "content": {"application/json": {"schema": STATE_SCHEMA}}}},
        "x-steps": list(steps),
    }
