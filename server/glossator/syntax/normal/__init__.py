"""The normal form of Python source: what `ast` would keep of it, written by one walk over a tree-sitter tree."""
