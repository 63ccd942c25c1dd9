"""Rules of the roof, on values alone."""
