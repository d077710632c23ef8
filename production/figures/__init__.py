"""Figures as inline SVG: numbers in, markup out; the same functions for pages and paper."""
