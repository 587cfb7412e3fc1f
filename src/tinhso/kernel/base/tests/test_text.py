import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.base import text


def test_text_is_kept_composed_and_without_spare_spaces():
    typed = unicodedata.normalize("NFD", "  Nguyễn   Văn Đức ")

    assert text.nfc(typed) == "Nguyễn Văn Đức"


def test_search_text_has_neither_accents_nor_capitals():
    assert text.fold("ĐỒNG ĐĂNG – Lạng Sơn") == "dong dang – lang son"
    assert text.fold(unicodedata.normalize("NFD", "Đường Hữu Nghị")) == "duong huu nghi"


@given(st.text())
def test_folding_twice_changes_nothing_more(value):
    assert text.fold(text.fold(value)) == text.fold(value)


def test_a_word_without_accents_finds_all_and_one_with_accents_finds_its_own():
    places = ["Đồng Đăng", "Đông Kinh", "Tân Đoàn"]

    assert [place for place in places if text.matches("dong", place)] == ["Đồng Đăng", "Đông Kinh"]
    assert [place for place in places if text.matches("đồng", place)] == ["Đồng Đăng"]


def test_an_address_has_plain_letters_and_hyphens():
    assert text.slug("Cửa khẩu Hữu Nghị (mốc 1119–1120)") == "cua-khau-huu-nghi-moc-1119-1120"


def test_people_are_sorted_by_given_name_then_family_name_then_middle_names():
    people = ["Nông Thị Đào", "Vi Văn Dũng", "Hoàng Văn Dũng", "Hoàng Anh Dũng", "Lê Văn Âu", "Trần Thị Ánh", "An"]

    assert sorted(people, key=text.given_name_key) == [
        "An",
        "Trần Thị Ánh",
        "Lê Văn Âu",
        "Hoàng Anh Dũng",
        "Hoàng Văn Dũng",
        "Vi Văn Dũng",
        "Nông Thị Đào",
    ]


def test_the_alphabet_sorts_letters_before_tones():
    words = ["mâ", "mă", "mam", "mạ", "má", "mã", "mả", "mà", "ma"]

    assert sorted(words, key=text.alphabet_key) == ["ma", "mà", "mả", "mã", "má", "mạ", "mam", "mă", "mâ"]


def test_a_typed_tone_in_another_form_sorts_the_same():
    composed, decomposed = "Ánh", unicodedata.normalize("NFD", "Ánh")

    assert text.alphabet_key(composed)[:2] == text.alphabet_key(decomposed)[:2]
