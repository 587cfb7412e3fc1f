"""What roles may do, who holds them, and the question: what may this person do here. Only to be read."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tinhso.kernel.access.may import may
from tinhso.kernel.access.models import Role, RolePermission
from tinhso.kernel.access.needs import needs
from tinhso.kernel.access.permissions import PERMISSIONS
from tinhso.kernel.console import people as queries
from tinhso.kernel.console import permissions
from tinhso.kernel.console.pages.access.tables import HOLDS, HolderTable, matrix_of
from tinhso.kernel.console.pages.people.forms import AskForm, title_of
from tinhso.kernel.console.pages.people.steps import lists
from tinhso.kernel.console.pages.people.views import shown
from tinhso.kernel.modules.descriptor import installed
from tinhso.kernel.web.request import Request
from tinhso.kernel.web.tables import show_table


@require_safe
@needs(permissions.VIEW_PEOPLE, everywhere=True)
def matrix(request: Request) -> HttpResponseBase:
    """Roles by rights, one module at a time."""
    rooms = {room.label: room.title for room in installed()}
    named = dict.fromkeys(right.room for right in PERMISSIONS)
    offered = {label: rooms.get(label, label) for label in named}
    chosen = request.GET.get("he-thong") or next(iter(sorted(offered)), "")
    if chosen not in offered:
        raise Http404
    rows, roles = _matrix(chosen)
    context = {"rooms": sorted(offered.items()), "chosen": chosen}
    return show_table(request, matrix_of(roles), rows, "kernel_console/access/matrix.html", context, per_page=200)


@require_safe
@needs(permissions.VIEW_PEOPLE, everywhere=True)
def role(request: Request, code: str) -> HttpResponseBase:
    """One role: its rights, and who holds it where."""
    found = get_object_or_404(Role, code=code)
    names = sorted(found.permissions.values_list("permission", flat=True))
    context = {"role": found, "rights": [title_of(name) for name in names]}
    holders = queries.holders_of(found, at=request.moment)
    return show_table(request, HolderTable, holders, "kernel_console/access/role.html", context)


@require_safe
@needs(permissions.VIEW_PEOPLE, everywhere=True)
def ask(request: Request) -> HttpResponse:
    """May this person do this here, and which grant says so."""
    form = AskForm(request.GET or None)
    context: dict[str, Any] = {"form": form, "lists": lists("agencies", "places"), "asked": False}
    if form.is_bound and form.is_valid():
        person, right, where = form.cleaned_data["who"], form.cleaned_data["what"], form.where()
        allowed = may(person.actor(), right, where, request.moment)
        there = queries.saying(person.pk, right, where, at=request.moment)
        grants = there if allowed else list(queries.allowing(person.pk, right, at=request.moment))
        context |= {
            "asked": True,
            "person": person,
            "right": title_of(right),
            "may": allowed,
            "grants": shown(grants, request),
        }
    return render(request, "kernel_console/access/ask.html", context)


def _matrix(room: str) -> tuple[list[dict[str, Any]], list[Role]]:
    """Rows of the module's rights, and the roles that have any of them."""
    held = RolePermission.objects.filter(permission__startswith=f"{room}.").select_related("role")
    roles: dict[int, Role] = {}
    by_right: dict[str, dict[str, str]] = {}
    for pair in held.order_by("role__title"):
        roles[pair.role_id] = pair.role
        by_right.setdefault(pair.permission, {})[f"role_{pair.role_id}"] = HOLDS
    rows = [{"title": str(right.title), **by_right.get(right.code, {})} for right in PERMISSIONS if right.room == room]
    return rows, list(roles.values())
