"""`./tinhso up`: set up all that is missing, run the platform, end it on Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from typing import IO, Any

from tinhso.cli import accounts, holder, places, processes, setup, supervisor, surroundings
from tinhso.cli.steps import Failure
from tinhso.cli.supervisor import Program, Supervisor, answers, listens


def main(args: list[str]) -> int:
    options = parse(args)
    begun = time.monotonic()
    with contextlib.ExitStack() as held:
        if not held.enter_context(holder.hold()):
            print(f"Tỉnh Số already runs at {running_address()}; ./tinhso down ends it")
            return 0
        # SIGINT too: a shell starts what goes to the background with SIGINT ignored, and Python keeps it so.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        return bring_up(options, begun)


def parse(args: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./tinhso up", description="Set up all that is missing, run the platform.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--detach", action="store_true", help="go to the background when ready; `down` ends it")
    parser.add_argument("--no-border", action="store_true", help="do not play the live border")
    parser.add_argument("--speed", type=float, default=None, help="how fast the played day passes (default 1)")
    return parser.parse_args(args)


def bring_up(options: argparse.Namespace, begun: float) -> int:
    port = places.port()
    clear_what_was_left()
    for number in (port, port + 1):
        supervisor.refuse_a_taken_port(options.host, number)
    watch = Supervisor([], {}, None)
    try:
        setup.machine()
        watch.cluster, databases = setup.database()
        os.environ.update(setup.values(databases, options.host, port))
        setup.contents()
        watch.programs, watch.env = list(programs(options, port)), dict(os.environ)
        if options.detach:
            return detach(watch, options, port, begun)
        serve(watch, options, port, begun)
    except KeyboardInterrupt:
        print("\nending …", flush=True)
        return 0
    finally:
        if os.getpid() == _owner():
            finish(watch)
    return 0


def serve(watch: Supervisor, options: argparse.Namespace, port: int, begun: float) -> None:
    """Start everything, say where it is, and watch over it until Ctrl-C."""
    watch.start()
    watch.wait_until_ready()
    greet(options.host, port, begun)
    watch.run()


def programs(options: argparse.Namespace, port: int) -> Iterator[Program]:
    """The processes of the platform, those that the rooms bring."""
    python, host = sys.executable, options.host
    called = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    web = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "2", "--blocking-threads", "4"]
    web += ["--no-ws", "--respawn-failed-workers", "tinhso.config.wsgi:application"]
    yield Program("web", [python, "-m", "granian", *web], answers(called, port))
    if (places.PACKAGE / "config" / "asgi_live.py").exists():
        live = ["--host", host, "--port", str(port + 1), "--no-access-log", "tinhso.config.asgi_live:application"]
        yield Program("live", [python, "-m", "uvicorn", *live], listens(called, port + 1))
    if setup.has_command("background"):
        yield Program("worker", [python, "-m", "tinhso.cli", "background"])
    if setup.has_command("simulate") and not options.no_border:
        speed = [] if options.speed is None else ["--speed", f"{options.speed:g}"]
        yield Program("border", [python, "-m", "tinhso.cli", "simulate", "border", *speed])


def greet(host: str, port: int, begun: float) -> None:
    for line in accounts.lines():
        print(line)
    print(f"\nTỉnh Số: {address(host, port)}")
    print(
        f"Ready in {time.monotonic() - begun:.1f} s: {address(host, port)}  (Ctrl-C or ./tinhso down ends it)",
        flush=True,
    )


def address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def detach(watch: Supervisor, options: argparse.Namespace, port: int, begun: float) -> int:
    """Leave a supervisor in the background that holds the lock on; wait here until it is ready."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child:
        _OWNER[0] = child
        os.close(writing)
        return _wait_for(child, reading)
    os.close(reading)
    return _in_background(watch, options, port, begun, os.fdopen(writing, "w"))


def _wait_for(child: int, reading: int) -> int:
    """Print what the background has to say: its greeting, or after an exclamation mark what stopped it."""
    try:
        with os.fdopen(reading) as said:
            told = said.read()
    except KeyboardInterrupt:
        os.kill(child, signal.SIGTERM)
        raise
    failed = not told or told.startswith("!")
    print(told.removeprefix("!"), end="", file=sys.stderr if failed else sys.stdout)
    return int(failed)


def _in_background(watch: Supervisor, options: argparse.Namespace, port: int, begun: float, teller: IO[str]) -> int:
    os.setsid()
    _OWNER[0] = os.getpid()
    holder.note()
    log = places.logs() / "up.log"
    processes.rotate(log)
    with log.open("ab") as output:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    try:
        watch.start()
        watch.wait_until_ready()
        with teller, contextlib.redirect_stdout(teller):
            greet(options.host, port, begun)
        watch.run()
    except Failure as failure:
        teller.write(f"!tinhso: {failure}\n")
        teller.close()
        return 1
    return 0


def finish(watch: Supervisor) -> None:
    """End all that was started; a further Ctrl-C does not stop this."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watch.end()
    (places.run() / "env").unlink(missing_ok=True)


def clear_what_was_left() -> None:
    """End what a killed supervisor left running."""
    folder = places.run() / "pids"
    marks = processes.noted(folder)
    if ended := processes.end(marks, limit=5.0):
        print(f"  … {ended} processes of a run that was killed have been ended")
    for mark in marks:
        processes.forget(folder, mark.name)


def running_address() -> str:
    kept = surroundings.read()
    return address(kept.get("TINHSO_HOST", "127.0.0.1"), int(kept.get("PORT", places.port())))


_OWNER = [os.getpid()]  # which process ends what was started: the one in the background, after --detach


def _owner() -> int:
    return _OWNER[0]


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt
