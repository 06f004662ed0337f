"""Byte-pair encoding of a text by given merges."""
