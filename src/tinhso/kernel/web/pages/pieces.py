"""All pieces with each of their states, in development: what builders copy, what screenshots and axe look at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import django_tables2
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from tinhso.kernel.web.charts import DayChart
from tinhso.kernel.web.dayclock import ClockBar, ClockDay, Kind, spans_of
from tinhso.kernel.web.request import Request
from tinhso.kernel.web.tables import LinkColumn, NumberColumn, StateColumn, Table, prepare

TODAY = {6: 34, 7: 157, 8: 203, 9: 212, 10: 186, 11: 131, 12: 86, 13: 134, 14: 15}
YESTERDAY = {
    6: 30,
    7: 150,
    8: 196,
    9: 205,
    10: 190,
    11: 128,
    12: 80,
    13: 127,
    14: 176,
    15: 158,
    16: 120,
    17: 66,
    18: 30,
}
BOOKED = {14: 190, 15: 172, 16: 126, 17: 70, 18: 34}
NAMES = ("Mít", "Xoài", "Thanh long", "Táo", "Sắn lát khô", "Dưa hấu", "Lê", "Chuối", "Ớt", "Tỏi khô", "Bưởi", "Gỗ xẻ")
KINDS = {"new": "", "open": "run", "done": "done", "wait": "attn"}
WORDS = {"new": "Chưa nhận", "open": "Đang kiểm", "done": "Đạt", "wait": "Chờ sửa"}


class Example(forms.Form):
    name = forms.CharField(label="Họ và tên", help_text="Như trên căn cước")
    born = forms.DateField(label="Ngày sinh", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    way = forms.ChoiceField(label="Cách nhận kết quả", choices=[("net", "Bản điện tử"), ("post", "Bưu chính")])
    how = forms.ChoiceField(
        label="Nhận tin qua", choices=[("sms", "Tin nhắn"), ("app", "Ứng dụng")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="Ghi chú", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agree = forms.BooleanField(label="Tôi cam đoan nội dung khai là đúng")


class ExampleTable(Table):
    key = "kernel_web.pieces"
    always = ("code",)
    walked = True
    code = LinkColumn(pane="#main", verbose_name="Mã")
    name = django_tables2.Column(verbose_name="Hàng hóa", attrs={"td": {"class": "is-fluid"}})
    weight = NumberColumn(verbose_name="kg")
    state = StateColumn(KINDS, WORDS, verbose_name="Trạng thái")


def example_rows() -> list[dict[str, Any]]:
    states = list(KINDS)
    return [
        {
            "code": f"26-{1000 + i * 37}",
            "name": name,
            "weight": 6800 + i * 1350,
            "state": states[i % 4],
            "href": "#main",
        }
        for i, name in enumerate(NAMES * 12)
    ]


def example_clock() -> ClockBar:
    days: list[ClockDay] = []
    on = date(2026, 11, 4)
    while len(days) < 20:
        if on.weekday() < 5:
            days.append(_day(on, len(days)))
        on += timedelta(days=1)
    titles = {"counted": "Tính {} ngày", "paused": "Tạm dừng {} ngày", "left": "Còn {} ngày, kể cả hôm nay"}
    return ClockBar(
        summary="Còn 6 ngày làm việc, hẹn 01/12/2026",
        rule="Thời hạn 15 ngày làm việc, hẹn ban đầu 24/11",
        days=tuple(days),
        spans=spans_of(tuple(days), lambda kind, count: titles[kind].format(count)),
        spoken="Đã tính 9 ngày, tạm dừng 5 ngày, hôm nay là ngày thứ 10, còn 5 ngày sau hôm nay",
    )


def _day(on: date, place: int) -> ClockDay:
    kinds: tuple[tuple[int, Kind, str], ...] = (
        (5, "counted", "Tiếp nhận, kiểm tra hồ sơ"),
        (10, "paused", "Chờ bạn bổ sung bản vẽ mặt bằng tầng 2"),
        (14, "counted", "Thẩm định"),
        (15, "today", "Thẩm định, ký, trả kết quả"),
        (20, "left", "Thẩm định, ký, trả kết quả"),
    )
    kind, phase = next((kind, phase) for end, kind, phase in kinds if place < end)
    return ClockDay(on, kind, phase)


def context(request: Request) -> dict[str, Any]:
    return {
        "clock": example_clock(),
        "day": DayChart(TODAY, YESTERDAY, BOOKED, 14.08, "14:05", "Theo giờ: cao nhất 212 lúc 9 giờ"),
        "form": Example({"name": "", "born": "32/13", "way": "net", "how": "sms"}),
        "empty_form": Example(),
        "table": prepare(request, ExampleTable, example_rows(), per_page=14),
        "no_rows": prepare(request, ExampleTable, [], per_page=14),
        "numbers": Paginator(range(500), 20).get_page(7),
        "trend": [3.0, 5, 4, 8, 9, 7, 12],
        "steps": [
            {"state": "done", "name": "Nộp hồ sơ", "note": "03/11"},
            {"state": "done", "name": "Tiếp nhận", "note": "03/11, một cửa phường"},
            {"state": "done", "name": "Bổ sung bản vẽ", "note": "Bạn đã nộp 17/11"},
            {"state": "now", "name": "Thẩm định", "note": "Từ 18/11, Phòng Kinh tế"},
            {"state": "", "name": "Ký giấy phép", "note": "Dự kiến 27/11"},
            {"state": "", "name": "Trả kết quả", "note": "Hẹn 01/12"},
        ],
        "old": request.moment - timedelta(minutes=18),
        "fresh": request.moment - timedelta(seconds=8),
        "trail": [("Hồ sơ của tôi", "#")],
        "chart": {
            "xAxis": {"data": ["T2", "T3", "T4", "T5", "T6"]},
            "yAxis": {},
            "series": [{"name": "Hồ sơ", "type": "bar", "data": [12, 19, 15, 22, 17]}],
        },
    }


def public(request: Request) -> HttpResponse:
    messages.info(request, "Đã lưu bản nháp lúc 14:05")
    return render(request, "web/pieces/public.html", context(request))


def desk(request: Request) -> HttpResponse:
    return render(request, "web/pieces/desk.html", context(request))


def split(request: Request) -> HttpResponse:
    return render(request, "web/pieces/split.html", context(request))


def board(request: Request) -> HttpResponse:
    return render(request, "web/pieces/board.html", context(request))


def station(request: Request) -> HttpResponse:
    return render(request, "web/pieces/station.html", context(request))
