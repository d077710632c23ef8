"""Waiting until trainings let a demo answer as it usually does.

The trainers may keep a child that does nothing, and one that looks every few minutes whether a past
has grown enough: what is being carried out stands in the plants' rows.
"""

from __future__ import annotations

import time

import psycopg2
from psycopg2 import sql

from benchmarks.figure import CannotMeasure
from benchmarks.stack import Stack

SETTLE_S = 25.0
"""Longer than a round of Beat, which is what hands out a new demo's first trainings."""
WITHIN_S, LOOK_EVERY_S = 1800.0, 1.0
PLANTS = "SELECT schema_name FROM public.tenants_tenant WHERE status IN ('active', 'suspended')"
CARRIED_OUT = "SELECT EXISTS (SELECT FROM {}.analytics_run WHERE state = 'running')"


def wait_until_quiet(stack: Stack) -> None:
    """Until no look has found anything in any plant for so long."""
    began = busy = time.monotonic()
    session = psycopg2.connect(stack.superuser_url())
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute(PLANTS)
        plants = [name for (name,) in cursor.fetchall()]
        while (now := time.monotonic()) - busy < SETTLE_S:
            stack.look()
            for plant in plants:
                cursor.execute(sql.SQL(CARRIED_OUT).format(sql.Identifier(plant)))
                busy = now if cursor.fetchone()[0] else busy
            if now - began > WITHIN_S:
                raise CannotMeasure("The demo trains all the time; it does not get quiet.")
            time.sleep(LOOK_EVERY_S)
    session.close()
