"""Values to SVG and an equivalent table."""
