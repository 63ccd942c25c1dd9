"""Shapes of the procedures for programs."""
