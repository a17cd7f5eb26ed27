"""The language server: it translates between the Language Server Protocol and the documenter, and decides nothing."""
