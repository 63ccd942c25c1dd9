"""The roof's doors for programs."""
