"""What a change of reasons, results, texts, bookings, hours, corrections or the cycle would have touched yesterday."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.kernel.rulebook.showing import Pair, counted, row, section, text_row, texts
from tinhso.kernel.web.offline.models import OfflineEvent
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.models import (
    Booking,
    ClearanceTask,
    CrossingPoint,
    FieldChange,
    GoodsLine,
    Hold,
    MovementOrder,
    SlotWindow,
    Trip,
)
from tinhso.pillars.border.gate.models.rulebook import TaskState
from tinhso.pillars.border.gate.queries.law import Law
from tinhso.pillars.border.gate.queries.queue import GROUP_TITLES
from tinhso.pillars.border.gate.queries.samples import drawn_by
from tinhso.pillars.border.gate.queries.words import DECLARED_TITLES
from tinhso.pillars.border.gate.rulebook.naming import RESULT_TITLES
from tinhso.pillars.border.gate.rulebook.showing import Yesterday
from tinhso.pillars.border.gate.rules import queue
from tinhso.pillars.border.gate.rules.booking import Terms
from tinhso.pillars.border.gate.rules.selection import GoodsOf, Sample

MOST = 2_000
LOADED = ("P0", "P1", "P2", "P3")


def reasons(day: Yesterday) -> Pair:
    """Old and new label of each reason, and how often it was given."""
    used = Counter(Hold.objects.filter(**day.within("created_at")).values_list("reason_code", flat=True))
    given = History.objects.filter(**day.within("at"), flow="border_gate.trip", facts__has_key="reason_code")
    used.update(given.values_list("facts__reason_code", flat=True))
    rows = [
        text_row((new or old).code, _label(old), _label(new), used[(new or old).code])
        for old, new in day.rows("reason")
    ]
    return texts(lambda: _("Reasons: how often each was given"), rows)


def _label(row: Any) -> str:
    if row is None:
        return "–"
    hidden = f" ({_('not shown to the firm')})" if row.secret else ""
    return f"{row.label_vi}{hidden}"


def refusal_texts(day: Yesterday) -> Pair:
    """Old and new sentence of each code, and of how many declarations and reports of machines it was said."""
    used: Counter[str] = Counter()
    for problems in Trip.objects.filter(**day.within("submitted_at")).values_list("problems", flat=True)[:MOST]:
        used.update({problem.get("code", "") for problem in problems or []})
    used.update(
        OfflineEvent.objects.filter(**day.within("received_at")).exclude(code="").values_list("code", flat=True)
    )
    rows = [
        text_row((new or old).code, _sentence(old), _sentence(new), used[(new or old).code])
        for old, new in day.rows("refusal_text")
    ]
    return texts(
        lambda: _("Texts of refusals: how often each was said"),
        rows,
        note=lambda: _(
            "Counted are declarations that wait for correction and work reported later without network. "
            "What pages and barriers say at once is not written down, so it is not counted."
        ),
    )


def _sentence(row: Any) -> str:
    return row.message_vi if row else "–"


def order_texts(day: Yesterday) -> Pair:
    """Old and new usual words, and how many orders of yesterday were given with the old ones."""
    given = list(MovementOrder.objects.filter(**day.within("issued_at")).values_list("text_vi", flat=True)[:MOST])
    rows = [
        text_row(
            (new or old).code,
            old.text_vi if old else "–",
            new.text_vi if new else "–",
            sum(bool(_pattern(old.text_vi).fullmatch(text)) for text in given) if old else 0,
        )
        for old, new in day.rows("order_text")
    ]
    return texts(lambda: _("Usual words of orders: how often each was given"), rows)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in re.split(r"\{\w+\}", words)))


def results(day: Yesterday) -> Pair:
    """Where the checks finished yesterday would stand by their results."""
    given = Counter(
        ClearanceTask.objects.filter(**day.within("finished_at")).exclude(result="").values_list("result", flat=True)
    )
    touched = {(new or old).result for old, new in day.rows("task_result")}
    before, after = (_states(given, touched, law) for law in (day.before, day.after))
    return section(
        lambda: _("Checks finished yesterday with these results, by the state that follows"),
        counted(before, after, lambda key: f"{RESULT_TITLES.get(key[0], key[0])} → {_state(key[1])}"),
    )


def _states(given: Counter[str], touched: set[str], law: Law) -> Counter[tuple[str, str]]:
    return Counter(
        {(result, law.book.results.get(result, "")): count for result, count in given.items() if result in touched}
    )


def _state(code: str) -> str:
    return str(dict(TaskState.choices).get(code, _("no longer given")))


def corrections(day: Yesterday) -> Pair:
    """How many checks and fees yesterday's corrections would have opened again."""
    made = list(FieldChange.objects.filter(**day.within("at")).values_list("trip_id", "field")[:MOST])
    kinds: dict[Any, set[str]] = {}
    for trip, kind in ClearanceTask.objects.filter(trip__in={trip for trip, _field in made}).values_list(
        "trip", "kind"
    ):
        kinds.setdefault(trip, set()).add(kind)
    touched = {(new or old).field for old, new in day.rows("correction")}
    laws = (day.before, day.after)
    opened: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    anew: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    for trip, field in made:
        for law, checks, fees in zip(laws, opened, anew, strict=True):
            if field in touched:
                checks[field] += len(law.reopened([field]) & kinds.get(trip, set()))
                fees[field] += law.fee_anew([field])
    return section(
        lambda: _("What yesterday's corrections would have opened again"),
        [
            *counted(*opened, lambda field: _("%(field)s: checks made again") % {"field": DECLARED_TITLES[field]}),
            *counted(*anew, lambda field: _("%(field)s: fees assessed anew") % {"field": DECLARED_TITLES[field]}),
        ],
        note=lambda: _("%(count)s fields were corrected yesterday.") % {"count": len(made)},
    )


def bookings(day: Yesterday) -> Pair:
    """Bookings of yesterday against the terms before and after."""
    made = list(
        Booking.objects.filter(**day.within("made_at"), slot__isnull=False).values_list(
            "made_at", "slot__begins_at", "late_moves"
        )[:MOST]
    )
    terms = (day.before.booking, day.after.booking)
    rows = [
        (gettext_lazy("Booked further ahead than allowed"), lambda one: _too_far(made, one)),
        (gettext_lazy("Moved more often than allowed when it was near"), lambda one: _moved(made, one)),
        (gettext_lazy("Places of one firm beyond its share of an hour"), lambda one: _beyond_share(day, one)),
        (gettext_lazy("Firms whose booking would be locked"), lambda one: _locked(day, one)),
    ]
    return section(
        lambda: _("Booking of hours"),
        [row(label, *(count(one) for one in terms)) for label, count in rows],
        note=lambda: (
            _(
                "Of %(count)s bookings of yesterday. How long forms stayed open is not kept, nor when an hour was "
                "moved, so nothing is said of these two terms."
            )
            % {"count": len(made)}
        ),
    )


def _too_far(made: list[Any], terms: Terms) -> int:
    return sum(begins.astimezone(at.tzinfo).date() > terms.last_day(at) for at, begins, _moves in made)


def _moved(made: list[Any], terms: Terms) -> int:
    return sum(moves > terms.late_moves for _at, _begins, moves in made)


def _beyond_share(day: Yesterday, terms: Terms) -> int:
    windows = dict(SlotWindow.objects.filter(**day.within("begins_at")).values_list("pk", "capacity"))
    taken = Booking.objects.filter(slot__in=windows, agency__isnull=False, state__in=("confirmed", "used", "missed"))
    counts = taken.values("slot", "agency").annotate(count=Count("pk")).values_list("slot", "count")
    return sum(max(0, count - terms.share_of(windows[slot])) for slot, count in counts)


def _locked(day: Yesterday, terms: Terms) -> int:
    since = day.ends - timedelta(days=terms.strike_days)
    missed = Booking.objects.filter(state="missed", ended_at__gte=since, ended_at__lt=day.ends, agency__isnull=False)
    return missed.values("agency").annotate(count=Count("pk")).filter(count__gte=terms.strikes).count()


def samples(day: Yesterday) -> Pair:
    """Of the trips accepted yesterday, how many are drawn by the rules before and after."""
    trips = list(Trip.objects.filter(**day.within("accepted_at")).order_by("id")[:MOST])
    lines: dict[Any, list[GoodsOf]] = {}
    rows = GoodsLine.objects.filter(declaration_id__in={trip.declaration_id for trip in trips})
    for declaration, group, hs in rows.values_list("declaration_id", "group", "hs6"):
        lines.setdefault(declaration, []).append((group, hs))
    before, after = (_drawn(trips, lines, law.samples) for law in (day.before, day.after))
    titles = {rule.code: rule.title for law in (day.before, day.after) for rule in law.samples}
    told = {"count": len(trips)}
    return section(
        lambda: _("Trips drawn for a sample of the plant quarantine"),
        counted(before, after, lambda code: titles[code]),
        summed=True,
        note=lambda: _("Of %(count)s trips accepted yesterday.") % told,
    )


def _drawn(trips: list[Trip], lines: dict[Any, list[GoodsOf]], rules: Iterable[Sample]) -> Counter[str]:
    return Counter(
        rule.code
        for rule in rules
        for trip in trips
        if rule.fits(trip.direction, lines.get(trip.declaration_id, ())) and drawn_by(trip.code, rule) < rule.share
    )


def cycle(day: Yesterday) -> Pair:
    """Yesterday's calls once more: the same moments, each time whom the rules would name."""
    before: dict[str, list[int]] = {}
    after: dict[str, list[int]] = {}
    called = 0
    for point in CrossingPoint.objects.all():
        fields = ("code", "priority", "effective_at", "first_arrival_at", "buffer_at", "called_at")
        trips = Trip.objects.filter(
            point=point, priority__in=LOADED, effective_at__isnull=False, buffer_at__isnull=False
        )
        rows = list(trips.filter(**day.within("called_at")).order_by("called_at").values_list(*fields)[:MOST])
        called += len(rows)
        for law, waits in ((day.before, before), (day.after, after)):
            _play(rows, point.cycle, law, waits)
    told = [
        row(
            lambda name=name: _("%(name)s: mean wait, minutes") % {"name": GROUP_TITLES[name]},
            _mean(before, name),
            _mean(after, name),
        )
        for name in LOADED
        if name in before
    ] + [
        row(
            lambda name=name: _("%(name)s: longest wait, minutes") % {"name": GROUP_TITLES[name]},
            _most(before, name),
            _most(after, name),
        )
        for name in LOADED
        if name in before
    ]
    return section(
        lambda: _("Waiting for the call, yesterday's calls in the order of the rules"),
        told,
        note=lambda: (
            _(
                "%(count)s calls, each at its own moment. Calls out of order, missed calls and vehicles that nobody "
                "called are left out."
            )
            % {"count": called}
        ),
    )


def _play(rows: list[Any], name: str, law: Law, waits: dict[str, list[int]]) -> None:
    tickets = [queue.Ticket(code, cls, since, came or at, came or at) for code, cls, since, came, at, _called in rows]
    if not tickets:
        return
    pace = queue.Pace(
        start=rows[0][-1],
        every=rows[0][-1] - rows[0][-1],
        cycle=name,
        steps=law.cycles.get(name, ()),
        longest=queue.longest_waits(law.number),
    )
    for call in queue.calls_at([one[-1] for one in rows], tickets, pace):
        wait = max(0, int((call.at - call.ticket.effective_at).total_seconds() // 60))
        waits.setdefault(call.ticket.priority, []).append(wait)


def _mean(waits: dict[str, list[int]], name: str) -> int:
    found = waits.get(name, [0])
    return round(sum(found) / len(found))


def _most(waits: dict[str, list[int]], name: str) -> int:
    return max(waits.get(name, [0]))


def tariff_words(day: Yesterday) -> Pair:
    return section(
        lambda: _("Words of the tariff"),
        note=lambda: _(
            "These rows tell how the resolution was read; what a trip pays is said by the rows of the fees alone, so "
            "no trip of yesterday would have paid otherwise."
        ),
    )
