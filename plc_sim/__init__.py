"""A believable factory behind an OPC UA server: run it with `python -m plc_sim`."""
