import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.base import money


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "0 đ"), (999, "999 đ"), (1_802_500, "1.802.500 đ"), (-50_000, "-50.000 đ")],
)
def test_money_has_points_between_thousands_and_the_sign_of_dong(amount, shown):
    assert money.vnd(amount) == shown


@pytest.mark.parametrize("amount", [1.0, 1802500.5, "1000", None, True])
def test_money_is_never_a_float_or_a_text(amount):
    with pytest.raises(TypeError):
        money.vnd(amount)


@pytest.mark.parametrize(
    ("amount", "spoken"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (55, "Năm mươi lăm đồng"),
        (105, "Một trăm linh năm đồng"),
        (110, "Một trăm mười đồng"),
        (1_005, "Một nghìn không trăm linh năm đồng"),
        (50_000, "Năm mươi nghìn đồng"),
        (1_802_500, "Một triệu tám trăm linh hai nghìn năm trăm đồng"),
        (1_000_001, "Một triệu không trăm linh một đồng"),
        (2_000_000_015, "Hai tỷ không trăm mười lăm đồng"),
        (1_500_000_000_000, "Một nghìn năm trăm tỷ đồng"),
        (-21_000, "Âm hai mươi mốt nghìn đồng"),
    ],
)
def test_a_receipt_spells_the_amount(amount, spoken):
    assert money.in_words(amount) == spoken


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_two_amounts_are_never_spelled_alike(one, other):
    assert (money.in_words(one) == money.in_words(other)) == (one == other)
