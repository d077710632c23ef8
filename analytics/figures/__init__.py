"""Figures of prediction as inline SVG: numbers in, markup out; the same for pages and paper."""
