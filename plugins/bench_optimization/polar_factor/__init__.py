"""The polar factor: the orthogonal matrix nearest to a given one."""
