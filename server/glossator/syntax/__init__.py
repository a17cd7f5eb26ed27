"""Source: documents, their trees, and what these say about symbols. Pure: no input or output, nothing is run."""
