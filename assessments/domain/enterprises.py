"""What tells enterprises apart, alone and when they are compared."""

import re
import unicodedata
from enum import StrEnum

_CODE = re.compile(r"[0-9A-Z]{18}")


def read_entity_code(typed: str) -> str:
    """A unified social credit code as it is kept, or nothing; full-width signs, blanks and hyphens are understood.

    Raises ``ValueError`` for what is none.
    """
    code = "".join(unicodedata.normalize("NFKC", typed).split()).replace("-", "").upper()
    if code and not _CODE.fullmatch(code):
        raise ValueError(typed)
    return code


class Size(StrEnum):
    """By people employed: up to 49, 249, 999 and more. A size decides which DCMM levels can be had at all."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    VERY_LARGE = "very_large"


class Sector(StrEnum):
    """What an enterprise chiefly does; enterprises are compared with those of the same sector and size."""

    AGRICULTURE = "agriculture"
    MINING = "mining"
    MANUFACTURING = "manufacturing"
    STEEL = "steel"
    ENERGY = "energy"
    CONSTRUCTION = "construction"
    TRADE = "trade"
    TRANSPORT = "transport"
    INFORMATION = "information"
    FINANCE = "finance"
    REAL_ESTATE = "real_estate"
    SERVICES = "services"
    RESEARCH = "research"
    EDUCATION = "education"
    HEALTH = "health"
    CULTURE = "culture"
    PUBLIC = "public"
    OTHER = "other"
