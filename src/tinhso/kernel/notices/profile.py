"""The words that the platform's notices begin with."""

from __future__ import annotations

from datetime import date, datetime

from tinhso.kernel.modules.declare import profile
from tinhso.kernel.notices.models import NoticeText
from tinhso.kernel.notices.wording import first_texts
from tinhso.kernel.rulebook.first_rows import put_new

SINCE = date(2022, 2, 21)
"""Before any notice of the platform: each is said by a row."""


@profile(8)
def texts(at: datetime) -> int:
    rows = first_texts(NoticeText, SINCE)
    put_new(rows, "kind")
    return len(rows)
