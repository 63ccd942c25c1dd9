"""What may happen to a certificate: the same table and the same refusals as a verification has."""

from dataclasses import dataclass
from datetime import date

from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.verification_states import CertificateState, VRole


@dataclass(frozen=True)
class CertificateFacts:
    """What the rules need to know of a certificate and of the person acting, who stands to its verification so.

    ``day`` is today where the scheme holds, ``expires_on`` the last day. ``waiting``: a renewal of the DCMM
    certificate is to be judged. ``counts``: what is handed in, or to be accepted, proves a level today.
    """

    state: CertificateState
    roles: frozenset[VRole]
    day: date
    expires_on: date
    waiting: bool = False
    reasons: bool = True
    counts: bool = True


@dataclass(frozen=True)
class CertificateStep:
    """One row: from which states, by whom, and what is needed."""

    verb: str
    sources: frozenset[CertificateState]
    roles: frozenset[VRole]
    needs_reasons: bool = False
    needs_waiting: bool | None = None  # whether a renewal must, or must not, be waiting
    needs_counting: bool = False


C = CertificateState
_LIVE = frozenset({C.VALID, C.SUSPENDED})
_BODY = frozenset({VRole.COORDINATOR, VRole.ASSESSOR})
SURVEIL = CertificateStep("certificate.surveil", _LIVE, _BODY, needs_reasons=True)
HAND_IN_DCMM = CertificateStep(
    "certificate.hand_in_dcmm",
    _LIVE,
    frozenset({VRole.ENTERPRISE}),
    needs_waiting=False,
    needs_counting=True,
)
JUDGE_DCMM = CertificateStep(
    "certificate.judge_dcmm", _LIVE, _BODY, needs_reasons=True, needs_waiting=True, needs_counting=True
)
WITHDRAW_CERTIFICATE = CertificateStep("certificate.withdraw", _LIVE, frozenset({VRole.DECIDER}), needs_reasons=True)
CERTIFICATE_TABLE = (SURVEIL, HAND_IN_DCMM, JUDGE_DCMM, WITHDRAW_CERTIFICATE)


def certificate_gaps(step: CertificateStep, facts: CertificateFacts) -> tuple[Gap, ...]:
    """Everything that keeps this step from happening now; empty means go."""
    if not facts.roles & step.roles:
        return (Gap(GapCode.WRONG_ROLE),)
    if facts.state not in step.sources:
        return (Gap(GapCode.WRONG_STATE, facts.state.value),)
    checks = (
        (facts.day > facts.expires_on, GapCode.CERTIFICATE_EXPIRED),
        (step.needs_waiting is True and not facts.waiting, GapCode.RENEWAL_JUDGED),
        (step.needs_waiting is False and facts.waiting, GapCode.RENEWAL_OPEN),
        (step.needs_counting and not facts.counts, GapCode.DCMM_NOT_COUNTING),
        (step.needs_reasons and not facts.reasons, GapCode.REASONS_MISSING),
    )
    return tuple(Gap(code) for missing, code in checks if missing)
