"""What several actions share; needs their open transaction. Those of verifications stand in ``verifications``."""

from workflows.steps.cases import (
    digest_of,
    end_wait,
    guard,
    lock_case,
    move,
    note,
    open_folder,
    open_version,
    start_wait,
    tell,
)

__all__ = [
    "digest_of",
    "end_wait",
    "guard",
    "lock_case",
    "move",
    "note",
    "open_folder",
    "open_version",
    "start_wait",
    "tell",
]
