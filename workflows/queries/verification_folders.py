"""Everything about one verification as one person stands to it, and the facts the table asks for."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import cached_property

from assessments.domain.claims import same_entity
from assessments.domain.staged import StagedInstrument
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Membership, User
from workflows.domain.ballots import Cast, Choice, Standing, needed, tally
from workflows.domain.clock import local_day
from workflows.domain.gapcodes import Gap
from workflows.domain.scheme import PanelBase, Scheme
from workflows.domain.verification_facts import VerificationFacts
from workflows.domain.verification_states import (
    TEAM,
    OnSiteKind,
    Round,
    VRole,
    VState,
    may_see_round,
)
from workflows.domain.verification_table import Transition, verification_gaps
from workflows.models import (
    Certificate,
    Finding,
    Objection,
    OnSiteEntry,
    PanelBallot,
    PanelSeat,
    PanelVote,
    Recusal,
    SentBack,
    TeamAssessor,
    Verification,
)
from workflows.queries.rulebooks import load_scheme
from workflows.queries.verification_rounds import Rated, TeamRound


class VerificationFolder:
    """A verification as one person stands to it at one moment; each part is fetched when first asked for."""

    def __init__(self, verification: Verification, *, user: User, now: datetime) -> None:
        self.verification = verification
        self.user = user
        self.now = now

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme edition pinned to the verification."""
        return load_scheme(self.verification.scheme)

    @property
    def instrument(self) -> StagedInstrument:
        """The instrument's version, the same for the enterprise and the team."""
        return self.round.instrument

    @cached_property
    def day(self) -> date:
        """Today in the scheme's time zone."""
        return local_day(self.now, self.scheme.time_zone)

    @property
    def state(self) -> VState:
        """Where it stands."""
        return VState(self.verification.state)

    @cached_property
    def round(self) -> TeamRound:
        """The team's ratings and what they come to."""
        return TeamRound(self.verification, self.scheme, self._recused_before)

    # -- people --------------------------------------------------------------------------------------------------

    @cached_property
    def recusals(self) -> list[Recusal]:
        """Who has no part, the first first."""
        return list(self.verification.recusals.select_related("user", "by").order_by("pk"))

    @cached_property
    def recused(self) -> frozenset[int]:
        """Their ids."""
        return frozenset(recusal.user_id for recusal in self.recusals)

    @property
    def _recused_before(self) -> frozenset[int]:
        """Whose ratings do not count: once it is decided, a later recusal takes nothing from what was decided."""
        decided = self.verification.decided_at
        return frozenset(row.user_id for row in self.recusals if decided is None or row.at <= decided)

    @cached_property
    def places(self) -> list[TeamAssessor]:
        """Every place on the team there ever was, the first first."""
        return list(self.verification.team.select_related("user").order_by("pk"))

    @property
    def team(self) -> list[TeamAssessor]:
        """Assessors at work, the leading one first: not ended, not recused, and still assessors of the body."""
        return sorted((place for place in self.places if self._is_at_work(place)), key=lambda place: not place.lead)

    @cached_property
    def seats(self) -> list[PanelSeat]:
        """Every seat on the panel there ever was, the first first."""
        return list(self.verification.panel.select_related("user").order_by("pk"))

    @property
    def panel(self) -> list[PanelSeat]:
        """Experts on the panel now."""
        return [seat for seat in self.seats if self._is_at_work(seat)]

    def _is_at_work(self, place: TeamAssessor | PanelSeat) -> bool:
        return place.ended_at is None and place.user_id in self.assessors and place.user_id not in self.recused

    @cached_property
    def assessors(self) -> frozenset[int]:
        """Ids of those who assess for the body today."""
        held = Membership.objects.current(self.day).filter(
            organisation=self.verification.host_id, role=MemberRole.ASSESSOR.value, user__is_active=True
        )
        return frozenset(held.values_list("user_id", flat=True))

    @cached_property
    def _memberships(self) -> frozenset[tuple[int, str]]:
        parties = [self.verification.host_id, self.verification.self_assessment.organisation_id]
        held = Membership.objects.current(self.day).filter(user=self.user.pk, organisation__in=parties)
        return frozenset(held.values_list("organisation_id", "role"))

    @cached_property
    def roles(self) -> frozenset[VRole]:
        """What the person is to the verification; nobody of the enterprise has a part on the body's side."""
        own = self.verification.self_assessment.organisation_id
        if any(organisation == own for organisation, _role in self._memberships):
            return self._enterprise_roles(own)
        if self.user.pk in self.recused:
            return frozenset()
        return frozenset(self._desk_roles() | self._working_roles())

    def _enterprise_roles(self, own: int) -> frozenset[VRole]:
        if (own, MemberRole.ENTERPRISE.value) not in self._memberships:
            return frozenset()
        leads = self.verification.self_assessment.lead_id == self.user.pk
        return frozenset({VRole.ENTERPRISE, VRole.LEAD} if leads else {VRole.ENTERPRISE})

    def _desk_roles(self) -> set[VRole]:
        found, host = set(), self.verification.host_id
        if (host, MemberRole.SECRETARY.value) in self._memberships:
            found.add(VRole.COORDINATOR)
        if (host, MemberRole.MANAGER.value) in self._memberships and self.user.pk not in self.involved:
            found.add(VRole.DECIDER)
        return found

    def _working_roles(self) -> set[VRole]:
        if self.user.pk not in self.assessors:
            return set()
        found: set[VRole] = set()
        for place in self.team:
            if place.user_id == self.user.pk:
                found |= TEAM if place.lead else {VRole.ASSESSOR}
        if self.verification.reviewer_id == self.user.pk:
            found.add(VRole.REVIEWER)
        if any(seat.user_id == self.user.pk for seat in self.panel):
            found.add(VRole.PANELLIST)
        return found

    @property
    def involved(self) -> frozenset[int]:
        """Ids of those who ever had a part in finding the result: team, reviewer, panel."""
        found = {place.user_id for place in self.places} | {seat.user_id for seat in self.seats}
        reviewer = self.verification.reviewer_id
        return frozenset(found if reviewer is None else found | {reviewer})

    def conflicted(self, users: Collection[int]) -> tuple[int, ...]:
        """Of these people, those recused or belonging to the enterprise today."""
        own = Membership.objects.current(self.day).filter(
            organisation=self.verification.self_assessment.organisation_id, user__in=users
        )
        inside = set(own.values_list("user_id", flat=True))
        return tuple(sorted(user for user in set(users) if user in inside or user in self.recused))

    def advisers(self, users: Collection[int]) -> tuple[int, ...]:
        """Of these people, those who belong today to the firm named as the enterprise's adviser."""
        adviser = self.verification.self_assessment.adviser
        if not adviser.strip():
            return ()
        held = Membership.objects.current(self.day).filter(user__in=users)
        rows = held.values_list("user_id", "organisation__name", "organisation__name_zh")
        return tuple(sorted({user for user, *names in rows if is_adviser(adviser, names)}))

    # -- what was done -------------------------------------------------------------------------------------------

    @cached_property
    def onsite(self) -> list[OnSiteEntry]:
        """What was recorded on site, by day."""
        return list(self.verification.onsite.select_related("by").order_by("held_on", "pk"))

    @cached_property
    def all_findings(self) -> list[Finding]:
        """Every finding by number, drafts too: for the team alone before their release."""
        return list(self.verification.findings.select_related("by", "answered_by", "resolved_by").order_by("number"))

    @property
    def findings(self) -> list[Finding]:
        """The findings this person may see: all after the release, before it the team's own drafts."""
        return self.all_findings if self.verification.findings_at or self.roles & TEAM else []

    @cached_property
    def returns(self) -> list[SentBack]:
        """Every time a recommendation came back, the first first."""
        return list(self.verification.sent_back.select_related("by").order_by("pk"))

    @cached_property
    def ballots(self) -> list[PanelBallot]:
        """The panel's ballots with every vote, the first first."""
        return list(self.verification.ballots.prefetch_related("votes__user").order_by("number"))

    @property
    def ballot(self) -> PanelBallot | None:
        """The ballot being voted on."""
        return next((ballot for ballot in self.ballots if ballot.closed_at is None), None)

    def shown_votes(self, ballot: PanelBallot) -> list[PanelVote]:
        """The votes this person may see, in order: all of a closed ballot, of an open one the own alone."""
        votes = sorted(ballot.votes.all(), key=lambda vote: vote.number)
        return votes if ballot.closed_at else [vote for vote in votes if vote.user_id == self.user.pk]

    def standing_of(self, ballot: PanelBallot) -> Standing:
        """The ballot over the panel as it is."""
        votes = [Cast(vote.user_id, Choice(vote.choice), vote.number) for vote in ballot.votes.all()]
        return tally(votes, frozenset(seat.user_id for seat in self.panel))

    def base_of(self, standing: Standing) -> int:
        """Over how many the threshold is counted."""
        return standing.present if self.scheme.panel.base.value is PanelBase.SEATED else standing.cast

    def votes_needed(self, standing: Standing) -> int:
        """How many votes in favour carry the recommendation."""
        rules = self.scheme.panel
        return needed(
            threshold=rules.threshold.value, inclusive=rules.inclusive.value, denominator=self.base_of(standing)
        )

    @property
    def panel_votes(self) -> bool:
        """Whether the recommended tier is one the panel votes on."""
        tier = self.verification.recommended_tier
        return tier is not None and tier >= self.scheme.panel.from_tier.value

    @cached_property
    def objections(self) -> list[Objection]:
        """Every objection, the first first."""
        return list(self.verification.objections.select_related("settled_by").order_by("pk"))

    @property
    def present_objections(self) -> list[Objection]:
        """Those filed against the recommendation as it stands."""
        since = self.verification.recommended_at
        return [row for row in self.objections if since is not None and row.at >= since]

    @cached_property
    def certificate(self) -> Certificate | None:
        """The certificate it ended with."""
        return Certificate.objects.filter(verification=self.verification).first()

    # -- what may be seen and done -------------------------------------------------------------------------------

    def may_see(self, round_: Round) -> bool:
        """Whether this person may see these ratings now."""
        return may_see_round(self.roles, self.state, round_)

    def ratings(self, round_: Round) -> dict[str, Rated]:
        """The ratings of a round by criterion as this person may see them; empty where it may not."""
        if not self.may_see(round_):
            return {}
        if round_ is Round.SELF:
            return self.round.claimed()
        if round_ is Round.FINAL:
            return self.round.final()
        return self.round.drafted() if self.roles & TEAM else self.round.shared()

    def gaps(self, transition: Transition) -> tuple[Gap, ...]:
        """What keeps this person from that step now; empty means go."""
        return verification_gaps(transition, self.facts, self.scheme)

    @cached_property
    def facts(self) -> VerificationFacts:
        """Everything the table needs, for this person and this moment."""
        row, team, ballot = self.verification, self.team, self.ballot
        standing = self.standing_of(ballot) if ballot else None
        at_work = [place.user_id for place in team]
        objections = self.present_objections
        return VerificationFacts(
            state=self.state,
            roles=self.roles,
            day=self.day,
            team=len(team),
            has_lead=any(place.lead for place in team),
            conflicted=self.conflicted(at_work) if at_work else (),
            advisers=self.advisers(at_work) if at_work else (),
            unrated=self.round.result.unanswered if row.round_id else (),
            unjudged=self.round.unjudged,
            undecided=self.round.undecided,
            claim_unjudged=self.round.claims_certificate and row.dcmm_accepted is None,
            finding_unsigned=self.round.dcmm_finding is not None and not self.round.finding_signed,
            interviews=_by_role(self.onsite),
            demonstrations=_count(self.onsite, OnSiteKind.DEMONSTRATION),
            scenarios=_count(self.onsite, OnSiteKind.SCENARIO),
            with_findings=frozenset(finding.criterion for finding in self.all_findings),
            unresolved=tuple(finding.number for finding in self.all_findings if finding.resolved is None),
            sent_back=row.recommended_at is not None and self.state is VState.RECOMMENDING,
            correction_until=row.correction_until,
            tier=row.recommended_tier,
            has_reviewer=row.reviewer_id is not None,
            seated=len(self.panel),
            standing=standing,
            votes_needed=self.votes_needed(standing) if standing else 0,
            notice_until=row.notice_until,
            open_objections=sum(objection.upheld is None for objection in objections),
            upheld=sum(bool(objection.upheld) for objection in objections),
        )


def is_adviser(adviser: str, names: Iterable[str]) -> bool:
    """Whether one of an organisation's names is the adviser's; blanks and case do not matter."""
    return bool(adviser.strip()) and any(name and same_entity(name, adviser) for name in names)


def _by_role(entries: Iterable[OnSiteEntry]) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in entries:
        if entry.kind == OnSiteKind.INTERVIEW.value:
            found[entry.role] = found.get(entry.role, 0) + 1
    return found


def _count(entries: Iterable[OnSiteEntry], kind: OnSiteKind) -> int:
    return sum(entry.kind == kind.value for entry in entries)
