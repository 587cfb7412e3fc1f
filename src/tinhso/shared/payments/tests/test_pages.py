"""Pages by the people: a payer without an account, a cashier, an accountant, a firm's clerk, a stranger."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.event import Event
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.shared.payments.actions import banking, counter, reconcile, refunds, simulated
from tinhso.shared.payments.actions.closing import close_day
from tinhso.shared.payments.adapters import simulator
from tinhso.shared.payments.events import MONEY_UNKNOWN
from tinhso.shared.payments.handlers import tell_unknown_money
from tinhso.shared.payments.models import DailyClosing, Difference, Obligation, Receipt, Refund, StatementLine
from tinhso.shared.payments.pages.closing_sheet import sheet_of
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
    shown = page(accountant, "money")
    assert "khong ghi gi" in shown
    assert re.findall(r'class="desk-bar__tab" href="([^"]+)" aria-current="page"', shown) == [
        reverse("shared_payments:money")
    ]

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


def test_accountants_are_told_of_unknown_money_and_assign_it_by_one_tap(till):
    accountant, other = make_person("Kế toán một"), make_person("Thu ngân khác")
    grant(accountant, ACCOUNTANT, agency=till.payee.agency_id)
    grant(other, CASHIER, place=till.place)
    owed = till.owe(payer_name="Công ty An")
    till.owe(700_000, payer_name="Công ty Bình")
    transfer(till, "tien phi xe 12C", 1_300_000)
    line, event = StatementLine.objects.get(), MONEY_UNKNOWN
    told = Event(event, "shared_payments.line", line.pk, None, NOON, SYSTEM.id, id=1)
    tell_unknown_money(told)
    tell_unknown_money(told)
    client = client_of(ACCOUNTANT, agency=till.payee.agency_id)

    shown = page(client, "money_one", line.pk)
    client.post(reverse("shared_payments:match", args=[line.pk]), {"reference": owed.reference})
    tell_unknown_money(told)

    notices = Notice.objects.filter(kind="shared_payments.money_unknown", recipient__in=[accountant.pk, other.pk])
    assert [one.recipient for one in notices] == [accountant.pk]
    assert str(line.pk) in notices[0].url
    assert (owed.reference in shown, "đúng số tiền" in shown, "cùng người nộp" in shown) == (True, True, True)
    assert "700.000 đ" not in shown
    assert Obligation.objects.get(pk=owed.pk).state == "paid"
    assert "đã có chỗ" in page(client, "money_one", line.pk)


def test_unknown_money_is_sent_back_by_two_people(till):
    transfer(till, "khong ro", 5_000)
    line, accountant = StatementLine.objects.get(), client_of(ACCOUNTANT, agency=till.payee.agency_id)

    accountant.post(reverse("shared_payments:give_back", args=[line.pk]), {"reason": "Người gửi báo nhầm tài khoản"})
    refund = Refund.objects.get()
    accountant.post(reverse("shared_payments:refund_approve", args=[refund.pk]))

    assert (refund.cause, refund.amount, Refund.objects.get().state) == ("unknown", 5_000, "asked")
    assert page(accountant, "money_one", line.pk)


def test_a_cashier_gives_a_part_back_on_the_page_and_takes_the_request_back(till):
    owed, cashier = till.owe(), client_of(CASHIER, place=till.place)
    counter.collect(obligation_ids=[owed.pk], method="CARD", by=till.cashier, at=NOON)
    address = reverse("shared_payments:ask_refund", args=[owed.pk])

    too_much = cashier.post(address, {"reason": "Thu nhầm nhóm hàng", "amount": "1.300.001"}, follow=True)
    cashier.post(address, {"reason": "Thu nhầm nhóm hàng", "amount": "300.000 đ"})
    refund = Refund.objects.get()
    shown = page(cashier, "obligation", owed.pk)
    cashier.post(reverse("shared_payments:refund_withdraw", args=[refund.pk]), {"reason": "Nhập nhầm"})

    assert "không quá số còn lại" in too_much.content.decode()
    assert ("300.000 đ" in shown, "1.000.000 đ" in shown) == (True, True)
    assert (Refund.objects.get().state, Obligation.objects.get().going_back) == ("rejected", 0)


def test_a_receipt_says_what_of_it_was_given_back(till):
    receipt = counter.collect(obligation_ids=[till.owe().pk], method="CARD", by=till.cashier, at=NOON)[0]
    ask = {"obligation_id": receipt.obligation_id, "reason": "Thu nhầm nhóm hàng", "amount": 300_000}
    refund = refunds.ask_refund(**ask, by=till.cashier, at=NOON)
    refunds.approve_refund(refund=refund, by=till.accountant, at=NOON)
    refunds.hand_over(refund=refund, note="Đã trả tận tay người nộp", by=till.cashier, at=NOON)

    shown = Client().get(reverse("shared_payments:check"), {"so": receipt.number, "ma": receipt.code}).content.decode()

    assert "Đã hoàn trả 300.000 đ; còn lại 1.000.000 đ" in shown


def test_a_closing_is_taken_as_pdf_by_who_may_see_it(till):
    counter.collect(obligation_ids=[till.owe().pk], method="CARD", by=till.cashier, at=NOON)
    closing = close_day(payee=till.payee, by=till.accountant, at=NOON)
    accountant, stranger = client_of(ACCOUNTANT, agency=till.payee.agency_id), client_of()
    address = reverse("shared_payments:closing_paper", args=[closing.pk])

    answer = accountant.get(address)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert b"".join(answer.streaming_content)[:5] == b"%PDF-"
    assert closing.number in answer["Content-Disposition"]
    assert stranger.get(address).status_code == 403
    sheet = sheet_of(closing)
    assert [table.rows[-1][-1] for table in sheet.tables] == ["1.300.000", "1.300.000", "0", "1.300.000"]
    assert closing.digest in sheet.tables[-1].note


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
             ("money", []), ("money_one", other), ("days", []), ("day", ["tests.fee", TODAY]), ("closings", []),
             ("wallets", [])]  # fmt: skip
    deeds = [("collect", one), ("ask_refund", one), ("refund_approve", two), ("refund_reject", two),
             ("refund_withdraw", two),
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
