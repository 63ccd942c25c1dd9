"""Every way a case and what belongs to it can change."""
