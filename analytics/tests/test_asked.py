"""A training that a person asks for: one at a time, however many ask at once."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from django.db import connection
from django_tenants.utils import tenant_context

from amis.errors import Conflict
from analytics.models import Run
from analytics.services.asked import ask_for_training
from analytics.tests.past import NOW
from production.models import Job


class Alice(SimpleNamespace):
    pk = 7

    def __str__(self) -> str:
        return "alice"


def test_of_people_who_ask_at_the_same_time_one_gets_a_job_and_the_others_are_told(
    committed, chicago
):
    start, jobs, refused = threading.Barrier(4), [], []

    def ask() -> None:
        try:
            with tenant_context(chicago):
                start.wait()
                jobs.append(ask_for_training(task="downtime", now=NOW, user=Alice()))
        except Conflict as error:
            refused.append(error.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(jobs), len(refused)) == (1, 3)
    with tenant_context(chicago):
        assert (Run.objects.count(), Job.objects.count()) == (1, 1)
        assert Job.objects.get().user_label == "alice"
