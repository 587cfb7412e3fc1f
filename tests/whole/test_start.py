import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_application_works_as_its_own_role():
    with connection.cursor() as cursor:
        cursor.execute("select current_user")

        assert cursor.fetchone() == ("tinhso_app",)
