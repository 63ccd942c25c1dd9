"""What leaves the house: workbooks and reports."""
