"""Writes the sample: see ../make.py."""
