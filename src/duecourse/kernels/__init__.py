"""Loops that are compiled: they know arrays of numbers and nothing of procedures. Only here is numba used."""
