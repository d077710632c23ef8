"""What was said, on what it rests, what it cost to ask, and what a plant chooses about it."""

from ai_insights.models.call import WriterCall
from ai_insights.models.choice import Cost, WriterChoice
from ai_insights.models.insight import Insight

__all__ = ["Cost", "Insight", "WriterCall", "WriterChoice"]
