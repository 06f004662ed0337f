"""Tests of the core; a package, so that its modules may be named as elsewhere in tests/."""
