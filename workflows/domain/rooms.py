"""Who sits where: a committee's composition and the room for one agenda item after recusals."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.rulebook import CommitteeRules, Rulebook


class SeatRole(StrEnum):
    """What a seat lets its holder do; the secretary's seat has no vote."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    MEMBER = "member"
    ALTERNATE = "alternate"
    SECRETARY = "secretary"


VOTING = frozenset({SeatRole.CHAIR, SeatRole.VICE_CHAIR, SeatRole.MEMBER, SeatRole.ALTERNATE})


class Sex(StrEnum):
    """As the law asks of a committee's make-up."""

    FEMALE = "female"
    MALE = "male"


class Mode(StrEnum):
    """How a member is present."""

    ROOM = "room"
    VIDEO = "video"


@dataclass(frozen=True)
class Sitting:
    """One person on a committee or in a room."""

    user: int
    role: SeatRole
    categories: frozenset[str]
    sex: Sex
    external: bool
    starts: date | None = None
    ends: date | None = None


def _wanted(rules: CommitteeRules, circumstances: frozenset[str]) -> list[str]:
    return [c.code for c in rules.categories if (c.required if c.when is None else c.when in circumstances)]


def _uncovered(people: Iterable[Sitting], wanted: list[str]) -> list[str]:
    covered = {category for person in people for category in person.categories}
    return [category for category in wanted if category not in covered]


def _mix(people: list[Sitting], rules: CommitteeRules) -> list[Gap]:
    found = []
    if rules.mixed_gender.value and len({person.sex for person in people}) < 2:
        found.append(Gap(GapCode.GENDER_MISSING))
    if rules.external.value and not any(person.external for person in people):
        found.append(Gap(GapCode.EXTERNAL_MISSING))
    return found


def _too_long(person: Sitting, years: int) -> bool:
    if person.starts is None or person.ends is None:
        return person.ends is None
    try:
        latest = person.starts.replace(year=person.starts.year + years)
    except ValueError:  # 29 February has no anniversary in most years
        latest = person.starts.replace(year=person.starts.year + years, month=3, day=1)
    return person.ends > latest


def composition_gaps(
    people: Iterable[Sitting], rules: CommitteeRules, circumstances: frozenset[str]
) -> tuple[Gap, ...]:
    """What a committee lacks by its rulebook; alternates and the secretary do not count as members."""
    full = [p for p in people if p.role in VOTING and p.role is not SeatRole.ALTERNATE]
    found: list[Gap] = []
    if len(full) < rules.min_members.value:
        found.append(Gap(GapCode.MEMBERS_MISSING, f"{len(full)}/{rules.min_members.value}"))
    if rules.parity.value == "odd" and len(full) % 2 == 0:
        found.append(Gap(GapCode.PARITY_WRONG, str(len(full))))
    if sum(p.role is SeatRole.CHAIR for p in full) != rules.chairs.value:
        found.append(Gap(GapCode.CHAIR_MISSING))
    found += [Gap(GapCode.CATEGORY_MISSING, c) for c in _uncovered(full, _wanted(rules, circumstances))]
    found += _mix(full, rules)
    long = sum(_too_long(p, rules.max_term_years.value) for p in full)
    if long:
        found.append(Gap(GapCode.TERM_TOO_LONG, str(long)))
    return tuple(found)


@dataclass(frozen=True)
class Room:
    """Those present for one item and free to vote on it.

    ``recused`` is how many more are present and still counted, where the rulebook counts the recused; else 0.
    """

    people: tuple[Sitting, ...]
    video: frozenset[int] = frozenset()
    circumstances: frozenset[str] = frozenset()
    recused: int = 0

    @property
    def counted(self) -> int:
        """How many the quorum is counted over."""
        return len(self.people) + self.recused

    @property
    def users(self) -> frozenset[int]:
        """Ids of the people present."""
        return frozenset(person.user for person in self.people)


def room_gaps(room: Room, rules: Rulebook) -> tuple[Gap, ...]:
    """What keeps this room from deciding: too few people, a category nobody present covers, unlawful video."""
    found: list[Gap] = []
    if room.counted < rules.meeting.quorum.value:
        found.append(Gap(GapCode.NO_QUORUM, f"{room.counted}/{rules.meeting.quorum.value}"))
    if rules.meeting.quorum_categories.value:
        wanted = _wanted(rules.committee, room.circumstances)
        found += [Gap(GapCode.ROOM_CATEGORY_MISSING, c) for c in _uncovered(room.people, wanted)]
        found += [
            Gap(GapCode.ROOM_GENDER_MISSING if gap.code is GapCode.GENDER_MISSING else GapCode.ROOM_EXTERNAL_MISSING)
            for gap in _mix(list(room.people), rules.committee)
        ]
    if room.video and not rules.meeting.video.value:
        found.append(Gap(GapCode.VIDEO_NOT_ALLOWED))
    return tuple(found)
