"""`python -m tinhso.cli`: what `./tinhso` hands over to."""

import os
import sys


def main() -> None:
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings.dev")
    if len(sys.argv) > 1 and sys.argv[1] in {"migrate", "makemigrations", "flows"}:
        os.environ["TINHSO_ROLE"] = "migrate"
    execute_from_command_line(["tinhso", *sys.argv[1:]])


if __name__ == "__main__":
    main()
