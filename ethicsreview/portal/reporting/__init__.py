"""What the roof makes of figures: boards with charts, workbooks, tables."""
