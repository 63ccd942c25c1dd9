"""What every program-facing door needs."""
