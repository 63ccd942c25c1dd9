"""What a claimed DCMM level is worth: recorded, never recomputed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assessments.domain.staged import DcmmGate


class ClaimSource(StrEnum):
    """What a claimed level rests on."""

    CERTIFICATE = "certificate"
    FINDING = "finding"  # the assessor's documented and countersigned judgement
    SELF = "self"  # declared by the enterprise; good for a provisional result alone


class Party(StrEnum):
    """As whom an enterprise was assessed; the two results are different things."""

    OWNER = "owner"  # 甲方, data owner
    PROVIDER = "provider"  # 乙方, service provider


class Policy(StrEnum):
    """What a scheme takes as proof."""

    CERTIFICATE_ONLY = "certificate_only"
    CERTIFICATE_OR_FINDING = "certificate_or_finding"


class ClaimFault(StrEnum):
    """Why a claim counts as level 0; the words stand in ``wording``."""

    NONE = "none"  # nothing is claimed
    ENTITY = "entity"  # another legal entity's
    PARTY = "party"
    EDITION = "edition"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    INCOMPLETE = "incomplete"  # a certificate without its dates
    FINDING_REFUSED = "finding_refused"  # the policy takes certificates alone
    SELF_REFUSED = "self_refused"  # a verified result does not rest on a declaration


@dataclass(frozen=True)
class Claim:
    """One claimed level. Dates are days, both inclusive; an empty text or None is something not stated."""

    source: ClaimSource
    level: int
    edition: str = ""
    party: Party | None = None
    legal_entity: str = ""
    issued: date | None = None
    expires: date | None = None


@dataclass(frozen=True)
class Proof:
    """The level that counts, 0 with the reason when none does; ``provisional`` when it is only declared."""

    level: int
    fault: ClaimFault | None = None
    provisional: bool = False


def same_entity(one: str, other: str) -> bool:
    """Whether two names of legal entities are the same but for blanks and case."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def proof(
    claim: Claim | None, gate: DcmmGate, *, legal_entity: str, day: date | None, policy: Policy, verified: bool
) -> Proof:
    """What ``claim`` is worth on ``day``, the assessment's reference date, for that legal entity.

    What the claim or the assessment does not state is not held against it, but for the dates of a certificate.
    ``verified`` says that a declaration does not count.
    """
    if claim is None:
        return Proof(0, ClaimFault.NONE)
    fault = _source_fault(claim, policy, verified=verified) or _fault(claim, gate, legal_entity, day)
    if fault is not None:
        return Proof(0, fault)
    return Proof(claim.level, provisional=claim.source is ClaimSource.SELF)


def _source_fault(claim: Claim, policy: Policy, *, verified: bool) -> ClaimFault | None:
    if claim.source is ClaimSource.FINDING and policy is Policy.CERTIFICATE_ONLY:
        return ClaimFault.FINDING_REFUSED
    if claim.source is ClaimSource.SELF and verified:
        return ClaimFault.SELF_REFUSED
    if claim.source is ClaimSource.CERTIFICATE and (claim.issued is None or claim.expires is None):
        return ClaimFault.INCOMPLETE
    return None


def _fault(claim: Claim, gate: DcmmGate, legal_entity: str, day: date | None) -> ClaimFault | None:
    if claim.legal_entity and legal_entity and not same_entity(claim.legal_entity, legal_entity):
        return ClaimFault.ENTITY
    if claim.party is Party.PROVIDER:
        return ClaimFault.PARTY
    if claim.edition and claim.edition not in gate.editions:
        return ClaimFault.EDITION
    if day is not None and claim.issued is not None and day < claim.issued:
        return ClaimFault.NOT_YET
    if day is not None and claim.expires is not None and day > claim.expires:
        return ClaimFault.EXPIRED
    return None
