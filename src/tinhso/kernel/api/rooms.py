"""One API per room, mounted at /api/v1/<api_path>/: the room's document is its own, an address is found fast."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI, Router
from ninja.errors import Throttled
from ninja.operation import Operation

from tinhso.kernel.api import errors, platform
from tinhso.kernel.api.answers import Renderer
from tinhso.kernel.api.auth import known
from tinhso.kernel.api.limits import Limit
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.modules.descriptor import Module, import_if_present

VERSION = "1"


class RoomApi(NinjaAPI):
    """A room's part of the API: known actors only, limited, every error a problem."""

    def __init__(self, *, label: str, title: Any, prefix: str, router: Router) -> None:
        super().__init__(
            title=str(title),
            version=VERSION,
            openapi_url=None,
            docs_url=None,
            urls_namespace=f"api_{label}",
            auth=known,
            throttle=Limit(),
            renderer=Renderer(),
        )
        self.label, self.room_title, self.prefix = label, title, prefix
        self.add_router("", router, tags=[label])

    def set_default_exception_handlers(self) -> None:
        for kind, handler in errors.HANDLERS:
            self.add_exception_handler(kind, handler)
        self.add_exception_handler(Throttled, self._throttled)

    def _throttled(self, request: HttpRequest, throttled: Any) -> HttpResponse:
        """Asked too often: the room may have words and a code of its own for it."""
        refusal: Refusal = errors.too_many(request)
        room = apps.app_configs.get(self.label)
        return errors.from_refusal(request, room.worded(refusal) if isinstance(room, Module) else refusal)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return f"{self.label}_{operation.view_func.__name__}"

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        found: list[Any] = []
        for bound in self._get_bound_routers():
            found.extend(bound.urls_paths(bound.prefix))
        for pattern in found:
            if pattern.callback is not None:
                pattern.callback = _in_one_shape(pattern.callback)
        return found


def _in_one_shape(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A method that the address does not take is told as a problem too."""

    @wraps(view)
    def answered(request: HttpRequest, **values: Any) -> HttpResponse:
        response = view(request, **values)
        if response.status_code != 405:
            return response
        refused = errors.problem(request, status=405, code="method-not-allowed")
        refused.headers["Allow"] = response.headers["Allow"]
        return refused

    return answered


@cache
def room_apis() -> tuple[RoomApi, ...]:
    """The APIs of all rooms that have a router in `api/routes.py`, and the kernel's own."""
    known_routes = platform.routers()
    for room in apps.get_app_configs():
        if isinstance(room, Module) and (routes := import_if_present(f"{room.name}.api.routes")):
            known_routes.append((room.label, room.title, room.api_path, routes.router))
    return tuple(
        RoomApi(label=label, title=title, prefix=prefix, router=router) for label, title, prefix, router in known_routes
    )
