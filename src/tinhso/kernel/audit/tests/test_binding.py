from unittest.mock import patch

import psycopg
import pytest
from django.db import connection, transaction

from tinhso.kernel.audit.binding import WrongActor, acting, acting_as, bind, bound
from tinhso.kernel.base.actor import NOBODY, SYSTEM, Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.jobs.loops import surrounded

AN, BINH = Actor(uuid7(), "person", "An"), Actor(uuid7(), "person", "Bình")


def actor_in_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select tinhso_actor()::text")
        return cursor.fetchone()[0]


@pytest.fixture
def committing(own_database):
    """A connection outside of any transaction."""
    return own_database


def test_the_database_knows_who_is_bound(committing):
    bind(AN)

    assert actor_in_database() == str(AN.id)
    assert bound() == AN


def test_binding_the_same_actor_again_costs_no_round_trip(committing):
    bind(AN)

    with patch.object(psycopg.Connection, "execute", side_effect=AssertionError("a round trip")):
        bind(AN)


def test_nobody_bound_is_refused_by_the_database(committing):
    connection.close()

    with pytest.raises(Exception, match="nobody is bound") as refused:
        actor_in_database()

    assert refused.value.__cause__.sqlstate == "FI401"


def test_a_new_connection_is_bound_anew(committing):
    bind(AN)
    connection.close()

    bind(AN)

    assert actor_in_database() == str(AN.id)


def test_a_driver_connection_that_another_wrapper_used_is_bound_anew(committing):
    bind(AN)
    driver = connection.connection
    bind(BINH)
    connection.connection = driver

    bind(AN)

    assert actor_in_database() == str(AN.id)


def test_a_binding_that_was_rolled_back_is_not_believed(committing):
    bind(AN)
    transaction.set_autocommit(True)
    with transaction.atomic():
        bind(BINH)
        transaction.set_rollback(True)

    bind(BINH)

    assert actor_in_database() == str(BINH.id)


def test_a_binding_rolled_back_to_a_savepoint_is_not_believed(committing):
    bind(AN)
    with transaction.atomic():
        with transaction.atomic():
            bind(BINH)
            transaction.set_rollback(True)
        bind(BINH)

        assert actor_in_database() == str(BINH.id)


def test_one_actors_request_cannot_write_as_another(committing):
    with acting_as(AN), pytest.raises(WrongActor):
        bind(BINH)


@pytest.mark.parametrize("doer", [SYSTEM, NOBODY])
def test_the_platform_and_a_visitor_who_signs_in_may_bind_a_person(committing, doer):
    with acting_as(doer):
        bind(AN)

    assert actor_in_database() == str(AN.id)


@pytest.mark.django_db
def test_what_runs_in_the_background_acts_for_the_platform():
    with surrounded():
        assert acting() == SYSTEM

    assert acting() is None
