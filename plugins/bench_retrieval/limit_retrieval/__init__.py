"""LIMIT: queries so simple that words find their documents, and vectors of few entries do not."""
