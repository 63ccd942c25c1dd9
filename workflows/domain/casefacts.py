"""What the rules need to know of a case, and of the draft of its decision."""

from dataclasses import dataclass
from datetime import date

from assessments.domain.ratings import Block
from workflows.domain.ballots import Standing
from workflows.domain.gapcodes import Gap
from workflows.domain.rooms import Room
from workflows.domain.states import Role, State


@dataclass(frozen=True)
class Draft:
    """The text of a decision as drafted; ``given`` holds the requirement codes that have content.

    ``valid_until`` is the last day; ``followup_months`` lie between two follow-up reviews.
    """

    kind: str
    given: frozenset[str]
    valid_from: date | None = None
    valid_until: date | None = None
    followup_months: int | None = None


@dataclass(frozen=True)
class CaseFacts:
    """Everything the rules need to know of a case and of the person acting; gathered by ``queries``.

    ``day`` is today where the rulebook holds; ``longest_followup`` is in months, None where it was not asked for.
    """

    state: State
    roles: frozenset[Role]
    missing_items: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    pledged: bool = True
    notices: int = 0
    notice_items: tuple[str, ...] = ()
    open_items: tuple[str, ...] = ()
    reasons: bool = True
    tier: str = "-"
    exemption_claimed: bool = False
    exempt: bool = False
    listed: tuple[str, ...] = ()
    red_lines: tuple[str, ...] = ()
    composition: tuple[Gap, ...] = ()
    reviewers: int = 0
    outstanding: int = 0
    unrated: int = 0
    unreasoned: tuple[str, ...] = ()  # gates rated with the blocking step and not a word why
    on_agenda: bool = False
    meeting_open: bool = False
    other_item_open: bool = False
    room: Room | None = None
    voter: int = 0
    blocks: tuple[Block, ...] = ()
    proposal: str = ""
    voting_opened: bool = False
    standing: Standing | None = None
    draft: Draft | None = None
    day: date = date.min
    longest_followup: int | None = None
    carried_kind: str = ""
    deadline_later: bool = True
    chair_free: bool = False
    designated: bool = False
    conflicted: tuple[int, ...] = ()
