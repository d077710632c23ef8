"""From OPC UA servers to rows: leases, subscriptions, batches; the only room with asyncua."""
