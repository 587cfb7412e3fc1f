"""Compile the texts of every room."""

from __future__ import annotations

import subprocess

from tinhso.cli.steps import Failure


def compile_all() -> int:
    """Compile the catalogues that have changed. Gives how many; raises Failure with the first complaint."""
    from tinhso.kernel.modules.messages import compile_catalogues

    try:
        return compile_catalogues()
    except FileNotFoundError:
        raise Failure("Messages: the program msgfmt is missing (package gettext)") from None
    except subprocess.CalledProcessError as refused:
        raise Failure(f"Messages: {refused.stderr.strip().splitlines()[0]}") from None
