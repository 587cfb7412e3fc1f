"""Packages beside kg: their kind when declaring, their count in a transfer, the balance that yard and customs see."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.actions.firm_forms import What, Who, intent_of
from tinhso.pillars.border.gate.actions.sheet_rows import reader_of
from tinhso.pillars.border.gate.actions.transfers import Load
from tinhso.pillars.border.gate.models import GoodsLine, TransferLine
from tinhso.pillars.border.gate.queries.transfers import balances_of
from tinhso.pillars.border.gate.queries.words import PACKAGE_TITLES
from tinhso.pillars.border.gate.rules import quantities
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.sheets import SheetRow
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_api import BASE, post, signed_in
from tinhso.pillars.border.gate.tests.test_firm_pages import WHAT, WHO, text
from tinhso.pillars.border.gate.tests.test_transfers import CHINESE, GARLIC, Yard


@pytest.fixture
def yard(gate):
    with clock.frozen(NOON):
        yield Yard(gate)


@pytest.fixture
def trucks(yard):
    """20 t and 1.000 packages of garlic on a Chinese truck, two Vietnamese ones to fetch it."""
    giver = yard.inside(yard.declared("IMP_CN", CHINESE, lines=(GARLIC,)))
    GoodsLine.objects.filter(declaration=giver.declaration_id).update(package_kind="SA")
    return giver, *(yard.inside(yard.declared("IMP_VN_PICKUP", plate)) for plate in ("12C11111", "12C22222"))


def worker(yard, role):
    return signed_in(role, place=yard.gate.points["HN-1119"].pk)


def test_every_kind_that_is_offered_is_one_of_the_rule():
    assert set(PACKAGE_TITLES) == set(quantities.PACKAGES)
    with pytest.raises(GateRefusal, match="BG-626"):
        quantities.package_kind("thùng")


def test_the_form_and_a_sheet_tell_the_kind(gate):
    with clock.frozen(NOON):
        firm = make_firm()
        first, second = What({**WHAT, "package_kind_1": "CT"}), Who(WHO, firm=firm)
        assert first.is_valid()
        assert second.is_valid()
        intent, problems = reader_of(firm).read(SheetRow(2, {**WHAT, **WHO, "package_kind_1": "Thùng các-tông"}))

    assert problems == []
    assert intent_of(first, second).lines[0].package_kind == intent.lines[0].package_kind == "CT"


def test_packages_are_told_apart_and_balanced_while_kg_decide(yard, trucks):
    giver, one, two = trucks
    loads = (
        Load(giver=giver, taker=one, kg=12_000, packages=600),
        Load(giver=giver, taker=two, kg=7_990, packages=395),
    )

    signed = yard.signed(*loads)

    (balance,) = balances_of([signed])[signed.pk]
    assert (balance.declared_packages, balance.given_packages, balance.off_packages) == (1_000, 995, -5)
    assert (balance.declared_kg, balance.given_kg, balance.off_kg, balance.counted) == (20_000, 19_990, -10, True)


def test_what_was_given_before_counts_once_and_what_nobody_counted_is_said(yard, trucks):
    giver, one, two = trucks
    before = yard.moved(Load(giver=giver, taker=one, kg=12_000), partial=True)
    now = yard.signed(Load(giver=giver, taker=two, kg=8_000))

    told = balances_of([before, now])

    assert [told[transfer.pk][0].given_kg for transfer in (before, now)] == [12_000, 20_000]
    assert [told[transfer.pk][0].counted for transfer in (before, now)] == [False, False]


def test_the_yard_types_packages_and_the_customs_see_the_balance(yard, trucks):
    giver, one, _two = trucks
    client, address = worker(yard, "YARD"), reverse("border_gate:transfer_begin", args=[giver.yard.code])
    line = GoodsLine.objects.get(declaration=giver.declaration_id)
    way = f"{giver.pk}-{line.pk}-{one.pk}"
    chosen = {"giao": str(giver.pk), "nhan": str(one.pk)}
    form = text(client.get(address, chosen))
    assert "khai 20.000 kg, 1.000 kiện" in form

    refused = client.post(address, {**chosen, f"kg-{way}": "21.000", f"kien-{way}": "1.010"})
    assert 'value="1.010"' in refused.content.decode()
    client.post(address, {**chosen, f"kg-{way}": "20.000", f"kien-{way}": "990"})

    assert list(TransferLine.objects.values_list("kg", "packages")) == [(20_000, 990)]
    page = text(worker(yard, "HAIQUAN").get(reverse("border_gate:transfers")))
    assert [
        words for words in ("990 bao tải", "khai 1.000 kiện, đã sang 990 kiện", "−10 kiện") if words not in page
    ] == []


def test_a_program_is_told_the_balance_of_its_own_vehicle_alone(yard, trucks):
    giver, one, _two = trucks
    program = worker(yard, "YARD")
    load = {"giver": str(giver.pk), "taker": str(one.pk), "kg": 20_000, "packages": 990}

    made = post(program, "/transfers", yard=giver.yard.code, loads=[load], sign=True)

    (line,), (balance,) = made.json()["lines"], made.json()["balances"]
    assert (line["packages"], line["package_kind"]) == (990, "SA")
    assert (balance["giver"], balance["declared_packages"], balance["given_packages"]) == (str(giver.pk), 1_000, 990)
    (of_taker,) = program.get(f"{BASE}/trips/{one.pk}/transfers").json()["items"]
    assert of_taker["balances"] == []
