"""Shapes of what the roof tells programs."""
