"""People of the gate who do not exist: one officer of each force at each point, a firm's clerk, a leader and more.

Those of the live border have accounts as well, so that a visitor takes over any role in the middle of the day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from tinhso.kernel.access.models import Grant, Role, RolePermission
from tinhso.kernel.access.permissions import PERMISSIONS
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.identity.models import Account, Person
from tinhso.kernel.organisations.models import Post, agency_id
from tinhso.pillars.border.gate.demo.parties import FAMILY, GIVEN, MARK, NAMED_FIRM, broker_code, carrier_code, demo_id
from tinhso.pillars.border.gate.models import Force
from tinhso.pillars.border.gate.models.places import place_id
from tinhso.pillars.border.gate.permissions import FIRM_ADMIN_ROLE, FORCE_ROLE, FORCES, role_code
from tinhso.pillars.border.gate.simulation.crew import EVERYWHERE, Member, members, person_id

SEED = 2026
SINCE = datetime(2022, 2, 21, tzinfo=UTC)
WOMEN_AND_MEN = ("Thị Thu", "Thị Minh", "Văn", "Đức", "Thị Hồng", "Quang", "Minh", "Thị Ngọc")
ADMINISTRATOR = ("demo-administrator", f"Quản trị hệ thống {MARK}")
FIRMS_CLERK, BROKERS_CLERK, CARRIERS_CLERK = "doanhnghiep", "dailyhaiquan", "vantai"
AREA_PEOPLE = {"VT": "baicho.viettel", "PT": "baicho.phithuequan"}
"""Who works for the operator of each holding area of Hữu Nghị alone (demo/areas.py)."""
OFFICER, CLERK = f"Cán bộ {MARK}", f"Nhân viên khai báo {MARK}"
POINT_NAMES = {"HN-1119": "Hữu Nghị", "TT-1088": "Tân Thanh", "CM-01": "Chi Ma", "CN-1104": "Cốc Nam"}


@dataclass(frozen=True, slots=True)
class Charge:
    """A role given to a demo person; empty scopes mean everywhere."""

    role: str
    agency: UUID | None = None
    place: UUID | None = None


@dataclass(frozen=True, slots=True)
class DemoPerson:
    username: str
    charges: tuple[Charge, ...]
    point: str = ""
    has_account: bool = True


def load(*, by: Actor, at: datetime) -> int:
    """Make whom is missing, with accounts and grants; returns how many, none the second time."""
    role = _administrator()
    everybody = list(people(role))
    known = set(
        Person.objects.filter(id__in=[person_id(one.username) for one in everybody]).values_list("id", flat=True)
    )
    missing = [one for one in everybody if person_id(one.username) not in known]
    if not missing:
        return 0
    names = dict(zip((one.username for one in everybody), _names(), strict=False))
    Person.objects.bulk_create(
        Person(id=person_id(one.username), full_name=_full_name(names[one.username], one.point)) for one in missing
    )
    Account.objects.bulk_create(_account(one) for one in missing if one.has_account)
    Grant.objects.bulk_create(_grants(missing, by))
    Post.objects.bulk_create(_posts(missing))
    record("border_gate.demo_people_made", by=by, at=at, people=[one.username for one in missing])
    return len(missing)


def people(administrator: Role) -> Iterator[DemoPerson]:
    """Those whom a visitor may be first, then the officers of every point, then who only acts in the live border."""
    firm = agency_id(f"FIRM-{NAMED_FIRM[0]}")
    yield DemoPerson(FIRMS_CLERK, (Charge(role_code("ENTERPRISE"), agency=firm), Charge(FIRM_ADMIN_ROLE, agency=firm)))
    yield DemoPerson("lanhdao", (Charge(role_code("LEADER")),))
    yield DemoPerson("bql", (Charge(role_code("BQLKKT")), _force_work("BQLKKT")))
    yield DemoPerson("tramsoat", (Charge(role_code("BIENPHONG"), place=place_id("HN-1119")),))
    yield DemoPerson(
        "haidiem",
        tuple(
            charge
            for point in ("HN-1119", "TT-1088")
            for charge in (
                Charge(role_code("BIENPHONG"), place=place_id(point)),
                _force_work("BIENPHONG", place_id(point)),
            )
        ),
    )
    yield DemoPerson("trogiup", (Charge(role_code("HELPDESK")),))
    yield DemoPerson("ketoan", (Charge("payments_accountant", agency=Force.objects.get(code="BQLKKT").pk),))
    yield DemoPerson("khobac", (Charge("payments_accountant"),))
    yield DemoPerson("thanhtra", (Charge(role_code("AUDITOR")),))
    yield DemoPerson("quantri", (Charge(administrator.code),))
    for member in members():
        yield DemoPerson(
            member.username, tuple(_charges(member)), member.point, has_account=member.role not in EVERYWHERE
        )
    yield DemoPerson(BROKERS_CLERK, (Charge(role_code("ENTERPRISE"), agency=agency_id(f"FIRM-{broker_code()}")),))
    yield DemoPerson(CARRIERS_CLERK, (Charge(role_code("CARRIER"), agency=agency_id(f"FIRM-{carrier_code()}")),))
    yield DemoPerson("congthuong", (Charge(role_code("INDUSTRY")),))
    for username in AREA_PEOPLE.values():
        yield DemoPerson(username, (Charge(role_code("BUFFER"), place=place_id("HN-1119")),), "HN-1119")


def _charges(member: Member) -> Iterator[Charge]:
    place = place_id(member.point) if member.point else None
    yield Charge(role_code(member.role), place=place)
    if member.role in FORCES:
        yield _force_work(member.role, place)


def _force_work(force: str, place: UUID | None = None) -> Charge:
    """Tasks and holds are the force's own: its agency is the scope."""
    return Charge(FORCE_ROLE, agency=Force.objects.get(code=force).pk, place=place)


def _account(one: DemoPerson) -> Account:
    account = Account(username=one.username, person_id=person_id(one.username), demo=True)
    account.set_unusable_password()
    return account


def _grants(missing: list[DemoPerson], by: Actor) -> Iterator[Grant]:
    roles = {role.code: role for role in Role.objects.all()}
    for one in missing:
        for charge in one.charges:
            yield Grant(
                holder_id=person_id(one.username),
                role=roles[charge.role],
                agency_id=charge.agency,
                place_id=charge.place,
                valid_from=SINCE,
                granted_by=by.id,
            )


def _posts(missing: list[DemoPerson]) -> Iterator[Post]:
    """Where they work: at the agency in whose name they act."""
    for one in missing:
        for agency in {charge.agency for charge in one.charges if charge.agency}:
            title = CLERK if one.username in (FIRMS_CLERK, BROKERS_CLERK, CARRIERS_CLERK) else OFFICER
            yield Post(
                id=demo_id(f"post:{one.username}"),
                person_id=person_id(one.username),
                agency_id=agency,
                title=title,
                valid_from=SINCE.date(),
            )


def _administrator() -> Role:
    """A role of the demo's own with every right of the kernel's rooms, those included that came since."""
    role, _made = Role.objects.get_or_create(code=ADMINISTRATOR[0], defaults={"title": ADMINISTRATOR[1]})
    wanted = {right.code for right in PERMISSIONS if right.room.startswith("kernel_")}
    lacking = wanted - set(role.permissions.values_list("permission", flat=True))
    RolePermission.objects.bulk_create(RolePermission(role=role, permission=name) for name in sorted(lacking))
    return role


def _full_name(name: str, point: str) -> str:
    return " ".join([name, *([f"– {POINT_NAMES[point]}"] if point else []), MARK])


def _names() -> Iterator[str]:
    chance = Random(SEED)  # noqa: S311
    while True:
        yield f"{chance.choice(FAMILY)} {chance.choice(WOMEN_AND_MEN)} {chance.choice(GIVEN)}"
