"""Shapes of self-assessments for programs."""
