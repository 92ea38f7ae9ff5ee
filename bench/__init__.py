"""Benchmarks that print figures and ratios; tests never assert times."""
