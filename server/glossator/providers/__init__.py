"""Where prose comes from: the embedded provider, which needs nothing but facts."""
