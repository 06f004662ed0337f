"""The command line: `bench`. One file per command; `main.py` knows their names."""
