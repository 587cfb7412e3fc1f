"""Kinds of these tests only, and a driver to tell."""

import pytest

from tinhso.kernel.identity.models import Person
from tinhso.kernel.notices import kinds
from tinhso.kernel.notices.kinds import notice


@pytest.fixture
def declared(monkeypatch):
    monkeypatch.setattr(kinds.KINDS, "_entries", {})
    notice(
        "tests.called",
        title="Call",
        texts={"vi": "Xe {plate} vào cửa {gate}", "en": "{plate}: go to {gate}", "zh-hans": "{plate} 请到 {gate}"},
        channels=("app", "sms"),
        sms={"vi": "Lượt {code} vào cửa {gate}", "en": "Trip {code}: go to {gate}"},
        sms_fields=("code", "gate"),
        urgent=True,
    )
    notice(
        "tests.near",
        title="Hour near",
        texts={"vi": "Giờ hẹn {hour}", "en": "Hour {hour}"},
        channels=("app", "sms"),
        sms_fields=("hour",),
    )


@pytest.fixture
def driver():
    return Person.objects.create(full_name="An", phone="0900000001", email="an@example.vn", language="vi")
