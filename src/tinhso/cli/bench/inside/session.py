"""A signed-in session: the demo's account that sees all trips, or somebody of the firm of a trip."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.test import Client

from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.identity.models import Account, Person

VIEWER = "thanhtra"


def run(firm_of: str = "") -> dict[str, str]:
    """The cookie of the viewer's session; with a trip's code that of somebody who works for its firm."""
    client = Client()
    client.force_login(_of_firm(firm_of) if firm_of else Account.objects.get(username=VIEWER))
    return {"cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}


def _of_firm(code: str) -> Account:
    """An account made for the measure: of the demo's people nobody need be of this firm alone."""
    firm = apps.get_model("border_gate", "Trip").objects.get(code=code).agency_id
    person = Person.objects.create(full_name="Người của doanh nghiệp")
    role = Role.objects.get(code="border_enterprise")
    Grant.objects.create(holder_id=person.pk, role=role, agency_id=firm, valid_from=clock.now(), granted_by=SYSTEM.id)
    return Account.objects.create_user(f"bench-{person.pk}", None, person=person)
