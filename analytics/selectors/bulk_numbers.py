"""Many rows of numbers out of the database at once, without an object a row."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from django.db import connection

from analytics.ml.history import Floats

HEADER, TRAILER = 19, 2
"""Bytes before the first tuple and after the last of PostgreSQL's binary COPY."""


def numbers(query: str, parameters: dict[str, Any]) -> Floats:
    """(row, column) of a SELECT whose columns are all float8 and never null: write NaN for null.

    Binary COPY: a row is its number of columns in 2 bytes, then each column's length in 4 and its
    8 bytes, big-endian. A third of a million rows take a second.
    """
    buffer = io.BytesIO()
    with connection.cursor() as cursor:
        text = cursor.mogrify(query, parameters).decode()
        cursor.copy_expert(f"COPY ({text}) TO STDOUT (FORMAT binary)", buffer)
    raw = buffer.getvalue()[HEADER:-TRAILER]
    if not raw:
        return np.zeros((0, 0))
    columns = int.from_bytes(raw[:2], "big")
    row = np.dtype([("count", ">i2"), ("cells", [("length", ">i4"), ("value", ">f8")], columns)])
    table: Floats = np.frombuffer(raw, dtype=row)["cells"]["value"].astype(np.float64)
    return table
