"""A process signal that is a metric: in the equipment file and on its admin page."""

from __future__ import annotations

import pytest
from django_tenants.utils import tenant_context

from production.models import Signal
from production.tests.test_admin import browser, equipped, page  # noqa: F401 - fixtures
from production.tests.test_equipment import SAMPLE, faults, folder, run  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


def test_a_process_signal_becomes_a_metric_and_stops_being_one(run, chicago):  # noqa: F811
    asked = SAMPLE.replace("max: 12", "max: 12, forecast: daily_mean")
    assert run(asked) == "created 9, updated 0, unchanged 0"
    assert run(asked) == "created 0, updated 0, unchanged 9"
    with tenant_context(chicago):
        assert Signal.objects.exclude(forecast="").get().name == "pressure"
    assert run(asked.replace("daily_mean", "daily_sum")) == "created 0, updated 1, unchanged 8"
    assert run(SAMPLE) == "created 0, updated 1, unchanged 8"
    with tenant_context(chicago):
        assert not Signal.objects.exclude(forecast="").exists()


def test_a_signal_that_is_forecast_may_become_a_state(run, chicago):  # noqa: F811
    run(SAMPLE.replace("role: state,", "role: process, forecast: daily_sum,"))
    assert run(SAMPLE) == "created 0, updated 1, unchanged 8"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("max: 12", "max: 12, forecast: weekly", "line 29: forecast: 'weekly' is not one of daily"),
        ("role: state,", "role: state, forecast: daily_sum,", "line 26: forecast: a state signal"),
    ],
)
def test_another_word_or_another_role_is_refused_with_its_line(faults, old, new, fault):  # noqa: F811
    assert fault in faults(SAMPLE.replace(old, new))


def test_the_admin_page_gives_a_process_value_and_no_other_a_forecast(browser, equipped):  # noqa: F811
    with tenant_context(equipped):
        signal = Signal.objects.get(name="pressure")
    sent = {"machine": str(signal.machine_id), "name": "pressure", "node": signal.node}
    sent |= {"sampling_ms": "0", "queue_size": "1", "counter_bits": "32", "forecast": "daily_sum"}
    address = page(Signal, f"{signal.pk}/change/")
    refused = browser.post(address, sent | {"role": "speed"})
    assert "Only a process value is forecast." in refused.content.decode()
    assert browser.post(address, sent | {"role": "process"}).status_code == 302
    with tenant_context(equipped):
        assert Signal.objects.get(name="pressure").forecast == "daily_sum"
