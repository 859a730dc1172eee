"""Numbers for a scenario, estimated from case data."""
