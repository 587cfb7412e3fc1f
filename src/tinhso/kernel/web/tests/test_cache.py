"""The cache is shared by all processes: what one counts, the others see."""

from __future__ import annotations

import pytest
from django.core.cache.backends.db import DatabaseCache
from django.db import connection


@pytest.mark.django_db
def test_the_cache_keeps_in_the_database():
    first, second = (DatabaseCache("kernel_web_cache", {}) for _ in range(2))

    first.set("limit", 3)

    assert second.incr("limit") == 4


@pytest.mark.django_db
def test_the_cache_costs_no_write_ahead_log():
    with connection.cursor() as cursor:
        cursor.execute("select relpersistence from pg_class where relname = 'kernel_web_cache'")

        assert cursor.fetchone() == ("u",)
