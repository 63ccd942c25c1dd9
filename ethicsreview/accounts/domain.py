"""What a person or an organisation can be."""

import hashlib
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


ROLES_OF_KIND: dict[OrganisationKind, tuple[MemberRole, ...]] = {
    OrganisationKind.ENTERPRISE: (MemberRole.MANAGER, MemberRole.APPLICANT, MemberRole.ENTERPRISE),
    OrganisationKind.REVIEW_BODY: (
        MemberRole.MANAGER,
        MemberRole.SECRETARY,
        MemberRole.MEMBER,
        MemberRole.ASSESSOR,
        MemberRole.APPLICANT,  # a university reviews, and its own people apply
    ),
    OrganisationKind.SERVICE_CENTRE: (
        MemberRole.MANAGER,
        MemberRole.SECRETARY,
        MemberRole.MEMBER,
        MemberRole.ASSESSOR,
    ),
    OrganisationKind.AUTHORITY: (MemberRole.MANAGER, MemberRole.REGULATOR),
}


class Problem(StrEnum):
    """Why something about people and organisations cannot be done; the words stand in ``wording``."""

    NOT_ALLOWED = "not_allowed"
    ROLE_NOT_FOR_KIND = "role_not_for_kind"
    ALREADY_MEMBER = "already_member"
    INVITATION_UNKNOWN = "invitation_unknown"
    INVITATION_USED = "invitation_used"
    INVITATION_EXPIRED = "invitation_expired"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    INVITATION_FOREIGN = "invitation_foreign"
    SIGN_IN_FIRST = "sign_in_first"
    ACCOUNT_CLOSED = "account_closed"
    ADDRESS_TAKEN = "address_taken"
    NOT_CURRENT = "not_current"
    LAST_DAY_TOO_EARLY = "last_day_too_early"
    LAST_MANAGER = "last_manager"
    OWN_RIGHTS = "own_rights"
    TERM_WRONG = "term_wrong"
    NAME_TAKEN = "name_taken"


class Refused(Exception):
    """An action did not happen, for these reasons; nothing was written."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


def fingerprint(token: str) -> str:
    """What is stored of a secret token: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()
