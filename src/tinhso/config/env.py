"""Typed readers of environment values: a wrong value stops the start, a secret may also come from a file."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class WrongSetting(SystemExit):
    """A setting that cannot be used; the message says which and what is expected."""


def text(name: str, default: str = "") -> str:
    """The value of NAME, or the content of the file that NAME_FILE points to."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    return os.environ.get(name, default)


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise WrongSetting(f"{name} must be a whole number, not {value!r}") from None


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in TRUE | FALSE:
        raise WrongSetting(f"{name} must be yes or no, not {value!r}")
    return value in TRUE


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def site(name: str, default: str) -> str:
    """An address such as https://so.example.vn, to which a path is joined; without a path of its own."""
    value = text(name) or default
    url = urlsplit(value)
    if (
        url.scheme not in {"http", "https"}
        or not url.hostname
        or url.path not in {"", "/"}
        or url.query
        or url.fragment
    ):
        raise WrongSetting(f"{name} must be an address such as https://so.example.vn, not {value!r}")
    return f"{url.scheme}://{url.netloc}"


def database(name: str) -> dict[str, str]:
    """Django's connection values from postgresql://user:password@host:port/name?host=/socket/folder."""
    value = text(name)
    url = urlsplit(value)
    if url.scheme not in {"postgresql", "postgres"}:
        raise WrongSetting(f"{name} must begin with postgresql://")
    query = parse_qs(url.query)
    return {
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query.get("host", [url.hostname or ""])[0],
        "PORT": query.get("port", [str(url.port or "")])[0],
    }
