"""Maths of what is odd: signals by the minute, shifts by their outcome. No outside knowledge of
faults: normal operation is learned, what is far from it is told.
"""
