"""The members of the pool: one algorithm a file, all give quantiles."""
