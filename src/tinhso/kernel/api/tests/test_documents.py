"""The combined document against the real addresses: whatever it promises is asked for, and must hold."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings

from tinhso.kernel.api import limits
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.identity.credentials import digest
from tinhso.kernel.identity.models import ApiKey
from tinhso.kernel.metrics.permissions import SEE_FIGURES
from tinhso.kernel.testing.people import grant

KEY = "ts_documents"
pytestmark = pytest.mark.django_db


@pytest.fixture
def whole_schema(db, monkeypatch):
    monkeypatch.setattr(limits, "take", lambda name, rate, now: True)
    holder = uuid7()
    ApiKey.objects.create(name="tests", holder_id=holder, prefix="ts_", digest=digest(KEY), created_by=holder)
    grant(holder, SEE_FIGURES)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # the test's transaction lives on the connection
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


schema = schemathesis.pytest.from_fixture("whole_schema")


@schema.parametrize()
@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_answers_as_its_document_says(case):
    case.call_and_validate(
        headers={"Authorization": f"Bearer {KEY}"},
        excluded_checks=[
            schemathesis.checks.positive_data_acceptance,
            schemathesis.checks.missing_required_header,
        ],
    )


def test_the_documents_have_a_page(client):
    page = client.get("/api/v1/").content.decode()

    assert "/api/v1/kernel/metrics/figures" in page
    assert "API cho hệ thống khác" in page
