"""The health form of drivers: its questions (tables/health_questions.csv) and what an answer must be. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.tables import table

YES, NO = "yes", "no"


def questions() -> dict[str, Bilingual]:
    """The questions by code, in their order; each is answered with yes or no."""
    return {row["code"]: Bilingual(row["text_vi"], row["text_en"], row["text_zh"]) for row in table("health_questions")}


def answers_of(given: Mapping[str, str]) -> dict[str, bool]:
    """The answers by code. Refusal BG-356 names the first question without one as its field."""
    found: dict[str, bool] = {}
    for code in questions():
        answer = given.get(code, "")
        if answer not in (YES, NO):
            raise refuse("BG-356", field=code)
        found[code] = answer == YES
    return found
