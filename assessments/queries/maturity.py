"""One self-assessment as a person of the enterprise stands to it, each part read once and only when asked for."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from assessments.domain.claims import Policy, Proof, proof
from assessments.domain.counting import Counted, count
from assessments.domain.digests import content_digest
from assessments.domain.maturity_gaps import MaturityFacts, Part
from assessments.domain.scoring import Ratings, Result, Standing, result, set_aside_faults, standings
from assessments.domain.staged import Dimension, StagedInstrument
from assessments.domain.states import AssessmentState
from assessments.models import Answer, Contributor, DcmmClaim, Evidence, SelfAssessment
from assessments.queries.instruments import load_staged
from assessments.queries.snapshots import (
    Contents,
    claim_of,
    contents,
    criteria_of,
    given_ratings,
    pieces_by_criterion,
    standing_claim,
    standing_evidence,
)
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Membership, User

ANSWERED = ("assessment", "item", "step", "not_applicable", "reason", "at", "by__name", "by__name_zh")


def day_of(now: datetime) -> date:
    """The day at this installation: evidence, certificates and memberships are measured at it."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def of_person(rows: QuerySet[SelfAssessment], user: User, day: date) -> QuerySet[SelfAssessment]:
    """``rows`` with how ``user`` stands to each on ``day``, and without the instrument's content; no query more."""
    held = Membership.objects.current(day).filter(
        user=user.pk, role=MemberRole.ENTERPRISE.value, organisation=OuterRef("organisation")
    )
    named = Contributor.objects.filter(self_assessment=OuterRef("pk"), user=user.pk).values("dimensions")[:1]
    return (
        rows.annotate(inside=Exists(held), named_for=Subquery(named))
        .select_related("assessment__instrument_version", "organisation")
        .defer("assessment__instrument_version__content", "organisation__logo")
    )


def one_round(assessment_id: int) -> dict[str, Answer]:
    """The current answers of one round by key, cleared ones included, with who gave them; one query."""
    rows = Answer.objects.filter(assessment=assessment_id).current().select_related("by").only(*ANSWERED)
    return {answer.item: answer for answer in rows}


def answers_digest(answers: Mapping[str, Answer]) -> str:
    """What the current answers say, as 64 hexadecimal digits: equal as long as nobody answers otherwise."""
    said = {
        key: [answer.step, answer.not_applicable, answer.reason]
        for key, answer in answers.items()
        if not answer.cleared or answer.reason
    }
    return content_digest(said)


class MaturityFolder:
    """Facts, answers, evidence, claim and result of one self-assessment; ``row`` comes through ``of_person``."""

    def __init__(self, row: SelfAssessment, *, user: User, now: datetime) -> None:
        self.row = row
        self.user = user
        self.now = now

    def afresh(self) -> Self:
        """The same row, with all that hangs on it read anew: after a save of this request."""
        return type(self)(self.row, user=self.user, now=self.now)

    @property
    def submitted(self) -> bool:
        """Handed in, and read only from then on."""
        return self.row.assessment.state == AssessmentState.SUBMITTED.value

    @property
    def day(self) -> date:
        """The day evidence and certificates are measured at: today until the submission freezes it."""
        return self.row.reference_date or day_of(self.now)

    @cached_property
    def instrument(self) -> StagedInstrument:
        """The pinned version of the instrument."""
        return load_staged(self.row.assessment.instrument_version)

    @cached_property
    def parts(self) -> frozenset[Part]:
        """What the person is here; empty for whoever has not the enterprise role of this organisation today."""
        if not getattr(self.row, "inside", False):
            return frozenset()
        found = {Part.READER}
        if self.row.lead_id == self.user.pk:
            found.add(Part.LEAD)
        if getattr(self.row, "named_for", None):
            found.add(Part.CONTRIBUTOR)
        return frozenset(found)

    @cached_property
    def own(self) -> frozenset[str]:
        """The dimensions this person may answer."""
        known = {dimension.key for dimension in self.instrument.dimensions}
        if Part.LEAD in self.parts:
            return frozenset(known)
        named = getattr(self.row, "named_for", None) if Part.CONTRIBUTOR in self.parts else None
        return frozenset(known & set(named or ()))

    @property
    def leads(self) -> bool:
        """Whether the person leads an assessment that is still open."""
        return Part.LEAD in self.parts and not self.submitted

    @property
    def fills(self) -> bool:
        """Whether the person may add evidence: leads or contributes, and nothing is handed in yet."""
        return bool(self.parts & {Part.LEAD, Part.CONTRIBUTOR}) and not self.submitted

    def answers_in(self, dimension: str) -> bool:
        """Whether the person may answer this dimension now."""
        return dimension in self.own and not self.submitted

    def dimension_of(self, key: str) -> Dimension:
        """The dimension of a criterion or an item. Raises ``KeyError``."""
        criterion = self.instrument.criteria.get(key)
        return self.instrument.dimension_of[criterion.item if criterion else key]

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """The current answers of the enterprise's own round, cleared ones included."""
        return one_round(self.row.assessment_id)

    @cached_property
    def evidence(self) -> list[Evidence]:
        """Every piece that is not removed."""
        return standing_evidence(self.row.pk)

    @cached_property
    def evidence_by_criterion(self) -> dict[str, list[Evidence]]:
        """The pieces that stand for each criterion."""
        found: dict[str, list[Evidence]] = {}
        for piece in self.evidence:
            for criterion in criteria_of(piece):
                found.setdefault(criterion, []).append(piece)
        return found

    @cached_property
    def claim(self) -> DcmmClaim | None:
        """The claimed DCMM level; None where none is stated or the instrument asks for none."""
        return standing_claim(self.row.pk) if self.instrument.dcmm else None

    @cached_property
    def proof(self) -> Proof | None:
        """What the claim is worth in a self-assessment; None where the instrument has no such gate."""
        if self.instrument.dcmm is None:
            return None
        return proof(
            claim_of(self.claim),
            self.instrument.dcmm,
            legal_entity=self.row.legal_entity,
            day=self.day,
            policy=Policy(self.row.dcmm_policy),
            verified=False,
        )

    @cached_property
    def counted(self) -> Counted:
        """The ratings as given and as they count; every piece counts that stood when the round was handed in.

        What is handed in later answers the findings of a verification: it changes nothing here.
        """
        given = given_ratings(self.instrument, self.answers)
        pieces = pieces_by_criterion(self.evidence, until=self.row.assessment.submitted_at)
        return count(self.instrument, given, pieces, day=self.day)

    @property
    def ratings(self) -> Ratings:
        """The ratings as they count."""
        return self.counted.counted

    @cached_property
    def result(self) -> Result:
        """The provisional result up to the target; what is set aside against the instrument counts as unanswered."""
        level = self.proof.level if self.proof else None
        return result(self.instrument, self._lawful, dcmm=level, target=self.row.target)

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """The state of every criterion up to the target."""
        return standings(self.instrument, self._lawful, target=self.row.target)

    @property
    def capped(self) -> list[str]:
        """The criteria whose ratings count less for want of evidence, of those that count at all."""
        return [key for key in self.counted.lacking if self.standings[key] is Standing.RATED]

    @cached_property
    def refused_aside(self) -> tuple[str, ...]:
        """Items set aside that may not be; possible only where an earlier assessment was taken over."""
        return set_aside_faults(self.instrument, self.ratings.set_aside)

    @property
    def _lawful(self) -> Ratings:
        return Ratings(self.ratings.steps, self.ratings.set_aside - set(self.refused_aside))

    @cached_property
    def contributors(self) -> list[Contributor]:
        """The colleagues with the dimensions they were named for."""
        rows = Contributor.objects.filter(self_assessment=self.row.pk).select_related("user")
        return list(rows.order_by("user__name", "user_id"))

    @cached_property
    def contents(self) -> Contents:
        """What a snapshot would hold as all stands now."""
        return contents(
            self.row,
            self.instrument,
            self.answers,
            self.evidence,
            day=self.day,
            claim=self.claim,
            evidence_counts=lambda piece: True,
        )

    def facts(self, *, touched: tuple[str, ...] = (), stale: bool = False) -> MaturityFacts:
        """Enough for every step but submitting; reads nothing."""
        return MaturityFacts(self.parts, self.submitted, own=self.own, touched=touched, stale=stale)

    def submission_facts(self, *, stale: bool = False) -> MaturityFacts:
        """All that submitting asks for."""
        return MaturityFacts(
            self.parts,
            self.submitted,
            own=self.own,
            unanswered=self.result.unanswered,
            refused_aside=self.refused_aside,
            claimed=self.proof is None or self.claim is not None,
            stale=stale,
        )
