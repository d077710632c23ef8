"""The maths of the shop floor: numbers and arrays in, frozen dataclasses out, no Django."""
