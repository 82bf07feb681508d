"""The readers of the sources, one file each."""
