"""How a verification went: people, steps, the visit, findings, compliance, panel and notice, up to the decision."""

from datetime import date
from functools import cached_property

from ethicsreview.accounts.models import User
from ethicsreview.audit.domain import organisation_chain
from ethicsreview.audit.models import AuditEvent
from workflows.domain.ballots import Cast, Choice, last_choices
from workflows.domain.citations import Citation
from workflows.domain.clock import local_day
from workflows.domain.scheme import Scheme
from workflows.domain.verification_requests import REQUEST
from workflows.domain.verification_states import FindingKind, OnSiteKind, VState
from workflows.models import DcmmFinding, NaDecision, PanelBallot, Verification
from workflows.reporting.naming import person
from workflows.reporting.verification_data import (
    AssessorFacts,
    BallotFacts,
    FindingFacts,
    JudgementFacts,
    NoticeFacts,
    OnSiteFacts,
    PanelVoteFacts,
    RecusalFacts,
    ReturnFacts,
    StepFacts,
)


def rules_of(scheme: Scheme) -> dict[str, Citation | None]:
    """The verbs of the procedure's steps, each with the rule of the scheme that asks for it."""
    return {
        REQUEST: None,
        "verification.accept": scheme.team.citation,
        "onsite.begin": scheme.demonstrations.citation,
        "findings.release": scheme.correction_days.citation,
        "correction.close": scheme.correction_days.citation,
        "correction.end": scheme.correction_days.citation,
        "verification.recommend": None,
        "compliance.pass": scheme.gaps.get("reviewer_missing"),
        "compliance.reject": scheme.gaps.get("reviewer_missing"),
        "panel.close": scheme.panel.threshold.citation,
        "verification.reopen": scheme.notice_days.citation,
        "verification.decide": scheme.notice_days.citation,
    }


class DecidedVerification:
    """A verification without what happened after its decision. Raises ``ValueError`` where there is none."""

    def __init__(self, verification: Verification, scheme: Scheme) -> None:
        decided = {VState.CERTIFIED.value, VState.REFUSED.value}
        if verification.state not in decided or verification.decided_at is None or verification.decided_by is None:
            raise ValueError(f"verification {verification.pk} is not decided")
        self.row = verification
        self.scheme = scheme
        self.at = verification.decided_at
        self.decided_by: User = verification.decided_by

    @property
    def day_of_hand_in(self) -> date:
        """Where the scheme holds."""
        return local_day(self.row.created_at, self.scheme.time_zone)

    def steps(self) -> tuple[StepFacts, ...]:
        """In order, from the request to the decision."""
        rules = rules_of(self.scheme)
        chain = organisation_chain(self.row.self_assessment.organisation_id)
        events = AuditEvent.objects.filter(
            chain=chain, subject=f"verification:{self.row.pk}", verb__in=rules, at__lte=self.at
        ).order_by("number")
        people = User.objects.in_bulk({event.actor for event in events if event.actor is not None})
        return tuple(
            StepFacts(
                at=event.at,
                verb=event.verb,
                person=person(people[event.actor]) if event.actor in people else None,
                citation=rules[event.verb],
            )
            for event in events
        )

    def returns(self) -> tuple[ReturnFacts, ...]:
        """Recommendations that went back to the team, in order."""
        rows = self.row.sent_back.filter(at__lte=self.at).order_by("at", "pk")
        return tuple(ReturnFacts(row.at, VState(row.state), row.tier, row.reasons) for row in rows)

    def dcmm_finding(self) -> DcmmFinding | None:
        """The finding of a DCMM level that stood, with its second signature."""
        rows = self.row.dcmm_findings.filter(at__lte=self.at, countersigned_at__lte=self.at)
        return rows.select_related("by", "countersigned_by").order_by("pk").last()

    def team(self) -> tuple[AssessorFacts, ...]:
        """Those who were on it when it was decided, the lead first."""
        rows = self.row.team.select_related("user").order_by("-lead", "pk")
        standing = [row for row in rows if row.ended_at is None or row.ended_at > self.at]
        return tuple(AssessorFacts(person(row.user), row.lead) for row in standing)

    def onsite(self) -> tuple[OnSiteFacts, ...]:
        """By day."""
        roles = {one.code: one.label for one in self.scheme.interviews}
        return tuple(
            OnSiteFacts(
                kind=OnSiteKind(row.kind),
                role=roles.get(row.role),
                subject=row.subject,
                held_on=row.held_on,
                notes=row.notes,
                by=person(row.by),
            )
            for row in self.row.onsite.filter(at__lte=self.at).select_related("by").order_by("held_on", "pk")
        )

    def findings(self) -> tuple[FindingFacts, ...]:
        """By number."""
        return tuple(
            FindingFacts(
                number=row.number,
                criterion=row.criterion,
                kind=FindingKind(row.kind),
                text=row.text,
                at=row.at,
                answer=row.answer,
                answered_at=row.answered_at,
                resolution=row.resolution,
                resolved=row.resolved,
            )
            for row in self.row.findings.filter(at__lte=self.at).order_by("number")
        )

    def na_decisions(self) -> dict[str, NaDecision]:
        """By item."""
        return {row.item: row for row in self.row.na_decisions.filter(at__lte=self.at)}

    def recommendation(self) -> JudgementFacts | None:
        """The grounds of the tier that was recommended."""
        row = self.row
        if row.recommended_by is None or row.recommended_at is None:
            return None
        return JudgementFacts(person(row.recommended_by), row.recommended_at, row.recommendation)

    def compliance(self) -> JudgementFacts | None:
        """The review of the procedure by somebody outside the team."""
        row = self.row
        if row.reviewer is None or row.compliance_at is None:
            return None
        return JudgementFacts(person(row.reviewer), row.compliance_at, row.compliance_note)

    def ballots(self) -> tuple[BallotFacts, ...]:
        """Every vote of the panel that was closed."""
        rows = self.row.ballots.filter(closed_at__lte=self.at).prefetch_related("votes").order_by("number")
        return tuple(self._ballot(row) for row in rows)

    def _ballot(self, row: PanelBallot) -> BallotFacts:
        if row.closed_at is None or row.standing is None:
            raise ValueError(f"ballot {row.pk} is not closed")
        votes = sorted(row.votes.all(), key=lambda vote: vote.number)
        choices = last_choices(Cast(vote.user_id, Choice(vote.choice), vote.number) for vote in votes)
        reasons = {vote.user_id: vote.reason for vote in votes}
        standing = row.standing
        return BallotFacts(
            number=row.number,
            tier=row.tier,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            carried=bool(row.carried),
            in_favour=standing["in_favour"],
            against=standing["against"],
            abstain=standing["abstain"],
            silent=standing["silent"],
            present=standing["present"],
            needed=standing["needed"],
            votes=tuple(
                PanelVoteFacts(person(self._panellists[user]), choices.get(user), reasons.get(user, ""))
                for user in row.present
            ),
        )

    @cached_property
    def _panellists(self) -> dict[int, User]:
        counted = {user for present in self.row.ballots.values_list("present", flat=True) for user in present}
        return User.objects.in_bulk(counted)

    def notice(self) -> NoticeFacts | None:
        """The notice whose end let the decision be taken."""
        first, last = self.row.notice_from, self.row.notice_until
        if first is None or last is None:
            return None
        objections = [row.upheld for row in self.row.objections.filter(at__lte=self.at)]
        return NoticeFacts(first, last, len(objections), objections.count(True), self.scheme.notice_days.citation)

    def recusals(self) -> tuple[RecusalFacts, ...]:
        """Who had no part."""
        kinds = {kind.code: kind.label for kind in self.scheme.conflicts}
        rows = self.row.recusals.filter(at__lte=self.at).select_related("user").order_by("at", "pk")
        return tuple(RecusalFacts(person(row.user), kinds[row.kind], row.at) for row in rows)
