"""How a request runs: its steps, and where they run."""
