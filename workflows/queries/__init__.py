"""Reads of the procedure: rows, and the facts the domain asks for."""
