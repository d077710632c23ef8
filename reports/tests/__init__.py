"""Tests of the reports, which mirror its modules."""
