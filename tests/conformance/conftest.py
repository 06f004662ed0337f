"""Where the tests of the kit find what they check, and labs to check it in."""

import pytest

from harness.testing import Lab


@pytest.fixture(scope="module")
def lab():
    """A lab with the limits that users get."""
    with Lab() as opened:
        yield opened


@pytest.fixture(scope="module")
def hasty_lab():
    """A lab that loses patience soon."""
    with Lab(timeout=1.6) as opened:
        yield opened
