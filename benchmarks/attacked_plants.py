"""Eight plants that look alike but for a canary in every text, made inside a demo."""

from __future__ import annotations

from benchmarks.stack import Stack

PLANTS = tuple(f"iso_{number}" for number in range(8))
MAKE = '''
import json, random, tempfile
from datetime import UTC, datetime, timedelta
from django.core.management import call_command
from django.utils import timezone
from django_tenants.utils import tenant_context
from production.models import Connection, DataIssue, Sample, Signal
from production.services.plants import found_plant
from tenants.services.people import create_user, grant_role
from tenants.services.tokens import create_token

EQUIPMENT = """
shift_patterns:
  - {{name: all day, days: [mon, tue, wed, thu, fri, sat, sun], breaks: [],
     shifts: [{{name: Day, start: "00:00", end: "12:00"}},
              {{name: Night, start: "12:00", end: "24:00"}}]}}
connections:
  - {{name: canary-{plant} plc, endpoint_url: "opc.tcp://127.0.0.1:9",
      state_map: {{1: Execute, 2: Aborted}}}}
areas:
  - name: canary-{plant} hall
    lines:
      - name: canary-{plant} line
        machines:
"""
MACHINE = """
          - machine_id: M00{number}
            machine_name: canary-{plant} machine {number}
            machine_type: canary-{plant} type
            capacity: 24000
            shift_pattern: all day
            connection: canary-{plant} plc
            signals:
              - {{name: state, role: state, node: "nsu=urn:x;s={number}.State"}}
              - {{name: total, role: produced, node: "nsu=urn:x;s={number}.Total"}}
              - {{name: canary-{plant} heat, role: process, node: "nsu=urn:x;s={number}.Heat"}}
"""
keys, now = {}, timezone.now()
for number, plant in enumerate(PLANTS):
    tenant = found_plant(tenant_id=plant, tenant_name=f"canary-{plant} plant", timezone="UTC")
    user = create_user(username=plant, email=f"{plant}@example.org", password=None)
    grant_role(user=user, tenant=tenant, role="manager")
    keys[plant] = create_token(user=user, tenant=tenant, name=f"canary-{plant} key")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(EQUIPMENT.format(plant=plant))
        file.write("".join(MACHINE.format(plant=plant, number=n) for n in (1, 2, 3)))
        file.flush()
        call_command("import_equipment", file.name, tenant=plant, verbosity=0)
    chance = random.Random(number)
    with tenant_context(tenant):
        Connection.objects.update(enabled=False)
        for signal in Signal.objects.all():
            moments = [now - timedelta(minutes=10 * step) for step in range(150, 0, -1)]
            values = {"state": lambda n: 1 + (n % 7 == 0), "total": lambda n: 50 * n}.get(
                signal.name, lambda n: chance.random())
            Sample.objects.bulk_create(
                Sample(signal=signal, source_timestamp=moment, value=float(values(n)))
                for n, moment in enumerate(moments))
            DataIssue.objects.create(signal=signal, kind="stuck", started_at=moments[3],
                                     detail=f"canary-{plant} issue")
print(json.dumps(keys))
'''


def make_plants(stack: Stack) -> str:
    """The plants' tokens as JSON, by plant."""
    script = MAKE.replace("PLANTS", repr(PLANTS))
    return stack.run("manage.py", "shell", "-v", "0", "-c", script, login="owner").splitlines()[-1]
