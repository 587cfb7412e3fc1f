"""Demo rows of the gate, each marked DEMO: made from a fixed seed, so that every installation shows the same."""

from __future__ import annotations

from typing import Any

from tinhso.kernel.modules.declare import demo
from tinhso.pillars.border.gate.actions.fee_money import PAYEE
from tinhso.pillars.border.gate.actions.tariff import load_rates
from tinhso.pillars.border.gate.demo import areas, codes, mandates, parties, people
from tinhso.shared.payments import facade as payments

DEMO_ACCOUNT = {
    "bank_bin": "970499",
    "bank_name": "Ngân hàng mô phỏng (DEMO)",
    "account_no": "9990001112223",
    "holder": "TT QUAN LY CUA KHAU (DEMO)",
    "is_demo": True,
}


@demo(40)
def demo_tariff(run: Any) -> int:
    """The rates DEMO-2025, so that every demo trip can be charged; receipts show the mark."""
    return load_rates(demo=True)


@demo(43)
def demo_account(run: Any) -> int:
    """An account at a bank that does not exist, so that fees can be paid by QR."""
    payments.ensure_payee(code=PAYEE, **DEMO_ACCOUNT)
    return 1


@demo(41)
def demo_parties(run: Any) -> int:
    """Firms, vehicles and drivers."""
    return parties.load()


@demo(42)
def demo_people(run: Any) -> int:
    """An officer of each force at each point, a firm's clerk, leaders: the roles that a visitor may try."""
    return people.load(by=run.by, at=run.at)


@demo(43)
def demo_codes(run: Any) -> int:
    """The growing areas and packing houses that the simulation's trips name."""
    return codes.load(by=run.by, at=run.at)


@demo(44)
def demo_mandate(run: Any) -> int:
    """A mandate of the named firm for a broker."""
    return mandates.load(at=run.at)


@demo(45)
def demo_areas(run: Any) -> int:
    """The operators of the holding areas at Hữu Nghị."""
    return areas.load()
