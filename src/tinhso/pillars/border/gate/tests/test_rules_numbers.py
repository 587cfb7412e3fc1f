"""Plates, containers, tax codes, identity papers, VINs, HS codes and trip codes."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso6346

from tinhso.pillars.border.gate.rules import containers, hs, identity_papers, plates, taxcodes, tripcodes, vins
from tinhso.pillars.border.gate.rules.codes import GateRefusal, catalogue, code_of, refuse

FIXTURES = Path(__file__).parent / "fixtures"
READERS = {
    "plate_vn": lambda text: plates.read(text).norm,
    "plate_cn": lambda text: plates.read(text).norm,
    "mst": taxcodes.read,
    "hs6": hs.read,
    "container": containers.read,
    "trip_code": lambda text: tripcodes.read(text).text,
    "cn_id": lambda text: identity_papers.read("CN_ID", text),
}


def fixture_rows():
    with (FIXTURES / "validator_fixtures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def refusal_of(function, *args):
    with pytest.raises(GateRefusal) as refused:
        function(*args)
    return refused.value


@pytest.mark.parametrize("row", fixture_rows(), ids=lambda row: f"{row['kind']} {row['input']}")
def test_every_row_of_the_fixtures_is_judged_as_written(row):
    read = READERS[row["kind"]]

    if row["expected"].startswith("invalid"):
        assert refusal_of(read, row["input"]).code.startswith("BG-")
    else:
        assert read(row["input"]) == (row["normalised"] or row["input"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("12c 12345", "12C-123.45"),
        ("12С－123．45", "12C-123.45"),  # Cyrillic С, full-width hyphen and full stop
        ("１２Ｃ１２３４５", "12C-123.45"),
        ("29ld-512.70", "29LD-512.70"),
        ("15tđ 1234", "15TĐ-1234"),
        ("桂f·12345", "桂F·12345"),
        ("桂 F D12345", "桂F·D12345"),
        ("桂A1234挂", "桂A·1234挂"),
    ],
)
def test_a_plate_is_shown_as_people_write_it(text, shown):
    assert plates.read(text).shown == shown
    assert plates.show(plates.read(text).norm) == shown


@pytest.mark.parametrize("text", ["", "12", "42C-123.45", "12I-123.45", "١٢C12345", "桂I12345", "<script>", "9" * 5000])
def test_what_is_no_plate_is_refused_with_an_example(text):
    refusal = refusal_of(plates.read, text)

    assert (refusal.code, refusal.status, refusal.field) == ("BG-001", 422, "plate")
    assert "12C-123.45" in refusal.for_people()


@pytest.mark.parametrize(
    ("text", "kind"),
    [("80-123-NG-01", "diplomatic"), ("TM-1234", "army"), ("T12-123.45", "temporary"), ("桂A1234警", "china_special")],
)
def test_a_special_plate_is_never_taken_silently(text, kind):
    refusal = refusal_of(plates.read, text)
    accepted = plates.read_special(text)

    assert (refusal.code, refusal.facts["special"]) == ("BG-101", kind)
    assert accepted.special == kind


def test_a_trailer_cannot_drive():
    assert refusal_of(plates.read_tractor, "12R-001.23").code == "BG-002"
    assert refusal_of(plates.read_tractor, "桂A1234挂").code == "BG-002"
    assert plates.read_tractor("12C-123.45").norm == "12C12345"


@given(
    area=st.sampled_from(sorted(plates.AREAS)),
    series=st.sampled_from("ABCDEFGHKLMNPRSTUVXYZ"),
    number=st.integers(0, 99_999),
)
def test_normalising_twice_changes_nothing(area, series, number):
    plate = plates.read(f"{area}{series}-{number:05d}")

    assert plates.normalise(plate.norm) == plate.norm
    assert plates.read(plate.shown) == plate


@given(st.text(max_size=40))
def test_any_text_is_a_plate_or_refused(text):
    try:
        found = plates.read(text).norm
    except GateRefusal as refused:
        found = refused.code

    assert found in {"BG-001", "BG-101"} or found.isalnum()


def test_a_container_with_a_wrong_digit_is_told_the_right_one():
    refusal = refusal_of(containers.read, "csqu 305438-4")

    assert refusal.code == "BG-003"
    assert refusal.for_people() == "Số container CSQU3054384 sai số kiểm tra: chữ số cuối phải là 3."


@pytest.mark.parametrize("text", ["CSQR3054383", "1SQU3054383", "CSQU305438", ""])
def test_a_container_of_another_shape_is_refused(text):
    assert refusal_of(containers.read, text).code == "BG-106"


@given(
    owner=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3),
    category=st.sampled_from("UJZ"),
    serial=st.integers(0, 999_999),
    wrong=st.integers(1, 9),
)
def test_of_ten_last_digits_one_is_right(owner, category, serial, wrong):
    body = f"{owner}{category}{serial:06d}"
    digit = int(iso6346.calc_check_digit(body))

    assert containers.read(f"{body}{digit}") == f"{body}{digit}"
    assert refusal_of(containers.read, f"{body}{(digit + wrong) % 10}").facts["d"] == str(digit)


def test_tax_codes_tell_shape_from_check_digit():
    assert taxcodes.read("4900 234 569") == "4900234569"
    assert taxcodes.show(taxcodes.read("0100233488-001")) == "0100233488-001"
    assert refusal_of(taxcodes.read, "4900234568").code == "BG-006"
    assert refusal_of(taxcodes.read, "49002345").code == "BG-107"


def test_a_chinese_firm_is_known_by_its_credit_code():
    assert taxcodes.read_chinese("91110000600037341L") == "91110000600037341L"
    assert refusal_of(taxcodes.read_chinese, "91110000600037341A").code == "BG-103"


def test_papers_of_drivers():
    assert identity_papers.read("CCCD", "020 190 001 234") == "020190001234"
    assert refusal_of(identity_papers.read, "CCCD", "12345678901").code == "BG-008"
    assert refusal_of(identity_papers.read, "CN_ID", "451481199001011235").code == "BG-104"
    assert refusal_of(identity_papers.read, "PASSPORT", "A").code == "BG-108"
    assert identity_papers.masked("020190001234") == "•••••••••234"


def test_a_paper_holds_on_its_last_day():
    last_day = date(2026, 11, 24)

    identity_papers.must_be_valid_on(last_day, expires_on=last_day)
    refusal = refusal_of(lambda: identity_papers.must_be_valid_on(last_day + timedelta(days=1), expires_on=last_day))

    assert refusal.for_people() == "Giấy tờ của lái xe hết hạn ngày 24/11/2026."


def test_a_vin_has_17_characters_without_i_o_q():
    assert vins.read("lzzs1cbr7pa123456") == "LZZS1CBR7PA123456"
    assert refusal_of(vins.read, "LZZS1CBR7PA12345O").code == "BG-102"


@pytest.mark.parametrize(
    ("text", "code"),
    [("0810", "BG-005"), ("", "BG-005"), ("081099", "BG-004"), ("08106A", "BG-004"), ("0810601", "BG-004")],
)
def test_an_unknown_hs_code_is_refused(text, code):
    assert refusal_of(hs.read, text).code == code


def test_hs_2022_has_5613_subheadings():
    assert len(hs.codes()) == 5613
    assert hs.read("0810.60.00") == "08106000"
    assert hs.show("08106000") == "0810.60.00"


def test_a_trip_code_is_made_read_and_shown():
    code = tripcodes.make(point="HN-1119", direction="X", day=date(2026, 11, 22), serial=123)

    assert code == "HNX26112200012353"
    assert tripcodes.show(code) == "HNX 261122 000123 53"
    assert tripcodes.read(tripcodes.show(code)).serial == 123


@given(serial=st.integers(1, 999_999), place=st.integers(3, 16), turn=st.integers(1, 9))
def test_one_wrong_digit_of_a_trip_code_is_caught(serial, place, turn):
    code = tripcodes.make(point="TT", direction="N", day=date(2026, 11, 22), serial=serial)
    wrong = code[:place] + str((int(code[place]) + turn) % 10) + code[place + 1 :]

    assert tripcodes.is_right(code)
    assert not tripcodes.is_right(wrong)


@given(serial=st.integers(1, 999_999), place=st.integers(3, 15))
def test_two_swapped_digits_of_a_trip_code_are_caught(serial, place):
    code = tripcodes.make(point="CM", direction="X", day=date(2026, 11, 22), serial=serial)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert tripcodes.is_right(swapped) == (swapped == code)


def test_the_catalogue_of_refusals_is_complete_in_all_languages():
    rows = catalogue()

    assert {f"BG-{number:03d}" for number in range(1, 39)} <= set(rows)
    assert all(
        row["message_vi"] and row["message_en"] and row["message_zh"] and row["http"].isdigit() for row in rows.values()
    )
    assert code_of("HOLD_ACTIVE") == "BG-026"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_languages_of_a_refusal_ask_for_the_same_facts(language):
    from string import Formatter

    for row in catalogue().values():
        asked = {name for _, name, _, _ in Formatter().parse(row[f"message_{language}"]) if name}
        wanted = {name for _, name, _, _ in Formatter().parse(row["message_vi"]) if name}

        assert asked == wanted, row["code"]


def test_a_refusal_speaks_the_reader_s_language():
    from django.utils import translation

    refusal = refuse("BG-028", amount="1.300.000")

    with translation.override("en"):
        assert refusal.for_people() == "The fee of 1.300.000 đồng is not paid."
    with translation.override("zh-hans"):
        assert refusal.for_people() == "尚未缴纳费用1.300.000盾。"
    with translation.override("vi"):
        assert refusal.for_people() == "Chưa nộp phí 1.300.000 đồng."
    assert refusal.status == 402


@pytest.mark.parametrize(
    ("other", "near"),
    [
        ("12C12346", True),
        ("12C1234", True),
        ("12C123455", True),
        ("21C12345", True),
        ("12C12345", False),
        ("12C12356", False),
        ("12C54321", False),
        ("12C123", False),
    ],
)
def test_a_plate_is_near_when_one_slip_explains_it(other, near):
    assert plates.is_near("12C12345", other) == plates.is_near(other, "12C12345") == near
