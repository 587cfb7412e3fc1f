"""Paper numbers are deleted when the last trip is long over, and only then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.actions.forgetting import forget_papers
from tinhso.pillars.border.gate.models import Driver, Trip
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm

DAY = timedelta(days=1)


@pytest.fixture
def ended(gate) -> Trip:
    trip = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    return declare.cancel_trip(trip=trip, by=gate.everything, at=NOON)


def test_a_paper_goes_when_the_last_trip_ended_long_ago(ended):
    unused = make_driver("Trần Văn B", "020090009999")

    assert forget_papers(at=NOON + 729 * DAY) == 0
    assert forget_papers(at=NOON + 731 * DAY) == 1

    driver = Driver.objects.get(pk=ended.driver_id)
    assert (driver.paper_number(), driver.licence_no) == ("", "")
    assert Driver.objects.get(pk=unused.pk).paper_number() == "020090009999"
    assert forget_papers(at=NOON + 732 * DAY) == 0


def test_who_drives_again_keeps_his_paper(gate, ended):
    firm = make_firm("Công ty Bình", "4900123456")
    later = NOON + 700 * DAY
    draft = fruit_draft(gate, firm=firm, plate="12C22222", driver=ended.driver, planned_on=later.date())
    declare.draft_trip(draft=draft, by=gate.everything, at=later)

    assert forget_papers(at=NOON + 731 * DAY) == 0
