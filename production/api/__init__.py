"""The doors of production: parse, allow, call one service or selector, present."""
