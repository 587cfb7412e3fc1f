"""Write what must stay, whether or not the caller's transaction does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

from tinhso.kernel.audit.binding import acting, bind
from tinhso.kernel.base.actor import Actor


@contextmanager
def lasting(actor: Actor) -> Iterator[Any]:
    """A cursor bound to `actor` whose writes no rollback of the caller reaches.

    Inside a transaction, or while somebody else acts, it is one of a connection of its own: it sees nothing that
    the caller has not committed. Else Django's own connection serves.
    """
    if not connection.in_atomic_block and acting() in (None, actor):
        bind(actor)
        with connection.cursor() as cursor:
            yield cursor
        return
    own = connections.create_connection(connection.alias)
    try:
        with own.cursor() as cursor:
            cursor.execute("select set_config('tinhso.actor', %s::text, false)", [str(actor.id)])
            yield cursor
    finally:
        own.close()
