"""In-app and mail notices."""
