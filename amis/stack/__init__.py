"""The local stack behind `make demo`: an embedded PostgreSQL and Valkey and AMIS's own
processes.
"""
