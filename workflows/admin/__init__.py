"""The operator's back office: everything of the procedure can be looked at here, and nothing changed."""

from workflows.admin import cases, verifications

__all__ = ["cases", "verifications"]
