"""Frozen dataclasses as JSON and back, so that a report's content can be kept on its row."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from math import isfinite
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Shape = TypeVar("Shape")
UNIONS = (Union, types.UnionType)


class NotAContent(ValueError):
    """A sentence that says which part of a JSON document is not what it should be."""


def to_plain(value: Any) -> Any:
    """Dataclasses as objects with their fields' names, days and times in ISO 8601, tuples as
    lists; numbers stay as they are.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: to_plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_plain(one) for one in value]
    return value


def from_plain(shape: type[Shape], plain: Any) -> Shape:
    """The dataclass that `to_plain` made this of. A field that is not there takes its default;
    what the shape does not know is left out, so that older contents can still be read.

    Raises NotAContent, naming the place.
    """
    read: Shape = _read(shape, plain, "content")
    return read


def _read(shape: Any, plain: Any, place: str) -> Any:
    origin, inner = get_origin(shape), get_args(shape)
    if origin in UNIONS:
        return _either(inner, plain, place)
    if origin is Literal:
        return _checked(plain in inner, plain, place, f"one of {', '.join(map(str, inner))}")
    if origin is tuple and inner[-1] is not Ellipsis:
        _checked(isinstance(plain, list) and len(plain) == len(inner), plain, place, "a row")
        return tuple(_read(t, v, place) for t, v in zip(inner, plain, strict=True))
    if origin is dict:
        _checked(isinstance(plain, dict), plain, place, "an object")
        return {key: _read(inner[1], one, f"{place}.{key}") for key, one in plain.items()}
    if origin is not None:
        _checked(isinstance(plain, list), plain, place, "a list")
        return tuple(_read(inner[0], one, f"{place}[{n}]") for n, one in enumerate(plain))
    return _object(shape, plain, place) if is_dataclass(shape) else _scalar(shape, plain, place)


def _either(choices: Sequence[Any], plain: Any, place: str) -> Any:
    """Of a union only None and one more may be meant."""
    if plain is None and types.NoneType in choices:
        return None
    return _read(next(one for one in choices if one is not types.NoneType), plain, place)


def _object(shape: Any, plain: Any, place: str) -> Any:
    _checked(isinstance(plain, dict), plain, place, "an object")
    hints, given = _hints(shape), {}
    for field in fields(shape):
        if field.name in plain:
            inside = f"{place}.{field.name}"
            given[field.name] = _read(hints[field.name], plain[field.name], inside)
        elif not _has_default(field):
            raise NotAContent(f"{place} has no {field.name}.")
    return shape(**given)


def _scalar(shape: Any, plain: Any, place: str) -> Any:
    if shape in (date, datetime):
        try:
            return shape.fromisoformat(plain)
        except (TypeError, ValueError) as error:
            raise NotAContent(f"{place} is no time in ISO 8601: {plain!r}") from error
    if shape is Any:
        return plain
    is_number = isinstance(plain, int | float) and not isinstance(plain, bool) and isfinite(plain)
    fits = is_number if shape is float else type(plain) is shape
    return _checked(fits, plain, place, f"a {shape.__name__}")


def _checked(fits: object, plain: Any, place: str, wanted: str) -> Any:
    if not fits:
        raise NotAContent(f"{place} is not {wanted}: {str(plain)[:60]!r}")
    return plain


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


@cache
def _hints(shape: Any) -> dict[str, Any]:
    return get_type_hints(shape)
