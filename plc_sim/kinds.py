"""What the simulated machines are: states, nodes, three kinds of machine, causes of stops."""

from __future__ import annotations

from dataclasses import dataclass

# PackML state numbers (ISA-TR88.00.02).
STOPPED, STARTING, IDLE, SUSPENDED, EXECUTE = 2, 3, 4, 5, 6
ABORTED, HELD, RESETTING = 9, 11, 15
STATE_NAMES = {
    STOPPED: "Stopped",
    STARTING: "Starting",
    IDLE: "Idle",
    SUSPENDED: "Suspended",
    EXECUTE: "Execute",
    ABORTED: "Aborted",
    HELD: "Held",
    RESETTING: "Resetting",
}
PRODUCTION, MAINTENANCE = 1, 2  # unit modes

INT32_MAX = 2_147_483_647

# A node is (machine, field); the fields' numbers index NODE_NAMES.
STATE, PROCESSED, DEFECTIVE, SPEED, BLOCKED, STARVED, MODE, DESIGN_SPEED = range(8)
TEMPERATURE, VIBRATION, PRESSURE, POWER = range(8, 12)
PROCESS_FIELDS = (TEMPERATURE, VIBRATION, PRESSURE, POWER)
NODE_NAMES = (
    "Status.StateCurrent",
    "Admin.ProdProcessedCount[0].AccCount",
    "Admin.ProdDefectiveCount[0].AccCount",
    "Status.CurMachSpeed",
    "Status.EquipmentBlocked",
    "Status.EquipmentStarved",
    "Status.UnitModeCurrent",
    "Admin.MachDesignSpeed",
    "Process.Temperature",
    "Process.Vibration",
    "Process.Pressure",
    "Process.Power",
)

SHIFT_S = 28_800  # a capacity is pieces per 8 h shift at ideal speed
BUFFER_PIECES = 24  # places between two machines of a line
RESUME_PIECES = 5  # a waiting machine resumes at this many pieces (or free places)
MACHINES_PER_LINE = 3

FAULTS: dict[str, tuple[int | None, float]] = {
    # what a caller can inject: state (None where the machine runs on) and minutes
    "failure": (ABORTED, 10.0),
    "electrical": (ABORTED, 20.0),
    "bearing": (ABORTED, 30.0),
    "jam": (HELD, 1.0),
    "scrap": (None, 15.0),
    "slow": (None, 15.0),
}


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a machine fails: how often among its failures, how long, what the repair leaves worn."""

    name: str
    weight: float
    median_min: float
    wear_left: float


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of machine. Levels are (running, waiting) for vibration, pressure and power."""

    name: str
    capacity: int
    heat_c: float
    vibration: tuple[float, float]
    pressure: tuple[float, float]
    power: tuple[float, float]
    causes: tuple[Cause, ...]
    jams: tuple[str, ...]

    @property
    def cycle_us(self) -> int:
        """The ideal cycle time (PRI) in microseconds."""
        return round(SHIFT_S * 1_000_000 / self.capacity)

    @property
    def design_speed(self) -> float:
        """Pieces a minute at ideal speed."""
        return self.capacity * 60 / SHIFT_S


KINDS = (
    Kind(
        name="Assembly",
        capacity=500,
        heat_c=22.0,
        vibration=(1.6, 0.25),
        pressure=(6.1, 6.4),
        power=(11.5, 2.6),
        causes=(
            Cause("gripper worn", 0.4, 18, 0.75),
            Cause("screwdriver fault", 0.3, 14, 0.95),
            Cause("robot collision", 0.1, 38, 1.0),
            Cause("sensor fault", 0.2, 10, 1.0),
        ),
        jams=("part misfed", "screw jam", "light curtain"),
    ),
    Kind(
        name="Press",
        capacity=480,
        heat_c=31.0,
        vibration=(2.4, 0.4),
        pressure=(158.0, 41.0),
        power=(37.0, 6.5),
        causes=(
            Cause("hydraulic leak", 0.3, 24, 0.8),
            Cause("overheating", 0.3, 17, 0.85),
            Cause("tool broken", 0.25, 26, 0.9),
            Cause("drive fault", 0.15, 13, 1.0),
        ),
        jams=("sheet misaligned", "slug stuck", "light curtain"),
    ),
    Kind(
        name="Packaging",
        capacity=520,
        heat_c=16.0,
        vibration=(1.2, 0.2),
        pressure=(5.4, 5.7),
        power=(7.8, 1.9),
        causes=(
            Cause("conveyor belt worn", 0.35, 20, 0.75),
            Cause("sealing jaw fault", 0.35, 15, 0.9),
            Cause("labeller fault", 0.3, 11, 1.0),
        ),
        jams=("carton jam", "film torn", "label missing"),
    ),
)


def machine_ids(count: int) -> list[str]:
    """M001, M002, ... in line order."""
    return [f"M{number:03d}" for number in range(1, count + 1)]


def kind_of(index: int) -> Kind:
    """The kind of the machine at this place: every line repeats the three kinds."""
    return KINDS[index % len(KINDS)]


def node_ids(count: int) -> list[str]:
    """String ids of every node, machine by machine: machine times fields, plus field."""
    return [f"{machine}.{name}" for machine in machine_ids(count) for name in NODE_NAMES]
