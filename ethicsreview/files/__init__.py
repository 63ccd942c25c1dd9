"""Uploaded files, their versions and checks."""
