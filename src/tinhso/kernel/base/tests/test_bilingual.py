"""Texts of tables in the reader's language."""

import pytest
from django.utils import translation

from tinhso.kernel.base.bilingual import Bilingual

BARRIER = Bilingual("barie", "barrier", "关卡")


@pytest.mark.parametrize(
    ("language", "shown"), [("vi", "barie"), ("en", "barrier"), ("zh-hans", "关卡"), ("fr", "barrier"), (None, "barie")]
)
def test_a_text_follows_the_language_of_the_moment(language, shown):
    with translation.override(language):
        assert str(BARRIER) == shown


def test_without_chinese_a_chinese_reader_gets_english():
    with translation.override("zh-hans"):
        assert str(Bilingual("bãi", "yard")) == "yard"
