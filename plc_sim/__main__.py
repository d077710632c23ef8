"""Command line: serve a simulated plant over OPC UA, or dump its past into an array file."""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import ipaddress
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from plc_sim import dump
from plc_sim.access import Account, free_port
from plc_sim.kinds import FAULTS
from plc_sim.live import MAX_SPEED, Pace, Runner, wall_clock
from plc_sim.machine import Plant
from plc_sim.server import PlantServer
from plc_sim.timetable import DAY, HOUR, micros

_WARM_DAYS = 7  # without --epoch the plant is this old: its wear has had time to differ
_STOP_S = 1.5
_NOTES = f"""\
The plant works three shifts around the clock in --timezone (06-14, 14-22, 22-06) with breaks at
10:00, 18:00 and 02:00 of 30 minutes, in which machines are Idle; a worn machine is maintained in
the 02:00 break (Stopped, unit mode 2). Nodes: ns=urn:amis:plc-sim;s=M001.Status.StateCurrent and
so on. Methods of a machine: Maintain(), ResetCounters(), RollOver(), InjectFault(kind), kinds:
{", ".join(sorted(FAULTS))}. RollOver: the counters jump to just below
2147483647 and go on at 0 after it. What methods did is forgotten when the program ends.
Stop lines of the truth file are the states other than Execute and Idle; states that go on when
the program ends are written with its end.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of the two programs; 1 and a sentence where it cannot start."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        if words[:1] == ["dump"]:
            return _dump(_dump_options().parse_args(words[1:]))
        return asyncio.run(_serve(_serve_options().parse_args(words)))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"plc_sim: {error}\n")
        return 1


def _dump(options: argparse.Namespace) -> int:
    if options.until <= options.epoch:
        raise ValueError("--until must be later than --epoch.")
    plant = _plant(options, options.epoch)
    samples = dump.history(plant, until=options.until, fine=int(options.fine_hours * HOUR))
    dump.write(samples, machines=options.machines, out=options.out)
    return 0


async def _serve(options: argparse.Namespace) -> int:
    if not options.allow_remote and not _is_loopback(options.host):
        raise ValueError(f"{options.host} is not this machine: add --allow-remote to allow it.")
    now = wall_clock()
    start = options.start if options.start is not None else now - (DAY if options.speed > 1 else 0)
    epoch = options.epoch if options.epoch is not None else (start // DAY - _WARM_DAYS) * DAY
    if not epoch <= start <= now:
        raise ValueError("--start must lie between --epoch and now.")
    plant = _plant(options, epoch)
    host = f"[{options.host}]" if ":" in options.host else options.host
    url = f"opc.tcp://{host}:{free_port(options.host, options.port)}/freeopcua/server/"
    server = PlantServer(
        url=url, machines=options.machines, plant=options.plant, account=_account(options)
    )
    pace = Pace(start, min(options.speed, MAX_SPEED), caught_up=start == now)
    runner = Runner(plant=plant, server=server, pace=pace)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, runner.stop)
    with tempfile.TemporaryDirectory(prefix="plc-sim-") as scratch:
        certificates = Path(options.certificate_dir or scratch)
        await server.prepare(host=options.host, certificates=certificates, operate=runner.operate)
        await runner.catch_up()
        _give_memory_back()
        await server.start()
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        await runner.run(options.truth)
        with suppress(TimeoutError):
            await asyncio.wait_for(server.stop(), _STOP_S)
    return 0


def _plant(options: argparse.Namespace, epoch: int) -> Plant:
    return Plant(
        seed=options.seed, epoch=epoch, timezone=options.timezone, machines=options.machines
    )


def _give_memory_back() -> None:
    """Building the address space leaves 30 MB of freed memory, which glibc keeps unless asked."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def _serve_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m plc_sim",
        description="Serve a simulated plant over OPC UA. `dump` as first word: write its past.",
        epilog=_NOTES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_plant(parser)
    parser.add_argument("--port", type=_port, help="default: 4840 or the next free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--allow-remote", action="store_true")
    parser.add_argument("--speed", type=_speed, default=1.0, help=f"1 to {MAX_SPEED:.0f}")
    parser.add_argument("--start", type=_instant, help="simulated time to begin with")
    parser.add_argument("--epoch", type=_instant, help="when the plant was new, counters at 0")
    parser.add_argument("--truth", help="append what really happens to this file")
    parser.add_argument("--plant", default="", help="a name to show")
    parser.add_argument("--user", help="require this user; anonymous clients are refused")
    parser.add_argument("--password-env", help="environment variable that holds the password")
    parser.add_argument("--certificate-dir", help="keep the certificate here between starts")
    return parser


def _dump_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m plc_sim dump")
    _add_plant(parser)
    parser.add_argument("--epoch", type=_instant, required=True)
    parser.add_argument("--until", type=_instant, required=True)
    parser.add_argument("--fine-hours", type=float, default=24.0)
    parser.add_argument("--out", required=True, help="an .npz file, or - for standard output")
    return parser


def _add_plant(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--machines", type=_machines, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--timezone", type=_timezone, default="UTC")


def _account(options: argparse.Namespace) -> Account | None:
    if bool(options.user) != bool(options.password_env):
        raise ValueError("--user and --password-env belong together.")
    if not options.user:
        return None
    password = os.environ.get(options.password_env, "")
    if not password:
        raise ValueError(f"The environment variable {options.password_env} holds no password.")
    return Account(options.user, password)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _instant(text: str) -> int:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"'{text}' is no time such as 2026-03-01T06:00+00:00"
        ) from error
    return micros(time if time.tzinfo else time.replace(tzinfo=UTC))


def _machines(text: str) -> int:
    return _whole(text, range(1, 201), "choose 1 to 200 machines")


def _port(text: str) -> int:
    return _whole(text, range(65_536), "choose a port from 1 to 65535, or 0 for any")


def _whole(text: str, allowed: range, sentence: str) -> int:
    if text.isascii() and text.isdigit() and int(text) in allowed:
        return int(text)
    raise argparse.ArgumentTypeError(f"{sentence}, not '{text}'")


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not speed >= 1.0:
        raise argparse.ArgumentTypeError(f"choose a speed of 1 or more, not '{text}'")
    return speed


def _timezone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (OSError, ValueError, KeyError) as error:
        raise argparse.ArgumentTypeError(f"unknown time zone '{text}'") from error


if __name__ == "__main__":
    raise SystemExit(main())
