"""The demo accounts by role, as `up` shows them; asked of the platform once and kept until the demo changes."""

from __future__ import annotations

import subprocess
import sys

from tinhso.cli import places
from tinhso.cli.steps import Stamp


def lines() -> list[str]:
    """One line a role; none where there is no demo."""
    demo = places.stamps() / "load_demo"
    if not demo.exists():
        return []
    kept = places.run() / "accounts"
    stamp = Stamp(places.stamps(), "accounts", demo.read_text())
    if not (stamp.fresh() and kept.exists()):
        asked = [sys.executable, "-m", "tinhso.cli.accounts"]
        told = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=places.ROOT)
        if told.returncode:
            return [f"The demo accounts could not be read: {''.join(told.stderr.strip().splitlines()[-1:])}"]
        kept.write_text(told.stdout)
        stamp.keep()
    return kept.read_text().splitlines()


def main() -> None:
    """Print the accounts; run in a process of its own, for it needs the whole platform."""
    import django

    django.setup()
    from tinhso.kernel.login.demo_accounts import demo_accounts

    print("\nDemo accounts by role:")
    for role in demo_accounts():
        names = ", ".join(str(account.get_username()) for account in role.accounts)
        print(f"  {role.title or 'without a role':<44}{names}")


if __name__ == "__main__":
    main()
