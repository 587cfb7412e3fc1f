"""Pages by the people: a payer without an account, a cashier, an accountant, a firm's clerk, a stranger."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.shared.payments.actions import banking, counter, reconcile, simulated
from tinhso.shared.payments.adapters import simulator
from tinhso.shared.payments.models import DailyClosing, Difference, Obligation, Receipt, Refund, StatementLine
from tinhso.shared.payments.permissions import ACCOUNTANT, CASHIER
from tinhso.shared.payments.tests.conftest import NOON, TODAY
from tinhso.shared.payments.tests.test_money import transfer

PAYER = "Công ty Bí Mật"


@pytest.fixture(autouse=True)
def frozen():
    with clock.frozen(NOON):
        yield


def client_of(role: str | None = None, **scope) -> Client:
    person = make_person("Người thử")
    if role:
        grant(person, role, **scope)
    client = Client(raise_request_exception=False)
    client.force_login(make_account(person))
    return client


def page(client: Client, name: str, *args) -> str:
    answer = client.get(reverse(f"shared_payments:{name}", args=args))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_payer_sees_the_amount_and_pays_in_the_simulated_bank(till):
    owed, payer = till.owe(), Client()
    shown = page(payer, "checkout", owed.token)
    assert "1.300.000 đ" in shown
    assert owed.reference in shown
    assert "<svg" in shown

    payer.post(reverse("shared_payments:try_simulated", args=[owed.token]), {"manner": "short"})
    short = page(payer, "checkout", owed.token)
    payer.post(reverse("shared_payments:try_simulated", args=[owed.token]), {"manner": "once"})
    paid = page(payer, "checkout", owed.token)

    assert ("1.000 đ" in short, "1.299.000 đ" in short) == (True, True)
    assert ("TH-2026-000001" in paid, "<svg" in paid.split("site-bar")[-1].split("<main")[-1][:200]) == (True, False)
    assert payer.get(reverse("shared_payments:checkout", args=["x"])).status_code == 404


def test_the_payers_page_speaks_english_too(till):
    owed, payer = till.owe(), Client()
    payer.cookies["django_language"] = "en"

    shown = page(payer, "checkout", owed.token)

    assert ("Transfer by hand" in shown, "Test fee" in shown) == (True, True)


def test_anybody_checks_a_receipt_by_number_and_code_alone(till):
    receipt = counter.collect(obligation_ids=[till.owe().pk], method="CARD", by=till.cashier, at=NOON)[0]
    address = reverse("shared_payments:check")

    right = Client().get(address, {"so": receipt.number.lower(), "ma": receipt.code}).content.decode()
    wrong = Client().get(address, {"so": receipt.number, "ma": "AAAAAAAA"}).content.decode()
    api = Client().get(f"/api/v1/shared/payments/receipts/{receipt.number}", {"code": receipt.code})

    assert ("Một triệu ba trăm nghìn đồng" in right, "Không có biên lai này" in wrong) == (True, True)
    assert (api.status_code, api.json()["amount"]) == (200, 1_300_000)
    assert Client().get(f"/api/v1/shared/payments/receipts/{receipt.number}").status_code == 404


def test_a_cashier_takes_the_money_on_the_page_and_asks_for_its_refund(till):
    owed, cashier = till.owe(), client_of(CASHIER, place=till.place)
    assert owed.reference in page(cashier, "counter")
    address = reverse("shared_payments:collect", args=[owed.pk])

    refused = cashier.post(address, {"method": "CASH_EXCEPTION", "reason": ""}, follow=True).content.decode()
    cashier.post(address, {"method": "CARD"})
    shown = page(cashier, "obligation", owed.pk)
    cashier.post(reverse("shared_payments:ask_refund", args=[owed.pk]), {"reason": "Nộp nhầm cho xe khác"})

    assert "Chỉ thu tiền mặt khi có lý do" in refused
    assert "TH-2026-000001" in shown
    assert Obligation.objects.get(pk=owed.pk).state == "refunding"
    assert "Duyệt hoàn trả" not in page(cashier, "refund_one", Refund.objects.get().pk)


def test_an_accountant_approves_matches_compares_and_closes(till):
    owed = till.owe()
    transfer(till, "khong ghi gi", 1_300_000)
    line, accountant = StatementLine.objects.get(), client_of(ACCOUNTANT, agency=till.payee.agency_id)
    assert "khong ghi gi" in page(accountant, "money")

    accountant.post(reverse("shared_payments:match", args=[line.pk]), {"reference": owed.reference})
    transfer(till, owed.reference, 200_000)
    refund = Refund.objects.get()
    accountant.post(reverse("shared_payments:refund_approve", args=[refund.pk]))
    accountant.post(reverse("shared_payments:compare", args=["tests.fee", TODAY]))
    day = page(accountant, "day", "tests.fee", TODAY)
    difference = Difference.objects.get()
    accountant.post(reverse("shared_payments:explain", args=[difference.pk]), {"reason": "Đang chờ hoàn trả"})
    accountant.post(reverse("shared_payments:close", args=["tests.fee"]))
    closing = page(accountant, "closing", DailyClosing.objects.get().pk)

    assert (Obligation.objects.get(pk=owed.pk).state, Refund.objects.get().state) == ("paid", "approved")
    assert "200.000 đ" in day
    assert Difference.objects.get().reason == "Đang chờ hoàn trả"
    assert ("KS-TH-2026-0001" in closing, "1.170.000 đ" in closing) == (True, True)


def test_a_list_asks_the_database_as_often_with_many_as_with_few(till, django_assert_max_num_queries):
    for _ in range(30):
        till.owe()
    cashier = client_of(CASHIER, place=till.place)
    page(cashier, "counter")

    with django_assert_max_num_queries(15):
        page(cashier, "counter")


def test_a_stranger_sees_nothing_and_does_nothing(till):
    owed = till.owe(payer_name=PAYER)
    transfer(till, owed.reference, 1_500_000)
    stray = simulator.incoming(
        bank_bin="970499", account_no=till.payee.account_no, amount=7, memo="?", payer=PAYER, at=NOON
    )
    banking.take_transfers([stray], told=True, at=NOON)
    reconcile.reconcile_day(payee=till.payee, day=TODAY, by=till.accountant, at=NOON)
    refund, line = Refund.objects.get(), StatementLine.objects.get(standing="unknown")
    receipt, difference = Receipt.objects.get(), Difference.objects.first()
    one, two, other = [owed.pk], [refund.pk], [line.pk]
    reads = [("counter", []), ("obligation", one), ("receipt", [receipt.pk]), ("refunds", []), ("refund_one", two),
             ("money", []), ("days", []), ("day", ["tests.fee", TODAY]), ("closings", []), ("wallets", [])]  # fmt: skip
    deeds = [("collect", one), ("ask_refund", one), ("refund_approve", two), ("refund_reject", two),
             ("refund_hand_over", two), ("match", other), ("give_back", other), ("explain", [difference.pk]),
             ("compare", ["tests.fee", TODAY]), ("close", ["tests.fee"]),
             ("pay_from_wallet", [owed.token])]  # fmt: skip
    words = {"reason": "Tôi muốn lấy tiền", "note": "Tôi muốn lấy tiền", "method": "CARD", "reference": "X" * 8}

    elsewhere = make_elsewhere()
    for client in (client_of(), client_of(CASHIER, place=elsewhere), client_of(ACCOUNTANT, agency=make_agency())):
        for name, args in reads:
            answer = client.get(reverse(f"shared_payments:{name}", args=args))
            assert answer.status_code in (200, 403, 404), name
            assert PAYER not in answer.content.decode(), name
            assert owed.reference not in answer.content.decode(), name
        for name, args in deeds:
            answer = client.post(reverse(f"shared_payments:{name}", args=args), words)
            assert answer.status_code in (403, 404), (name, answer.status_code)
        listed = client.get("/api/v1/shared/payments/obligations")
        assert listed.status_code == 403 or listed.json()["items"] == []
    assert Client().get("/api/v1/shared/payments/obligations").status_code == 401
    assert (Refund.objects.get().state, Obligation.objects.get().state) == ("asked", "paid")
    simulated.tell(NOON)


def make_elsewhere():
    from django.contrib.gis.geos import Point

    from tinhso.kernel.geo.models import Place

    return Place.objects.create(code="NOI-KHAC", name="Nơi khác", kind="crossing", point=Point(106.8, 21.8, srid=4326))


def make_agency():
    from tinhso.kernel.organisations.models import Agency

    return Agency.objects.create(code="KHAC", name="Cơ quan khác", kind="department", valid_from=TODAY)
