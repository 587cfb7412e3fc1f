"""The catalogue: which data services the rooms offer, and of what shape their questions and answers are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter, ValidationError

from tinhso.kernel.base.errors import Invalid, NotFound
from tinhso.kernel.modules.declare import DATA_SERVICES, DataService


class NoSuchService(NotFound):
    code = "no-such-service"
    message = _("no data service has the code {service}")


class WrongQuestion(Invalid):
    code = "wrong-question"
    message = _("the data service {service} cannot read this question: {fields}")


class WrongAnswer(Exception):
    """A service answered in another shape than it declares: a mistake of its room, never of the asker."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the catalogue."""

    code: str
    title: Any
    room: str
    permission: str
    sensitive: bool
    question: dict[str, Any] | None
    answer: dict[str, Any] | None


def offer_of(code: str) -> DataService:
    """The service of that code. Raises NoSuchService."""
    if code not in DATA_SERVICES:
        raise NoSuchService(service=code)
    return DATA_SERVICES.get(code)


def offers() -> list[Offer]:
    """All services in the order of their codes, with their shapes as JSON Schema."""
    return sorted((_offer(one) for one in DATA_SERVICES), key=lambda offer: offer.code)


def checked_question(one: DataService, params: dict[str, Any]) -> dict[str, Any]:
    """The parameters in their declared types. Raises WrongQuestion, naming the fields."""
    if one.request is None:
        return params
    try:
        found = adapter(one.request).validate_python(params)
    except ValidationError as wrong:
        fields = sorted({".".join(map(str, error["loc"])) or "?" for error in wrong.errors()})
        raise WrongQuestion(service=one.name, fields=", ".join(fields), field=fields[0]) from wrong
    return found if isinstance(found, dict) else {name: getattr(found, name) for name in _names(found)}


def checked_answer(one: DataService, answer: Any) -> Any:
    """The answer as plain values. Raises WrongAnswer."""
    if one.response is None:
        return answer
    try:
        shape = adapter(one.response)
        return shape.dump_python(shape.validate_python(answer, from_attributes=True), mode="json")
    except ValidationError as wrong:
        raise WrongAnswer(f"{one.name} answered in a wrong shape: {wrong.error_count()} faults") from wrong


@cache
def adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _names(question: Any) -> list[str]:
    fields = getattr(type(question), "model_fields", None) or type(question).__dataclass_fields__
    return list(fields)


def _offer(one: DataService) -> Offer:
    return Offer(
        code=one.name,
        title=one.title,
        room=one.room,
        permission=one.permission,
        sensitive=one.sensitive,
        question=adapter(one.request).json_schema() if one.request else None,
        answer=adapter(one.response).json_schema(mode="serialization") if one.response else None,
    )
