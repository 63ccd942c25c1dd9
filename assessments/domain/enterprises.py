"""What tells enterprises apart when they are compared."""

from enum import StrEnum


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
