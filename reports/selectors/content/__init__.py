"""A report's content, from the selectors that the API and the pages use."""

from reports.selectors.content.build import build_content

__all__ = ["build_content"]
