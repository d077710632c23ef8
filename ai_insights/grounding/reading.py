"""What a language model answered, as an analysis that nobody has proved yet."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeVar, get_args

from ai_insights.grounding.analysis import SECTIONS, Advice, Analysis, Claim, PlanItem, Priority
from ai_insights.grounding.rules.step import MAINTENANCE, ROLES

MOST_CLAIMS = 40
"""Of one list: more is no analysis."""
NO_DAY = date.min
"""Of a piece of maintenance whose day cannot be read: it falls when it is checked."""
_CHIP = re.compile(r"\s*[\[(](?:facts?:?\s*)?K\d+(?:\s*(?:,|;|and)\s*K\d+)*[\])]", re.IGNORECASE)
_ID = re.compile(r"K\d+", re.IGNORECASE)
_END = re.compile(r"(?<=[a-z0-9%)”\"\u2019][.!?])\s+(?=[A-Z“\"])")
_UNWRITABLE = re.compile(r"\\u0000|[\ud800-\udfff]")
"""NUL, as JSON writes it, and halves of characters: no table keeps them and no line sends them."""
Step = TypeVar("Step", Advice, PlanItem)
_PRIORITIES: tuple[Priority, ...] = get_args(Priority)


class Unreadable(Exception):
    """The answer is no analysis; the message says why."""


def read(answer: str) -> Analysis:
    """The analysis of an answer, with or without fences and words around its JSON object.

    Lists that are missing are empty, a text with several sentences is several claims. Raises
    Unreadable where there is no JSON object or no sentence in it.
    """
    row = _object_of(answer)
    sections = _dict(row.get("sections"))
    analysis = Analysis(
        sections={name: _claims(sections.get(name)) for name in SECTIONS},
        recommendations=tuple(_steps(row.get("recommendations"), _advice)),
        plan=tuple(_steps(row.get("plan"), _item)),
        quality=_claims(row.get("quality")),
    )
    if not any(True for _ in analysis.claims()):
        raise Unreadable("the answer holds no sentence")
    return analysis


def _object_of(answer: str) -> dict[str, Any]:
    start, end = answer.find("{"), answer.rfind("}")
    if start < 0 or end < start:
        raise Unreadable("the answer holds no JSON object")
    try:
        row = json.loads(answer[start : end + 1])
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the answer is no JSON: {error}") from None
    if _UNWRITABLE.search(json.dumps(row, ensure_ascii=False)):
        raise Unreadable("the answer holds characters that no text has")
    return _dict(row)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _rows(value: Any) -> list[Any]:
    return value[:MOST_CLAIMS] if isinstance(value, list) else []


def _claims(value: Any) -> tuple[Claim, ...]:
    return tuple(part for row in _rows(value) for part in _sentences(row))


def _sentences(row: Any) -> Iterator[Claim]:
    claim = _claim(row)
    if claim is not None:
        for text in _END.split(claim.text):
            yield Claim(_ended(text), claim.fact_ids)


def _claim(row: Any) -> Claim | None:
    """A sentence with its facts; ids that stand in the text are taken out of it and cited."""
    known = _dict(row)
    text, ids = known.get("text", row), known.get("fact_ids", [])
    if not isinstance(text, str) or not text.strip():
        return None
    named = [ids] if isinstance(ids, str) else [one for one in _rows(ids) if isinstance(one, str)]
    inside = [one for chip in _CHIP.findall(text) for one in _ID.findall(chip)]
    cited = [one.strip().upper() for one in (*named, *inside)]
    return Claim(_ended(" ".join(_CHIP.sub("", text).split(" "))), tuple(dict.fromkeys(cited)))


def _ended(text: str) -> str:
    """In one line, with a full stop."""
    line = re.sub(r"[ \t\r\n]+", " ", text).strip()
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _steps(value: Any, of: Callable[[dict[str, Any], Claim, Claim], Step]) -> Iterator[Step]:
    for row in _rows(value):
        known = _dict(row)
        action, because = _claim(known.get("action")), _claim(known.get("because"))
        if action is not None and because is not None:
            yield of(known, action, because)


def _advice(row: dict[str, Any], action: Claim, because: Claim) -> Advice:
    owner = row.get("owner")
    return Advice(
        priority=_priority(row), machine_id=_text(row.get("machine_id")), action=action,
        because=because, owner=owner if owner in ROLES else MAINTENANCE,
        due=_day(row.get("due")), effect=_claim(row.get("effect")),
    )  # fmt: skip


def _item(row: dict[str, Any], action: Claim, because: Claim) -> PlanItem:
    return PlanItem(
        date=_day(row.get("date")) or NO_DAY, machine_id=_text(row.get("machine_id")),
        machine_name="", action=action, priority=_priority(row), because=because,
    )  # fmt: skip


def _priority(row: dict[str, Any]) -> Priority:
    said = _text(row.get("priority")).lower()
    return next((one for one in _PRIORITIES if one == said), "medium")


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(_text(value)[:10])
    except ValueError:
        return None
