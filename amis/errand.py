"""Who asked goes with the work into the worker, so that its log lines tell the same request."""

from __future__ import annotations

from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun

from amis import trace

REQUEST, PERSON = "request_id", "asked_by"


@before_task_publish.connect
def pack(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None:
        headers[REQUEST], headers[PERSON] = trace.request_id.get(), trace.user.get()


@task_prerun.connect
def unpack(task_id: str, task: Any, **_: Any) -> None:
    given = task.request.headers or {}
    trace.request_id.set(given.get(REQUEST) or getattr(task.request, REQUEST, "-"))
    trace.user.set(given.get(PERSON) or getattr(task.request, PERSON, "-"))
    trace.task.set(f"{task.name}:{task_id}")


@task_postrun.connect
def forget(**_: Any) -> None:
    """The thread goes on with somebody else's work."""
    for known in (trace.request_id, trace.user, trace.task):
        known.set("-")
