"""Multi-vector search: the documents whose tokens match those of a query best."""
