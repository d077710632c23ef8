"""What production does: record samples, derive records, take submissions, import equipment."""
