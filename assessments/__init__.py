"""Instruments, assessments, ratings and their arithmetic."""
