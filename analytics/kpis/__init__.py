"""The maths of KPIs: sums in, ratios out, undefined as None."""
