"""`./tinhso messages`: bring the texts of every room in step with its sources, and compile them."""

from __future__ import annotations

import subprocess
import sys

from tinhso.cli import places
from tinhso.cli.steps import Failure


def main(args: list[str]) -> int:
    return subprocess.call([sys.executable, "-m", "tools.messages", *args], cwd=places.ROOT)


def compile_all() -> int:
    """Compile the catalogues that have changed. Gives how many; raises Failure with the first complaint."""
    from tinhso.kernel.modules.messages import compile_catalogues

    try:
        return compile_catalogues()
    except FileNotFoundError:
        raise Failure("Messages: the program msgfmt is missing (package gettext)") from None
    except subprocess.CalledProcessError as refused:
        raise Failure(f"Messages: {refused.stderr.strip().splitlines()[0]}") from None
