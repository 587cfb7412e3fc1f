"""What firms do in the peak hour: declare and send a vehicle each few seconds, and take ten thousand rows away."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tinhso.cli.bench.hour.asking import call
from tinhso.cli.bench.outcome import Outcome
from tinhso.cli.bench.wire import percentile
from tinhso.kernel.base.clock import HANOI

DECLARATIONS = "/api/v1/border/gate/declarations"
TRIPS = "/cua-khau-so/doanh-nghiep/?xuat=csv"
EVERY = 3.0  # seconds between two declarations
ROWS = 10_000


@dataclass
class Paperwork:
    """One firm's program, and the firm's people."""

    port: int
    key: str
    statuses: Counter[str]
    over: bool = False
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def declare(self) -> None:
        """A vehicle at a time, declared and sent: checked, accepted, its checks opened, its fee assessed."""
        number = 0
        while not self.over:
            number += 1
            begun = time.monotonic()
            status, body = call(self.port, "POST", DECLARATIONS, self.key, {"rows": [row(number)]})
            self.seconds.append(time.monotonic() - begun)
            self.statuses[f"declaration {status}"] += 1
            told = json.loads(body)["rows"][0] if status == 200 else {"problems": body.decode()[:300]}
            if told.get("state") != "accepted":
                self.wrong.append(str(told.get("problems", told)))
            until = begun + EVERY
            while not self.over and time.monotonic() < until:
                time.sleep(0.1)

    def report(self, cookie: str) -> tuple[int, float]:
        """Rows of the firm's trips as a file, and the seconds until the last one was here."""
        begun = time.monotonic()
        status, body = call(self.port, "GET", TRIPS, "", cookie=cookie)
        took = time.monotonic() - begun
        return (body.count(b"\n") - 1 if status == 200 else 0), took

    def judge(self, outcome: Outcome, report: tuple[int, float], *, submit: float, seconds: float) -> None:
        p95 = percentile(self.seconds or [float("inf")], 0.95) * 1000
        rows, took = report
        outcome.figures |= {
            "declared and sent": len(self.seconds) - len(self.wrong),
            "declaration, 95 of 100 within, ms": round(p95, 1),
            "rows of the report": rows,
            "report, s": round(took, 2),
        }
        outcome.must(not self.wrong, f"{len(self.wrong)} declarations were not accepted: {self.wrong[:2]}")
        outcome.must(p95 <= submit, f"95 of 100 declarations took up to {p95:.0f} ms")
        outcome.must(rows >= ROWS, f"the report had {rows} rows")
        outcome.must(took <= seconds, f"the report took {took:.1f} s")


def row(number: int) -> dict[str, Any]:
    """Starch by a truck and a driver of its own, for tomorrow."""
    day = datetime.now(UTC).astimezone(HANOI).date() + timedelta(days=1)
    return {
        "kind": "EXP_VN",
        "regime": "EXPORT",
        "point": "HN-1119",
        "planned_on": day.isoformat(),
        "hour": "10:00",
        "tractor": f"29C{number:05d}",
        "driver_name": f"Lái xe {number}",
        "paper_kind": "CCCD",
        "paper_no": f"031090{number:06d}",
        "paper_until": "2035-12-31",
        "nationality": "VN",
        "phone": f"09{number:08d}",
        "goods_1": "110814",
        "kg_1": 18_000,
    }
