"""The proof of a sentence: every numeral, unit, name and direction of it against its facts."""

from ai_insights.grounding.proof.verify import verify

__all__ = ["verify"]
