"""The role of the database session follows the plant, whatever a transaction takes back."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django_tenants.utils import tenant_context


class TakenBack(Exception):
    pass


def whoami() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        return cursor.fetchone()


IN_LYON = ("t_plant_lyon", "plant_lyon")
OUTSIDE = ("amis_public", "public")


def test_a_plant_that_was_entered_in_a_transaction_is_entered_again_after_its_rollback(
    committed, chicago, lyon
):
    with tenant_context(chicago):
        whoami()
        with pytest.raises(TakenBack), transaction.atomic():
            connection.set_tenant(lyon)
            assert whoami() == IN_LYON
            raise TakenBack
        assert whoami() == IN_LYON


def test_a_plant_that_was_entered_in_a_savepoint_is_entered_again_after_its_rollback(
    committed, chicago, lyon
):
    with tenant_context(chicago), transaction.atomic():
        whoami()
        with pytest.raises(TakenBack), transaction.atomic():
            connection.set_tenant(lyon)
            assert whoami() == IN_LYON
            raise TakenBack
        assert whoami() == IN_LYON


def test_leaving_a_plant_after_a_rollback_leaves_its_role(committed, lyon):
    with pytest.raises(TakenBack), transaction.atomic(), tenant_context(lyon):
        whoami()
        raise TakenBack
    assert whoami() == OUTSIDE


def test_a_failed_transaction_still_rolls_back_and_enters_the_right_plant(committed, lyon):
    with pytest.raises(DatabaseError), transaction.atomic():
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        with tenant_context(lyon):
            whoami()
    with tenant_context(lyon):
        assert whoami() == IN_LYON


def test_a_connection_that_was_lost_comes_back_into_the_plant(committed, lyon):
    with tenant_context(lyon):
        whoami()
        connection.close()
        assert whoami() == IN_LYON
