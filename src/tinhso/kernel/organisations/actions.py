"""Open and close agencies, give and end posts. Who may do so is asked by the caller; each deed is in the trail."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.audit.record import record
from tinhso.kernel.base import text
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Invalid
from tinhso.kernel.organisations.models import AdminUnit, Agency, Post


@transaction.atomic
def open_agency(
    *,
    code: str,
    name: str,
    kind: str,
    valid_from: date,
    by: Actor,
    at: datetime,
    unit: AdminUnit | None = None,
    parent: Agency | None = None,
    basis: str = "",
) -> Agency:
    """Enter an agency that works from `valid_from` on. Raises Invalid when the code is taken."""
    agency = Agency(
        code=text.nfc(code),
        name=text.nfc(name),
        kind=kind,
        valid_from=valid_from,
        unit=unit,
        parent=parent,
        basis=text.nfc(basis),
    )
    try:
        with transaction.atomic():
            agency.save(force_insert=True)
    except IntegrityError:
        raise Invalid(_("the code {agency_code} is taken"), field="code", agency_code=agency.code) from None
    record(
        "kernel_organisations.open_agency",
        by=by,
        at=at,
        kind="kernel_organisations.agency",
        record_id=agency.id,
        code=agency.code,
        name=agency.name,
        agency_kind=kind,
        valid_from=valid_from,
    )
    return agency


@transaction.atomic
def close_agency(
    *, agency: Agency, valid_until: date, by: Actor, at: datetime, successor: Agency | None = None
) -> Agency:
    """Let the agency end before `valid_until`, with all posts in it; `successor` takes over.

    Raises Invalid when it has ended already, would end before it began, would hand over to one that is not in place
    on that day (or to itself), or when somebody is appointed to it from that day on.
    """
    agency = Agency.objects.select_for_update().get(pk=agency.pk)
    if agency.valid_until is not None:
        raise Invalid(_("this agency has ended already"), field="valid_until")
    _require_later(valid_until, agency.valid_from)
    if successor is not None and (successor.pk == agency.pk or not successor.holds_on(valid_until)):
        raise Invalid(_("the agency is not in place on that day"), field="successor")
    if Post.objects.filter(agency=agency, valid_from__gte=valid_until).exists():
        raise Invalid(_("somebody is appointed to this agency from that day on"), field="valid_until")
    agency.valid_until, agency.successor = valid_until, successor
    agency.save(update_fields=["valid_until", "successor"])
    ended = Post.objects.filter(agency=agency).on(valid_until)
    number = ended.update(valid_until=valid_until)
    record(
        "kernel_organisations.close_agency",
        by=by,
        at=at,
        kind="kernel_organisations.agency",
        record_id=agency.id,
        valid_until=valid_until,
        successor=successor.id if successor else None,
        posts_ended=number,
    )
    return agency


@transaction.atomic
def appoint(
    *,
    person_id: UUID,
    agency: Agency,
    title: str,
    valid_from: date,
    by: Actor,
    at: datetime,
    is_head: bool = False,
    rank: int = 100,
) -> Post:
    """Give a person a post from `valid_from` on. Raises Invalid when the agency is not in place on that day."""
    agency = Agency.objects.select_for_update().get(pk=agency.pk)  # nobody closes it meanwhile
    if not agency.holds_on(valid_from):
        raise Invalid(_("the agency is not in place on that day"), field="valid_from")
    post = Post.objects.create(
        person_id=person_id,
        agency=agency,
        title=text.nfc(title),
        valid_from=valid_from,
        valid_until=agency.valid_until,
        is_head=is_head,
        rank=rank,
    )
    record(
        "kernel_organisations.appoint_person",
        by=by,
        at=at,
        kind="kernel_organisations.post",
        record_id=post.id,
        person=person_id,
        agency=agency.id,
        title=post.title,
        valid_from=valid_from,
    )
    return post


@transaction.atomic
def end_post(*, post: Post, valid_until: date, by: Actor, at: datetime) -> Post:
    """Let a post end before `valid_until`. Raises Invalid when it would end before it began, or has ended earlier."""
    post = Post.objects.select_for_update().get(pk=post.pk)
    _require_later(valid_until, post.valid_from)
    if post.valid_until is not None and post.valid_until < valid_until:
        raise Invalid(_("this post has ended already"), field="valid_until")
    post.valid_until = valid_until
    post.save(update_fields=["valid_until"])
    record(
        "kernel_organisations.end_post",
        by=by,
        at=at,
        kind="kernel_organisations.post",
        record_id=post.id,
        valid_until=valid_until,
    )
    return post


def _require_later(end: date, begin: date) -> None:
    if end <= begin:
        raise Invalid(_("the end must come after the first day"), field="valid_until")
