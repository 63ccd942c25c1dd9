"""Words and numbers of the procedure in templates."""
