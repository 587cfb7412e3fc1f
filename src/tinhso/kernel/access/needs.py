"""`@needs(permission)`: a page's door. It asks whether the right is held anywhere; the action asks on the record.

A page about the whole platform asks with `everywhere=True`: a right for one agency or place does not open it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.identity.queries import actor_of

View = Callable[..., HttpResponseBase]


def needs(permission: str, *, everywhere: bool = False) -> Callable[[View], View]:
    """Let through those who hold `permission` somewhere, or without any scope when it must hold everywhere.

    Whoever is not signed in goes to the login page and comes back. Others raise Forbidden, which the web
    middleware shows as a 403 page and the API as problem+json.
    """

    on = Where() if everywhere else None

    def around(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = acting(request)
            if actor == NOBODY:
                return redirect_to_login(request.get_full_path())
            require(actor, permission, on, getattr(request, "moment", None) or clock.now())
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.everywhere = everywhere  # type: ignore[attr-defined]
        return guarded

    return around


def acting(request: HttpRequest) -> Actor:
    """The actor that the web middleware set, or the one the request itself tells."""
    return getattr(request, "actor", None) or actor_of(request)
