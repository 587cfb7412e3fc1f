"""Tags of the theme, built in everywhere: icons, figures, ages, days in columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tinhso.kernel.base import clock as clocks
from tinhso.kernel.base import dates, money
from tinhso.kernel.web import charts, dayclock, doors
from tinhso.kernel.web.icons import icon as draw_icon
from tinhso.kernel.web.icons import state_icon

register = template.Library()

register.simple_tag(draw_icon, name="icon")
register.filter("state_icon", state_icon)
register.filter("show_date", dates.show_date)
register.filter("show_time", dates.show_time)
register.filter("show_moment", dates.show_moment)
register.filter("show_span", dates.show_span)
register.filter("vnd", money.vnd)
register.filter("grouped", money.grouped)


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built asset: `{% asset "vendor/htmx.js" %}`."""
    return static(f"web/{name}")


@register.simple_tag
def state_line(kind: str, words: object) -> SafeString:
    """The piece `<c-state kind line>` for rows of long lists: drawn some ten times quicker than as a component."""
    modifier = f" state--{kind}" if kind and kind not in ("off", "paused", "lock") else ""
    return format_html(
        '<span class="state{} state--line">{}<span>{}</span></span>', modifier, draw_icon(state_icon(kind), 16), words
    )


@register.simple_tag
def age(at: datetime, stale_after: int = 0) -> SafeString:
    """A moment that counts on in the page; greyed (data-stale-class of what holds it) after that many seconds."""
    return format_html(
        '<time class="num" data-age data-stale-after="{}" datetime="{}">{}</time>',
        stale_after,
        at.isoformat(),
        dates.show_time(at),
    )


@register.inclusion_tag("web/day_chart.html")
def day_chart(chart: charts.DayChart) -> dict[str, Any]:
    """Bars by the hour with yesterday's line, what is booked and now."""
    return {"chart": chart, "drawn": charts.draw_day(chart)}


@register.inclusion_tag("web/columns.html")
def columns(series: list[charts.Column], title: str) -> dict[str, Any]:
    """Columns beside each other, of two figures each; the table beside them tells the same."""
    return {"title": title, "drawn": charts.draw_columns(series)}


@register.simple_tag
def spark(values: list[float]) -> SafeString:
    """A line without axes: the way a figure has gone."""
    return format_html(
        '<svg class="spark" viewBox="0 0 96 24" aria-hidden="true"><path d="{}"/></svg>', charts.spark_path(values)
    )


@register.inclusion_tag("web/clock.html")
def clock(bar: dayclock.ClockBar) -> dict[str, Any]:
    """Running and paused days of a deadline."""
    return {"bar": bar}


@register.filter
def page_range(page: Any) -> list[int | None]:
    """Page numbers to offer; None stands for a gap."""
    return [number if isinstance(number, int) else None for number in page.paginator.get_elided_page_range(page.number)]


@register.simple_tag
def demo_profile() -> bool:
    """Whether what is shown is demonstration data."""
    return bool(settings.PROFILE == "demo")


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's own query with some values changed: `?{% query page=2 %}`; None takes one out."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
    return str(values.urlencode())


@register.filter
def width_of(value: float, whole: float) -> str:
    """Percent of the whole, for a bar's width; never above 100."""
    return f"{min(100.0, 100 * value / whole):.0f}%" if whole else "0%"


@register.simple_tag(takes_context=True)
def query_of(context: template.Context, name: str, value: Any) -> str:
    """As `query`, for a value whose name is itself a variable."""
    return query(context, **{name: value})


@register.simple_tag(takes_context=True)
def official_doors(context: template.Context) -> doors.OfficialDoors:
    """The officials' doors that the reader may go through; a page of a refusal asks nothing."""
    return doors.doors_of(context.get("request"))


@register.simple_tag(takes_context=True)
def neighbours(context: template.Context) -> list[tuple[Any, str, bool]]:
    """Titles and addresses of the doors of the page's own room, and behind which of them the page lies."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    if request is None or match is None or not match.namespace:
        return []
    own = doors.doors_of(request).of(match.namespace)
    addresses = [door.address() for door in own]
    # A room's first page lies above the others: the longest address that fits is the page's own.
    here = max((one for one in addresses if request.path.startswith(one)), key=len, default="")
    return [(door.title, address, address == here) for door, address in zip(own, addresses, strict=True)]


WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


@register.filter
def show_weekday(moment: datetime) -> str:
    """Thứ Ba, as people write it; other languages by Django's own words."""
    day = moment.astimezone(clocks.HANOI)
    return WEEKDAYS[day.weekday()] if get_language() == "vi" else date_format(day, "l")


@register.filter
def show_when(moment: datetime) -> str:
    """18/11, 08:05; with the year when it is not this one."""
    then = moment.astimezone(clocks.HANOI)
    year = "" if then.year == clocks.today().year else f"/{then.year}"
    return f"{then:%d/%m}{year}, {then:%H:%M}"


@register.filter
def show_beijing(moment: datetime) -> str:
    """14:05 in Beijing."""
    return f"{moment.astimezone(clocks.BEIJING):%H:%M}"
