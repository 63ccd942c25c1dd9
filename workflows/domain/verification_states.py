"""The states, roles and words of verifying a maturity assessment."""

from enum import StrEnum


class VState(StrEnum):
    """Where a verification stands; the order is the order of the procedure."""

    ENTRY = "entry"  # handed in; entry check and team
    DOCUMENTS = "documents"  # document review
    ONSITE = "onsite"
    CORRECTION = "correction"  # findings are out, the enterprise answers them
    RECOMMENDING = "recommending"  # the team settles findings and recommends
    COMPLIANCE = "compliance"  # somebody outside the team looks at the procedure
    PANEL = "panel"  # experts vote, for the tiers the scheme names
    NOTICE = "notice"  # public notice, objections
    CERTIFIED = "certified"
    REFUSED = "refused"  # decided without a certificate
    RETURNED = "returned"  # not accepted at entry
    WITHDRAWN = "withdrawn"  # by the enterprise


V_CLOSED = frozenset({VState.CERTIFIED, VState.REFUSED, VState.RETURNED, VState.WITHDRAWN})
RELEASED = frozenset(VState) - {
    VState.ENTRY,
    VState.DOCUMENTS,
    VState.ONSITE,
    VState.RETURNED,
    VState.WITHDRAWN,  # it may have been withdrawn while the ratings were drafts
}
RECOMMENDED = frozenset({VState.COMPLIANCE, VState.PANEL, VState.NOTICE, VState.CERTIFIED, VState.REFUSED})
DECIDED = frozenset({VState.CERTIFIED, VState.REFUSED})


class VRole(StrEnum):
    """How a person stands to one verification."""

    ENTERPRISE = "enterprise"  # any member of the enterprise with that role
    LEAD = "lead"  # leads the self-assessment
    COORDINATOR = "coordinator"  # secretary at the body that verifies
    ASSESSOR = "assessor"  # on the team
    LEAD_ASSESSOR = "lead_assessor"
    REVIEWER = "reviewer"  # compliance review, never on the team
    PANELLIST = "panellist"
    DECIDER = "decider"  # manager at the body, neither on the team nor the reviewer nor on the panel
    AUTHORITY = "authority"  # regulates the enterprise
    PUBLIC = "public"  # anybody at all


BODY = frozenset(VRole) - {VRole.ENTERPRISE, VRole.LEAD, VRole.AUTHORITY, VRole.PUBLIC}
TEAM = frozenset({VRole.ASSESSOR, VRole.LEAD_ASSESSOR})


class Round(StrEnum):
    """Whose ratings: the enterprise's, the assessors' as they are drafted, or as they stand in the end."""

    SELF = "self"
    ASSESSOR = "assessor"
    FINAL = "final"


_ALL = frozenset(VState)
_PARTY = {Round.SELF: _ALL, Round.ASSESSOR: RELEASED, Round.FINAL: RECOMMENDED}
_WORKING = {Round.SELF: _ALL, Round.ASSESSOR: _ALL - {VState.ENTRY, VState.RETURNED}, Round.FINAL: RECOMMENDED}
_LATE = dict.fromkeys(Round, RECOMMENDED)
_SEEN: dict[VRole, dict[Round, frozenset[VState]]] = {
    VRole.ENTERPRISE: _PARTY,
    VRole.LEAD: _PARTY,
    VRole.COORDINATOR: _PARTY,
    VRole.ASSESSOR: _WORKING,
    VRole.LEAD_ASSESSOR: _WORKING,
    VRole.REVIEWER: _LATE,
    VRole.PANELLIST: _LATE,
    VRole.DECIDER: _LATE,
    VRole.AUTHORITY: dict.fromkeys(Round, DECIDED),
    VRole.PUBLIC: dict.fromkeys(Round, frozenset()),
}


def may_see_round(roles: frozenset[VRole], state: VState, round_: Round) -> bool:
    """Whether a person with these roles may see those ratings while the verification stands there.

    ``Round.ASSESSOR`` of somebody outside the team means the ratings as they were released, never a draft.
    """
    return any(state in _SEEN[role][round_] for role in roles)


class OnSiteKind(StrEnum):
    """What is recorded on site."""

    INTERVIEW = "interview"
    DEMONSTRATION = "demonstration"
    SCENARIO = "scenario"  # a sampled application scenario


class FindingKind(StrEnum):
    """How heavy a finding is; both are answered in the correction window."""

    MAJOR = "major"
    MINOR = "minor"


class CertificateState(StrEnum):
    """What a certificate is worth; that it has run out follows from its last day."""

    VALID = "valid"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"  # by the certificate of a renewal


class CertificateVerb(StrEnum):
    """What happened to a certificate."""

    ISSUED = "issued"
    SURVEILLANCE = "surveillance"  # the yearly look; it cannot raise a tier
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    DCMM_RENEWED = "dcmm_renewed"  # another DCMM certificate was taken in its place


class VReportKind(StrEnum):
    """The signed documents of a decided verification."""

    REPORT = "report"
    CERTIFICATE = "certificate"
