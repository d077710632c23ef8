"""Reading one plant's rows."""
