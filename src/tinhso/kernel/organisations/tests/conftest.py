import pytest

from tinhso.kernel.organisations import load


@pytest.fixture
def units(db):
    load.load_units()
