"""The newest of everything in Valkey: what `/api/machines/live` and the live pages are made
from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from production.models import Machine
from production.shopfloor.record import us
from tenants.live import plant_key, publish, sequence, valkey

STALE_AFTER_S = 10.0
"""Without a sign of life from its connection for longer, a machine's values are not shown as
live.
"""


@dataclass(frozen=True, slots=True)
class NewestValue:
    """One signal's newest value; `state` is the PackML name where the signal is the state.

    `arrived_at` bounds its age: a clock that was ahead must not hold up the values that follow when
    somebody has set it right.
    """

    machine_id: str
    name: str
    role: str
    value: float | str | None
    unit: str
    source_timestamp: datetime
    quality: str
    state: str | None = None
    arrived_at: datetime | None = None

    @property
    def known_at(self) -> datetime:
        """What newer and older mean: the source's time, but no later than the value came."""
        return min(self.source_timestamp, self.arrived_at or self.source_timestamp)


# Newer values only, and a state only where it differs from the one that holds. It runs inside
# Valkey, so that two workers that both write, while a lease passes from one to the other, cannot
# step between each other's look and write.
KEEP = """
for i = 1, #ARGV, 5 do
  local field, at, entry, machine, state = unpack(ARGV, i, i + 4)
  local kept = redis.call('HGET', KEYS[1], field)
  local kept_at = kept and cjson.decode(kept).at_us
  if not kept_at or tonumber(at) >= kept_at then
    redis.call('HSET', KEYS[1], field, entry)
    local held = redis.call('HGET', KEYS[2], machine)
    if state ~= '' and not (held and cjson.decode(held).state == cjson.decode(state).state) then
      redis.call('HSET', KEYS[2], machine, state)
    end
  end
end"""


def store_newest(schema: str, values: Sequence[NewestValue]) -> None:
    """Keep values that are newer than what is kept; a state remembers since when it holds."""
    ordered = sorted(values, key=lambda value: value.known_at)
    newest = {(value.machine_id, value.name): value for value in ordered}
    # Of a state each value counts: one that left and came back holds since its return.
    told = [v for v in ordered if v.role == "state" or v is newest[v.machine_id, v.name]]
    arguments = [argument for value in told for argument in _kept(value)]
    if arguments:
        keys = [plant_key(schema, name) for name in ("newest", "state")]
        valkey().eval(KEEP, len(keys), *keys, *arguments)


def store_alive(schema: str, machine_ids: Iterable[str], at: datetime) -> None:
    """These machines' connection gave a sign of life at `at`."""
    if entries := dict.fromkeys(machine_ids, at.timestamp()):
        valkey().hset(plant_key(schema, "alive"), mapping=entries)


def store_lost(schema: str, machine_ids: Iterable[str], last_seen: datetime) -> None:
    """These machines are not heard any more: stale from now on, however short ago they were."""
    entries = {name: f"lost:{last_seen.timestamp()}" for name in machine_ids}
    if entries:
        valkey().hset(plant_key(schema, "alive"), mapping=entries)


def store_shift(schema: str, machine_id: str, shift: dict[str, Any] | None, reason: str) -> None:
    """The running shift's figures and the reason of the running stop."""
    text = json.dumps({"shift": shift, "reason": reason})
    valkey().hset(plant_key(schema, "shift"), machine_id, text)


def machine_elements(schema: str, machines: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """The live element of each (machine_id, machine_name), in order."""
    pipe = valkey().pipeline(transaction=False)
    for name in ("newest", "state", "alive", "shift"):
        pipe.hgetall(plant_key(schema, name))
    newest, states, alive, shifts = pipe.execute()
    signals: dict[str, dict[str, Any]] = {}
    for field, text in newest.items():
        machine_id, name = field.decode().split("\x1f", 1)
        signals.setdefault(machine_id, {})[name] = json.loads(text)
    now = datetime.now(UTC)
    return [
        _element(
            machine_id,
            machine_name,
            signals.get(machine_id, {}),
            json.loads(states.get(machine_id.encode()) or "{}"),
            alive.get(machine_id.encode()),
            json.loads(shifts.get(machine_id.encode()) or "{}"),
            now,
        )
        for machine_id, machine_name in machines
    ]


def live_machines(schema: str) -> dict[str, Any]:
    """The body of `/api/machines/live` and of the first frame of `/ws`."""
    machines = list(Machine.objects.filter(active=True).values_list("machine_id", "machine_name"))
    return {
        "time": datetime.now(UTC).isoformat(),
        "machines": machine_elements(schema, machines),
    }


def publish_machines(schema: str, machines: Sequence[tuple[str, str]]) -> None:
    """Send one `machine` event for each (machine_id, machine_name)."""
    for element in machine_elements(schema, machines):
        publish(schema, "machine", element)


def store_backfill(schema: str, percent: float) -> None:
    """How far the past of a demo's plant is stored."""
    valkey().set(plant_key(schema, "backfill"), percent)


def backfills(schemas: Sequence[str]) -> list[float]:
    """Percents of those plants that have such a note."""
    notes = valkey().mget([plant_key(schema, "backfill") for schema in schemas]) if schemas else []
    return [float(note) for note in notes if note is not None]


def data_version(schema: str) -> int:
    """Grows whenever records of the plant change; caches are keyed by it."""
    return int(valkey().get(plant_key(schema, "data_version")) or 0)


def bump_data_version(schema: str) -> None:
    valkey().incr(plant_key(schema, "data_version"))


def socket_seen(schema: str, socket: str) -> None:
    """A live connection says that it is open; one that stops saying so is not counted any more."""
    valkey().zadd(plant_key(schema, "sockets"), {socket: datetime.now(UTC).timestamp()})


def socket_closed(schema: str, socket: str) -> None:
    valkey().zrem(plant_key(schema, "sockets"), socket)


def socket_status(schema: str) -> dict[str, Any]:
    """The body of `/api/websocket/status`."""
    key = plant_key(schema, "sockets")
    forgotten = datetime.now(UTC).timestamp() - 3 * settings.LIVE_INTERVAL_S
    pipe = valkey().pipeline()
    pipe.zremrangebyscore(key, 0, forgotten)
    pipe.zcard(key)
    pipe.get(plant_key(schema, "last_event_at"))
    _, connections, last_event_at = pipe.execute()
    return {
        "status": "ok",
        "path": "/ws",
        "active_connections": connections,
        "update_interval_s": settings.LIVE_INTERVAL_S,
        "last_event_at": last_event_at.decode() if last_event_at else None,
        "sequence": sequence(schema),
    }


def _field(machine_id: str, name: str) -> str:
    return f"{machine_id}\x1f{name}"


def _kept(value: NewestValue) -> tuple[str, int, str, str, str]:
    """One value as `KEEP` takes it; only a good state is one that holds."""
    stamp = value.source_timestamp.isoformat()
    at_us = us(value.known_at)
    entry = {
        "role": value.role,
        "value": value.value,
        "unit": value.unit,
        "source_timestamp": stamp,
        "at_us": at_us,
        "quality": value.quality,
    }
    state = ""
    if value.role == "state":
        entry["state"] = value.state
        if value.quality == "good":
            state = json.dumps({"state": value.state, "code": value.value, "since": stamp})
    field = _field(value.machine_id, value.name)
    return field, at_us, json.dumps(entry), value.machine_id, state


def _element(
    machine_id: str,
    machine_name: str,
    signals: dict[str, Any],
    state: dict[str, Any],
    alive: bytes | None,
    kept: dict[str, Any],
    now: datetime,
) -> dict[str, Any]:
    lost = alive is not None and alive.startswith(b"lost:")
    age_s = now.timestamp() - float(alive.removeprefix(b"lost:")) if alive is not None else None
    is_stale = lost or age_s is None or age_s > STALE_AFTER_S
    stamps = [s["source_timestamp"] for s in signals.values()]
    return {
        "machine_id": machine_id,
        "machine_name": machine_name,
        "state": None if is_stale else state.get("state"),
        "state_code": state.get("code"),
        "since": state.get("since"),
        "reason": kept.get("reason", ""),
        "source_timestamp": max(stamps, key=datetime.fromisoformat) if stamps else None,
        "age_s": None if age_s is None else round(max(age_s, 0.0), 1),
        "is_stale": is_stale,
        "signals": {
            name: {key: s[key] for key in ("value", "unit", "source_timestamp", "quality")}
            for name, s in sorted(signals.items())
        },
        "shift": kept.get("shift"),
    }
