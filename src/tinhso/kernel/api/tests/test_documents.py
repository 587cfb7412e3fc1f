"""The combined document against the real addresses: whatever it promises is asked for, and must hold."""

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, settings

from tinhso.kernel.api import limits

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole_schema(db, monkeypatch):
    monkeypatch.setattr(limits, "take", lambda name, rate, now: True)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


schema = schemathesis.pytest.from_fixture("whole_schema")


@schema.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_answers_as_its_document_says(case):
    case.call_and_validate(
        excluded_checks=[
            schemathesis.checks.positive_data_acceptance,
            schemathesis.checks.missing_required_header,
            schemathesis.checks.unsupported_method,
        ]
    )


def test_the_documents_have_a_page(client):
    page = client.get("/api/v1/").content.decode()

    assert "/api/v1/kernel/metrics/figures" in page
    assert "API cho hệ thống khác" in page
