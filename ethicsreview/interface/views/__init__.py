"""Pages about the door for programs."""
