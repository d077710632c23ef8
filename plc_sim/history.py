"""HistoryRead out of memory: the last day of every node in two flat arrays, bounded."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from asyncua import ua
from asyncua.server.history import HistoryStorageInterface

from plc_sim.timetable import micros

MakeValue = Callable[[int, float], ua.DataValue]
PER_NODE = 90_000  # 25 hours of one sample a second
IN_ALL = 3_000_000  # 48 MB


class Column:
    """Times and values of one node, oldest dropped first."""

    def __init__(self, make: MakeValue, limit: int) -> None:
        self.times, self.values = array("q"), array("d")
        self.make, self._limit = make, limit

    def append(self, t: int, value: float) -> None:
        """Add a value, which is never older than the last one."""
        self.times.append(t)
        self.values.append(value)
        if len(self.times) > self._limit * 5 // 4:
            del self.times[: self._limit // 4]
            del self.values[: self._limit // 4]

    def extend(self, times: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> None:
        """Add many values at once."""
        self.times.frombytes(times[-self._limit :].tobytes())
        self.values.frombytes(values[-self._limit :].tobytes())

    def span(self, start: int | None, end: int | None) -> range:
        """Places of the values in [start, end]; backwards when they are turned or start is open."""
        if start is None:
            last = len(self.times) if end is None else bisect_right(self.times, end)
            return range(last - 1, -1, -1)
        if end is None:
            return range(bisect_left(self.times, start), len(self.times))
        low, high = min(start, end), max(start, end)
        forward = range(bisect_left(self.times, low), bisect_right(self.times, high))
        return forward if start <= end else forward[::-1]


class MemoryHistory(HistoryStorageInterface):
    """The server's history storage. The server itself appends; nothing is subscribed."""

    def __init__(self, nodes: int) -> None:
        super().__init__()
        self.limit = max(min(PER_NODE, IN_ALL // nodes), 1000)
        self._columns: dict[ua.NodeId, Column] = {}

    def add(self, node_id: ua.NodeId, make: MakeValue) -> Column:
        """Begin the history of a node; `make` turns a stored value into what is sent."""
        column = self._columns[node_id] = Column(make, self.limit)
        return column

    async def init(self) -> None:
        """Nothing to open."""

    async def stop(self) -> None:
        """Nothing to close."""

    async def new_historized_node(
        self, node_id: ua.NodeId, period: timedelta | None, count: int = 0
    ) -> None:
        """Nodes are added by `add`."""

    async def save_node_value(self, node_id: ua.NodeId, datavalue: ua.DataValue) -> None:
        """Values are appended by the server when it writes them."""

    async def read_node_history(
        self, node_id: ua.NodeId, start: datetime | None, end: datetime | None, nb_values: int
    ) -> tuple[list[ua.DataValue], datetime | None]:
        """Values in [start, end] and where to go on; an open end has no continuation."""
        column = self._columns.get(node_id)
        if column is None:
            return [], None
        first, last = _instant(start), _instant(end)
        span = column.span(first, last)
        limit = min(nb_values or len(span), self.max_history_data_response_size)
        values = [column.make(column.times[i], column.values[i]) for i in span[:limit]]
        more = span[limit:] if first is not None and last is not None else range(0)
        after = column.make(column.times[more[0]], 0.0).SourceTimestamp if more else None
        return values, after

    async def new_historized_event(self, *args: Any, **kwargs: Any) -> None:
        """No events are kept."""

    async def save_event(self, event: Any) -> None:
        """No events are kept."""

    async def read_event_history(self, *args: Any, **kwargs: Any) -> tuple[list[Any], None]:
        """No events are kept."""
        return [], None


def _instant(time: datetime | None) -> int | None:
    """Microseconds, or None where OPC UA's first day says that a bound is left open."""
    return None if time is None or time <= ua.get_win_epoch() else micros(time)
