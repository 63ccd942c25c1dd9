"""What a person or an organisation can be."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is here for."""

    ENTERPRISE = "enterprise"  # applies for review and assesses its maturity
    REVIEW_BODY = "review_body"  # hosts committees
    SERVICE_CENTRE = "service_centre"  # reviews by entrustment
    AUTHORITY = "authority"  # supervises within its jurisdiction


class MemberRole(StrEnum):
    """What a membership lets its holder do inside the organisation."""

    MANAGER = "manager"  # invites people, edits the letterhead
    APPLICANT = "applicant"
    SECRETARY = "secretary"
    MEMBER = "member"  # may be seated on a committee of this host
    ASSESSOR = "assessor"
    ENTERPRISE = "enterprise"  # fills maturity assessments
    REGULATOR = "regulator"


class Reach(StrEnum):
    """How far an authority's jurisdiction goes."""

    NATIONAL = "national"
    PROVINCE = "province"
    SECTOR = "sector"
    LISTED = "listed"
    NONE = "none"


class Theme(StrEnum):
    """Colours a person reads in."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"
