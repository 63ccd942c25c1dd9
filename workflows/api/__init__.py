"""The procedures for programs."""
