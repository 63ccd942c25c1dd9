"""Reads of instruments, answers and enterprises' own assessments."""

from assessments.queries.instruments import (
    answer_history,
    current_answers,
    latest_instrument,
    load_any,
    load_instrument,
    load_staged,
    reviewer_ratings,
)

__all__ = [
    "answer_history",
    "current_answers",
    "latest_instrument",
    "load_any",
    "load_instrument",
    "load_staged",
    "reviewer_ratings",
]
