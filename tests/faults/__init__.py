"""Faults of the machine: processes killed one by one, slow clients, a database that is away."""
