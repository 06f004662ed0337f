"""tabular_decompression: tables back from their bytes, format by format, as fast as can be."""
