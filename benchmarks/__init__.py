"""Measurements, kept apart from the tests: none of them fails a build."""
