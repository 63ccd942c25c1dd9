"""What tells enterprises apart when they are compared."""

from enum import StrEnum


class Size(StrEnum):
    """By people employed: up to 49, 249, 999 and more. A size decides which DCMM levels can be had at all."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    VERY_LARGE = "very_large"
