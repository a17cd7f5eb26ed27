"""What is open in the editor: the only mutable editor state."""
