"""Reads across both halves."""
