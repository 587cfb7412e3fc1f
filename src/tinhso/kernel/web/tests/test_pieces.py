"""Pieces: what they show, and that they work without script."""

from __future__ import annotations

from datetime import date

import pytest
from django.template import Context, engines
from django.test import RequestFactory

from tinhso.kernel.web.charts import DayChart, draw_day, spark_path
from tinhso.kernel.web.dayclock import ClockBar, ClockDay, spans_of
from tinhso.kernel.web.pages.pieces import Example

PAGES = ("/pieces/", "/pieces/desk/", "/pieces/split/", "/pieces/board/", "/pieces/station/")


def drawn(text: str, **facts: object) -> str:
    """A template written here, compiled as those in files are."""
    loader = engines["django"].engine.template_loaders[0].loaders[0]
    compiled = loader.cotton_compiler.process(text)
    template = engines["django"].engine.from_string(compiled)
    return template.render(Context({"request": RequestFactory().get("/"), **facts}))


@pytest.mark.parametrize("kind", ["done", "run", "wait", "attn", "stop", "off", ""])
def test_a_state_is_always_icon_and_word(kind):
    shown = drawn(f'<c-state kind="{kind}">Đang kiểm</c-state>')

    assert "<svg" in shown
    assert "Đang kiểm" in shown


def test_an_action_is_a_link_when_it_leads_and_a_button_when_it_acts():
    assert drawn('<c-action href="/a">Xem</c-action>').startswith("<a ")
    assert 'type="submit"' in drawn("<c-action>Nộp</c-action>")


def test_an_action_shows_the_key_that_presses_it():
    shown = drawn('<c-action key="Đ">Xác nhận</c-action>')

    assert 'data-key="Đ"' in shown
    assert "<kbd" in shown


def test_what_cannot_be_undone_asks_first_also_without_script():
    shown = drawn(
        '<c-confirm id="ask" title="Rút hồ sơ?" verb="Rút hồ sơ" action="/rut/">Không lấy lại được.</c-confirm>'
    )

    assert 'href="#ask"' in shown
    assert '<dialog class="sheet" id="ask"' in shown
    assert '<form method="post" action="/rut/"' in shown


def test_the_step_one_is_at_is_said_and_not_only_coloured():
    shown = drawn('<c-step-strip :steps="steps" />', steps=[{"state": "now", "name": "Thẩm định", "note": ""}])

    assert 'aria-current="step"' in shown


def test_text_from_people_is_escaped_inside_pieces():
    shown = drawn('<c-state kind="done">{{ said }}</c-state>', said="<script>")

    assert "<script>" not in shown


def test_a_form_shows_each_error_under_its_field_and_all_of_them_on_top():
    form = Example({"name": "", "way": "net", "how": "sms"})

    shown = str(form)

    assert shown.index("error-summary") < shown.index("field__input")
    assert 'href="#id_name"' in shown
    assert 'aria-describedby="id_name_helptext id_name_error"' in shown
    assert 'id="id_name_error"' in shown


def test_a_field_that_may_stay_empty_says_so():
    assert "không bắt buộc" in Example()["note"].as_field_group()


def test_spans_of_a_clock_join_today_to_the_days_left():
    days = (
        ClockDay(date(2026, 11, 20), "counted", "Thẩm định"),
        ClockDay(date(2026, 11, 23), "paused", "Chờ bổ sung"),
        ClockDay(date(2026, 11, 24), "today", "Ký"),
        ClockDay(date(2026, 11, 25), "left", "Ký"),
    )

    spans = spans_of(days, lambda kind, count: f"{kind} {count}")

    assert [(span.kind, span.days) for span in spans] == [("counted", 1), ("paused", 1), ("left", 2)]


def test_a_clock_writes_the_month_only_where_it_changes():
    days = tuple(ClockDay(on, "counted") for on in (date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1)))

    assert [text for _, text in ClockBar("", "", days).cells] == ["27/11", "30", "1/12"]


def test_a_day_chart_marks_its_peak_and_the_hour_it_is():
    chart = draw_day(DayChart(today={8: 100, 9: 212}, yesterday={8: 90, 9: 200, 11: 10}, now=9.5))

    assert chart.peak.value == 212
    assert [text for _, text in chart.grid] == ["0", "100", "200"]
    assert chart.line.count("M") == 2
    assert 480 < chart.now < 520


def test_an_empty_day_is_drawn_as_well():
    chart = draw_day(DayChart(today={}))

    assert chart.bars == []
    assert chart.peak is None


def test_a_line_of_one_figure_is_no_line():
    assert spark_path([3]) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_the_page_of_all_pieces_stands_without_inline_script(client, address):
    shown = client.get(address)

    text = shown.content.decode()
    assert shown.status_code == 200
    assert "Dữ liệu trình diễn" in text
    assert "onclick" not in text
    assert text.count("<script") == text.count("<script src=") + text.count('type="application/json"')


@pytest.mark.parametrize("kind", ["", "done", "run", "wait", "attn", "stop", "off", "paused", "lock"])
def test_a_state_in_a_row_is_the_same_piece(kind):
    component = drawn(f'<c-state kind="{kind}" line>{{{{ said }}}}</c-state>', said="<Đang kiểm>")
    quick = drawn(f'{{% state_line "{kind}" said %}}', said="<Đang kiểm>")

    assert "".join(quick.split()) == "".join(component.split())
