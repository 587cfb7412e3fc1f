import json
import threading

import pytest
from django.db import connection
from django.test import Client

from tinhso.kernel.api.tests.test_contract import NOTES, SECRET, new_key
from tinhso.kernel.metrics.models import ReferenceFigure

pytestmark = pytest.mark.urls("tinhso.kernel.api.tests.sample")


def test_eight_senders_of_one_write_at_once_write_once(own_database):
    new_key()
    answers = []

    def send():
        sender = Client(headers={"authorization": f"Bearer {SECRET}"})
        body = json.dumps({"text": "a"})
        answers.append(sender.post(NOTES + "notes", body, "application/json", headers={"idempotency-key": "k1"}))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert ReferenceFigure.objects.count() == 1
