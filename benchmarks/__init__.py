"""What AMIS promises in figures, measured: each file a benchmark, each figure against a floor or a
limit of the same run. `make bench` runs them; no test times anything.
"""
