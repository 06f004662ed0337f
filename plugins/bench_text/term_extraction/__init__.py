"""Term extraction: rank candidates so that the terms of a domain come first."""
