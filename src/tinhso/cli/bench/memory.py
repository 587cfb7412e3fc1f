"""What the whole platform holds in memory while nobody calls: the sum of all processes' shares (PSS)."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tinhso.cli import processes
from tinhso.cli.bench.registry import Row, measure, value_of
from tinhso.cli.bench.scene import Scene, running

REST = 10.0  # seconds until all have settled


@measure("memory", title="The whole platform at rest, without the live border")
def memory(scene: Scene) -> Iterator[Row]:
    with scene.platform() as environment, running(scene, environment, "web", "live", "worker") as platform:
        time.sleep(REST)
        shares = {name: share(mark.members()) for name, mark in platform.marks.items()}
        shares["database"] = share(of_cluster(scene))
    for name, megabytes in shares.items():
        yield value_of(name, [megabytes], "MB")
    yield value_of("all together", [sum(shares.values())], "MB", at_most=1_536, goal=1_024)


def of_cluster(scene: Scene) -> list[int]:
    """The server and its sessions, found by their parent."""
    server = scene.cluster.postmaster()
    found = [server] if server else []
    for pid, _session, _started in processes.every_process():
        with contextlib.suppress(OSError):
            parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == server:
                found.append(pid)
    return found


def share(pids: Iterable[int]) -> float:
    """Megabytes that these processes hold; what several share is counted once over all."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return total / 1024
