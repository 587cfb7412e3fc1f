"""Which browser the journeys get on which system."""

from __future__ import annotations

import os

import pytest

from tinhso.cli import browser
from tinhso.cli.steps import Failure


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, tmp_path):
    monkeypatch.setenv(browser.TOLD, "")  # put back afterwards
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "")
    monkeypatch.setenv("TINHSO_DATA", str(tmp_path))
    monkeypatch.setattr(browser, "playwrights", lambda: tmp_path / "chrome")
    monkeypatch.setattr(browser.packages, "become_root", lambda: None)
    monkeypatch.setattr(browser.packages, "install", lambda heading: f"installed {heading}")


def test_the_distribution_is_read_from_its_own_file(tmp_path):
    (tmp_path / "os-release").write_text('NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n')

    assert browser.distribution(tmp_path / "os-release") == "ubuntu"
    assert browser.distribution(tmp_path / "none") == ""


def test_debian_installs_its_package_and_names_what_is_there(monkeypatch, tmp_path):
    monkeypatch.setattr(browser, "distribution", lambda: "debian")
    monkeypatch.setattr(browser, "DEBIANS", (tmp_path / "shell", tmp_path / "whole"))
    (tmp_path / "whole").touch()

    assert browser.ready() == "installed browser"
    assert os.environ[browser.TOLD] == str(tmp_path / "whole")


def test_ubuntu_lets_playwright_fetch_its_own_once(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(browser, "distribution", lambda: "ubuntu")
    monkeypatch.setattr(browser, "command", lambda line, **_: asked.append(line[-2:]))

    first = browser.ready()
    monkeypatch.setenv(browser.TOLD, "")
    (tmp_path / "chrome").touch()
    second = browser.ready()

    assert (first, second, asked) == ("fetched by Playwright", "kept", [["install", "chromium"]])


def test_without_network_the_tests_go_on_without_journeys(monkeypatch):
    def fails(line, **_):
        raise Failure("Browser for tests: Download failure")

    monkeypatch.setattr(browser, "distribution", lambda: "ubuntu")
    monkeypatch.setattr(browser, "command", fails)

    assert "the journeys are skipped (Browser for tests: Download failure)" in browser.ready()


def test_a_browser_of_ones_own_is_taken_as_it_is(monkeypatch):
    monkeypatch.setenv(browser.TOLD, "/opt/chrome")
    monkeypatch.setattr(browser, "distribution", lambda: "debian")

    assert browser.ready() == "named by the environment"
