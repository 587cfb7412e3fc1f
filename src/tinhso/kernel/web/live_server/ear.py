"""The ear: LISTEN on the channel that the outbox knocks on; when the connection breaks, begin again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psycopg
from django.conf import settings

CHANNEL = "tinhso_live"
REST = 2.0  # seconds before listening again
log = logging.getLogger(__name__)


def dsn() -> str:
    """The connection string of the application's own role, from Django's settings."""
    values = settings.DATABASES["default"]
    return psycopg.conninfo.make_conninfo(
        dbname=values["NAME"],
        user=values["USER"],
        password=values["PASSWORD"],
        host=values["HOST"],
        port=values["PORT"],
        application_name="tinhso live",
    )


async def listen(hear: Callable[[str], None], again: Callable[[], None]) -> None:
    """Hear every notification for ever; `again` is called when listening begins after a break."""
    deaf = False
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(dsn(), autocommit=True) as connection:
                await connection.execute(f"listen {CHANNEL}")
                if deaf:
                    again()
                async for notification in connection.notifies():
                    hear(notification.payload)
        except (psycopg.Error, OSError) as fault:
            deaf = True
            log.warning("the live server lost its database: %s", type(fault).__name__)
            await asyncio.sleep(REST)
