"""What the rules need to know of a verification and of the person acting."""

from dataclasses import dataclass, field
from datetime import date

from workflows.domain.ballots import Standing
from workflows.domain.verification_states import VRole, VState


@dataclass(frozen=True)
class VerificationFacts:
    """Gathered by ``queries``; what the request itself gives (``reasons`` and below it) is put in by the action.

    ``day`` is today where the scheme holds. ``team`` counts assessors at work, the lead among them; ``conflicted``
    and ``advisers`` are ids of people on the team or to be placed who may have no part, or belong to the firm that
    advised the enterprise. ``unrated`` are criteria asked of the team and without a rating that counts;
    ``unjudged`` ids of evidence neither accepted nor rejected; ``undecided`` items set aside by the enterprise.
    ``interviews`` counts them by role. ``sent_back``: the recommendation came back from compliance, panel or
    objection. ``seated`` counts the panel, ``standing`` is the open ballot's over them, ``votes_needed`` what
    carries it. ``upheld`` and ``open_objections`` count objections to the present recommendation.
    """

    state: VState
    roles: frozenset[VRole]
    day: date = date.min
    team: int = 0
    has_lead: bool = False
    conflicted: tuple[int, ...] = ()
    advisers: tuple[int, ...] = ()
    unrated: tuple[str, ...] = ()
    unjudged: tuple[int, ...] = ()
    undecided: tuple[str, ...] = ()
    claim_unjudged: bool = False
    finding_unsigned: bool = False  # a DCMM finding waits for another assessor's signature
    interviews: dict[str, int] = field(default_factory=dict)
    demonstrations: int = 0
    scenarios: int = 0
    with_findings: frozenset[str] = frozenset()  # criteria a finding names
    unresolved: tuple[int, ...] = ()  # numbers of findings
    sent_back: bool = False
    correction_until: date | None = None
    tier: int | None = None  # recommended
    has_reviewer: bool = False
    seated: int = 0
    standing: Standing | None = None  # None while no ballot is open
    votes_needed: int = 0
    notice_until: date | None = None
    open_objections: int = 0
    upheld: int = 0
    # what the request gives
    reasons: bool = True
    candidate_free: bool = True  # who is to be placed is an assessor of the body today
    candidate_apart: bool = True  # and has no other part in this verification
    already_recused: bool = False
    conflict_kind: str | None = None
    criterion: str | None = None  # None: none is named
    criterion_known: bool = True
    note: bool = True  # the rating comes with a word why
    level_known: bool = True
    own_signature: bool = False
    interview_role: str | None = None
    held_on: date | None = None
    refusing: bool = False  # decided without a certificate
