"""The list of people."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.console import people
from tinhso.kernel.console.pages.organisations.tables import ROW_LINK
from tinhso.kernel.identity.models import Person
from tinhso.kernel.web.tables import Empty, NumberColumn, StateColumn, Table

KINDS = {people.IN_USE: "done", people.CLOSED: "stop", people.WITHOUT: ""}


class StandingColumn(StateColumn):
    """Whether there is an account, and whether it is in use."""

    def __init__(self, **words: Any) -> None:
        super().__init__(KINDS, people.STANDINGS, empty_values=(), **words)

    def render(self, record: Person) -> Any:  # type: ignore[override]
        return super().render(standing_of(record))

    def value(self, **words: Any) -> Any:
        return str(people.STANDINGS[standing_of(words["record"])])


def standing_of(person: Any) -> str:
    if person.username is None:
        return people.WITHOUT
    return people.IN_USE if person.in_use else people.CLOSED


class PersonTable(Table):
    key = "kernel_console.people"
    always = ("full_name",)
    walked = True
    empty = Empty(
        title=_("Nobody is found"),
        text=_("Search by name or user name, with or without accents."),
        icon="users",
    )

    full_name = django_tables2.Column(
        verbose_name=_("full name"),
        linkify=lambda record: reverse("kernel_console:person", args=[record.pk]),
        attrs=ROW_LINK,
    )
    username = django_tables2.Column(verbose_name=_("user name"))
    post = django_tables2.Column(verbose_name=_("post title"))
    agency = django_tables2.Column(verbose_name=_("agency"))
    roles = NumberColumn(verbose_name=_("roles"), default="0")
    standing = StandingColumn(verbose_name=_("account"), order_by=("in_use",))
