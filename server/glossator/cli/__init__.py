"""The command line: it translates words into calls, results into text and exit codes, and decides nothing."""
