"""What AMIS itself writes of the facts: the same facts give the same words."""

from ai_insights.grounding.rules.write import write

__all__ = ["write"]
