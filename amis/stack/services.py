"""The processes of the demo: their commands and what each needs in its environment."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping

CELERY = ("-m", "amis")
QUIET = ("--without-gossip", "--without-mingle")
PLANTS = {
    "plc-chicago": ("plant_chicago", "America/Chicago", 7),
    "plc-lyon": ("plant_lyon", "Europe/Paris", 11),
}
PROCESSES = ("web", "worker", "ingest", "provision", "ml", "ml-tf", "beat")
TRAINERS = ("ml", "ml-tf")


def service_commands(
    *,
    port: int = 8000,
    plc_ports: Mapping[str, int] | None = None,
    epoch: str = "",
) -> dict[str, list[str]]:
    """Name → command of everything but the database and the cache."""
    web = ("-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "--no-server-name")
    commands: dict[str, tuple[str, ...]] = {
        "web": (*web, "amis.asgi:application"),
        "worker": _worker("default", "worker", 2),
        "ingest": _worker("ingest", "ingest", 2),
        "provision": _worker("provision", "provision", 2),
        "ml": _trainer("ml"),
        "ml-tf": _trainer("ml_tf"),
        "beat": (*CELERY, "beat"),
    }
    for offset, (name, (_, zone, seed)) in enumerate(PLANTS.items()):
        plc_port = (plc_ports or {}).get(name, 4840 + offset)
        commands[name] = _simulator(plc_port, zone, seed, epoch)
    return {name: [sys.executable, *command] for name, command in commands.items()}


def service_environment(name: str, base: Mapping[str, str]) -> dict[str, str]:
    """What a process gets: one thread for numpy, and the owner's login only where tables are
    made.
    """
    environment = {**base, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    environment["AMIS_DB_LOGIN"] = "owner" if name == "provision" else "runtime"
    return environment


def stop_signal(name: str) -> int:
    """A training that is told to stop is not waited for: it begins anew after the next start."""
    return signal.SIGQUIT if name in TRAINERS else signal.SIGTERM


def _worker(queue: str, name: str, threads: int) -> tuple[str, ...]:
    pool = ("-P", "threads", "-c", str(threads))
    return (*CELERY, "worker", "-Q", queue, *pool, "-n", f"{name}@%h", *QUIET)


def _trainer(queue: str) -> tuple[str, ...]:
    """Work that fills a core for minutes runs in a child, which is there only while there is work:
    what it imported is given back with it.
    """
    pool = ("-P", "prefork", "--autoscale=1,0")
    return (*CELERY, "worker", "-Q", queue, *pool, "-n", f"{queue}@%h", *QUIET)


def _simulator(port: int, zone: str, seed: int, epoch: str) -> tuple[str, ...]:
    options = ("--port", str(port), "--machines", "3", "--seed", str(seed), "--speed", "1")
    place = ("--timezone", zone, *(("--epoch", epoch) if epoch else ()))
    return (
        "-m",
        "plc_sim",
        *options,
        *place,
        "--user",
        "amis",
        "--password-env",
        "AMIS_PLC_PASSWORD",
    )
