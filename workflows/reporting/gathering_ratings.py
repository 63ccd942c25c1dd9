"""What reviewers found: the profile, each rating with its reason and evidence, and what became of the gates."""

from assessments.domain.instrument import Group, Item, gate_applies, is_asked
from assessments.domain.profile import GroupValue
from assessments.models import Answer
from workflows.domain.states import MotionKind
from workflows.models import Motion, Review
from workflows.reporting.data import Evidence, Gate, GateOutcome, Indicator, Point, Rated, Reviewer
from workflows.reporting.issued import IssuedFolder
from workflows.reporting.naming import person


def _marked(folder: IssuedFolder) -> list[tuple[str, Review]]:
    return [(f"R{place}", review) for place, review in enumerate(folder.reviews, start=1)]


def read_reviewers(folder: IssuedFolder) -> tuple[Reviewer, ...]:
    """The reviewers whose reviews counted, in the order of assignment."""
    return tuple(
        Reviewer(mark, person(review.user), review.submitted_at, review.opinion)
        for mark, review in _marked(folder)
        if review.submitted_at is not None
    )


def read_points(folder: IssuedFolder) -> tuple[Point, ...]:
    """The instrument's points in its order."""
    return tuple(_point(group, folder.profile.group(group.key), folder) for group in folder.instrument.groups)


def _point(group: Group, value: GroupValue, folder: IssuedFolder) -> Point:
    by_reviewer = {row.reviewer: row.value for row in value.reviewers}
    return Point(
        key=group.key,
        title=group.title,
        summary=group.summary,
        value=value.value,
        lowest=value.lowest,
        highest=value.highest,
        coverage=value.coverage,
        by_reviewer=tuple(by_reviewer.get(review.user_id) for review in folder.reviews),
        indicators=tuple(_indicator(item, folder) for item in group.items),
    )


def _indicator(item: Item, folder: IssuedFolder) -> Indicator:
    tier, flags = folder.case.tier or None, frozenset(folder.case.flags)
    gate = gate_applies(item, tier, flags)
    return Indicator(
        key=item.key,
        question=item.question,
        gate=gate,
        asked=is_asked(item, tier, flags),
        ratings=tuple(
            _rated(mark, folder.answers[review.assessment_id].get(item.key), gate, folder)
            for mark, review in _marked(folder)
        ),
    )


def _rated(mark: str, answer: Answer | None, gate: bool, folder: IssuedFolder) -> Rated:
    if answer is None:
        return Rated(mark, None, False, "", (), None, False)
    return Rated(
        mark=mark,
        step=answer.step or None,
        na=answer.not_applicable,
        reason=answer.reason,
        evidence=tuple(
            Evidence(
                document=link.version.name,
                version=link.version.number,
                page=link.page,
                note=link.note,
                sha256=link.version.sha256,
            )
            for link in answer.evidence.all()
        ),
        at=answer.at,
        blocks=gate and answer.step == folder.instrument.blocking,
    )


def read_gates_asked(folder: IssuedFolder) -> int:
    """How many indicators could block in this case."""
    tier, flags = folder.case.tier or None, frozenset(folder.case.flags)
    return sum(gate_applies(item, tier, flags) for item in folder.instrument.items.values())


def read_gates(folder: IssuedFolder) -> tuple[Gate, ...]:
    """Every blocking rating a reviewer had handed in on an applicable gate, revised ones too."""
    tier, flags = folder.case.tier or None, frozenset(folder.case.flags)
    keys = [key for key, item in folder.instrument.items.items() if gate_applies(item, tier, flags)]
    return tuple(
        gate
        for key in keys
        for review in folder.reviews
        if (gate := _gate(folder.instrument.items[key], review, folder)) is not None
    )


def _gate(item: Item, review: Review, folder: IssuedFolder) -> Gate | None:
    given = folder.every_answer[review.assessment_id].get(item.key, [])
    handed_in = [row for row in given if review.submitted_at is not None and row.at > review.submitted_at]
    before = [row for row in given if row not in handed_in]
    counted = [*before[-1:], *handed_in]
    blocking = [row for row in counted if row.step == folder.instrument.blocking]
    if not blocking:
        return None
    last, block = counted[-1], blocking[-1]
    resolving = _resolving(item.key, review, block, folder)
    if last is not block:
        step = folder.instrument.steps.get(last.step)
        became, outcome = (step.label if step else folder.instrument.not_applicable.label), GateOutcome.REVISED
    else:
        became, outcome = None, GateOutcome.RESOLVED if resolving else GateOutcome.STANDING
    return Gate(
        key=item.key,
        question=item.question,
        reviewer=person(review.user),
        reason=block.reason,
        at=block.at,
        outcome=outcome,
        became=became,
        became_at=last.at if became else None,
        motion=folder.motions.index(resolving) + 1 if resolving and outcome is GateOutcome.RESOLVED else 0,
    )


def _resolving(key: str, review: Review, block: Answer, folder: IssuedFolder) -> Motion | None:
    """The carried motion that resolved this blocking rating, put to the vote after it was given."""
    for motion in folder.motions:
        named = motion.kind == MotionKind.RESOLVE_GATE.value and motion.indicator == key
        same = motion.review is not None and motion.review.user_id == review.user_id
        if named and same and motion.carried and motion.closed_at is not None and block.at <= motion.closed_at:
            return motion
    return None
