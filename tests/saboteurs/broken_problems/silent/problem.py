# Caught by: `declared`, which says "has no docstring".

from broken_problems._healthy import LeastNumber


class Silent(LeastNumber):
    title = "silent"
