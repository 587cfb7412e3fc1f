from __future__ import annotations

import os

import pytest

from tinhso.cli import packages
from tinhso.cli.steps import Failure

LIST = """
# remark
[up]
tzdata   # for times
new-pg | old-pg
[test]
browser
"""


def test_the_list_is_read_by_heading():
    assert packages.wanted("up", LIST) == [("tzdata",), ("new-pg", "old-pg")]
    assert packages.wanted("test", LIST) == [("browser",)]


def test_one_of_several_is_enough():
    needs = packages.wanted("up", LIST)

    assert packages.missing(needs, {"old-pg"}, lambda name: False) == [("tzdata",)]
    assert packages.missing(needs, set(), lambda name: name == "tzdata") == [("new-pg", "old-pg")]


def test_every_heading_that_is_asked_for_is_in_the_list():
    assert all(packages.wanted(heading) for heading in ("up", "test", "browser", "fresh"))


def test_who_may_not_install_gets_the_exact_line(monkeypatch):
    monkeypatch.setattr(packages, "installed", lambda names: {"ca-certificates"})
    monkeypatch.setattr(packages, "offered", lambda names: {"tzdata", "gettext", "postgresql-15-postgis-3"})
    monkeypatch.setattr(packages, "become_root", lambda: None)
    monkeypatch.setattr(packages.shutil, "which", lambda name: f"/usr/bin/{name}")

    with pytest.raises(Failure) as refused:
        packages.install("up")

    line = str(refused.value).splitlines()[1].strip()
    start = "apt-get update && apt-get install -y --no-install-recommends "
    assert line == start + "tzdata postgresql-15-postgis-3 gettext"


def test_a_system_that_offers_none_of_them_is_told():
    with pytest.raises(Failure, match="offers none of new-pg, old-pg"):
        packages._choose([("new-pg", "old-pg")], {"tzdata"})


def test_a_machine_without_dpkg_is_told_what_is_supported(monkeypatch):
    monkeypatch.setattr(packages.shutil, "which", lambda name: None)

    with pytest.raises(Failure, match="Debian 12, Debian 13 and Ubuntu"):
        packages.install("up")


def test_lists_are_fetched_anew_after_an_hour_or_when_there_are_none(tmp_path):
    (tmp_path / "partial").mkdir()
    empty = packages.lists_are_fresh(tmp_path)
    (tmp_path / "debian_main_Packages").touch()
    just_now = packages.lists_are_fresh(tmp_path)
    os.utime(tmp_path / "partial", (0, 0))

    assert (empty, just_now, packages.lists_are_fresh(tmp_path)) == (False, True, False)
