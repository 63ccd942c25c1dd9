"""Rendering, signing and verifying of PDF documents."""
