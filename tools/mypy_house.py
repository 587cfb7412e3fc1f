"""Teaches mypy what our middleware puts on every request."""

from __future__ import annotations

from collections.abc import Callable

from mypy.nodes import MDEF, SymbolTableNode, Var
from mypy.plugin import ClassDefContext, Plugin
from mypy.types import AnyType, TypeOfAny

REQUEST = "django.http.request.HttpRequest"
PUT_THERE = ("actor", "moment", "has_key", "api_identified", "htmx")


class House(Plugin):
    """Adds the middleware's attributes to Django's request; their types are left open."""

    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return add_attributes if fullname == REQUEST else None


def add_attributes(context: ClassDefContext) -> None:
    info = context.cls.info
    for name in PUT_THERE:
        if name not in info.names:
            attribute = Var(name, AnyType(TypeOfAny.explicit))
            attribute.info = info
            attribute._fullname = f"{info.fullname}.{name}"
            info.names[name] = SymbolTableNode(MDEF, attribute)


def plugin(version: str) -> type[Plugin]:
    return House
