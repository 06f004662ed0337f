"""tabular_compression: a table of letters as few bytes, from which it can be decoded."""
