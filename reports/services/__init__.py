"""Reports: planned, made, issued and mailed."""
