"""Free embeddings: vectors among which every set of k is the nearest of some query."""
