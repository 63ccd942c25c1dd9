"""A body that verifies, an enterprise, and verifications brought to each state by the actions that do so."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments.actions.answering import set_item_aside
from assessments.actions.submitting import submit_self_assessment
from assessments.domain.claims import ClaimSource
from assessments.models import Answer, Evidence, SelfAssessment, Snapshot
from assessments.queries import load_staged
from ethicsreview.accounts.domain import MemberRole, OrganisationKind
from ethicsreview.accounts.models import Organisation, User
from tests.driven import driven_once
from tests.editions import content_of
from tests.factories import make_organisation, make_person
from tests.maturity_scenes import (
    Enterprise,
    claim_certificate,
    fill,
    levels_of,
    make_enterprise,
    make_self_assessment,
)
from workflows.actions import (
    verification_correction,
    verification_onsite,
    verification_panel,
    verification_rounds,
    verification_team,
    verifications,
)
from workflows.domain.ballots import Choice
from workflows.domain.scheme import Scheme
from workflows.domain.verification_states import FindingKind, OnSiteKind, VState
from workflows.models import Certificate, Finding, PanelBallot, RulebookVersion, Verification
from workflows.queries.rulebooks import load_scheme
from workflows.queries.verification_folders import VerificationFolder
from workflows.queries.verifications import full
from workflows.steps import digest_of

SCHEME = 920_001


@dataclass(frozen=True)
class Course:
    """What kind of verification it is; the defaults make one of tier 3 with one finding that is resolved.

    ``claimed`` and ``found`` are levels of all items, or of each, as the enterprise and the team rate them.
    ``dcmm`` is the level of the certificate, 0 for none. ``finding`` is the criterion of the one finding, empty for
    none. ``answered`` is whether the enterprise answers it. ``aside`` are items that the enterprise sets aside, which
    the team accepts.
    """

    claimed: int | Mapping[str, int] = 3
    found: int | Mapping[str, int] = 3
    target: int = 3
    dcmm: int = 4
    finding: str = "7.2.3"
    answered: bool = True
    votes: tuple[Choice, ...] = (Choice.FOR,) * 5
    certify: bool = True
    adviser: str = ""
    aside: tuple[str, ...] = ()
    follows: SelfAssessment | None = None


def publish_scheme(*, now: datetime) -> RulebookVersion:
    """The scheme of the house, published under an id that is the same in every test."""
    mapping = content_of("rulebooks/aim-scheme.v1.yaml")
    content = {"rulebook": mapping, "base": None}
    edition, _new = RulebookVersion.objects.get_or_create(
        slug=mapping["slug"],
        version=mapping["version"],
        defaults={
            "pk": SCHEME,
            "kind": mapping["kind"],
            "digest": digest_of(content),
            "content": content,
            "published_at": now,
        },
    )
    return edition


@dataclass(frozen=True)
class VerificationScene:
    """The people of one body and one enterprise; everything happens at ``now`` unless a call says otherwise.

    The decision is taken the day after the notice ends: see ``after_notice``.
    """

    now: datetime
    scheme_version: RulebookVersion
    host: Organisation
    enterprise: Enterprise
    coordinator: User
    decider: User
    lead_assessor: User
    assessor: User
    spare: User
    reviewer: User
    panel: tuple[User, ...]

    @property
    def scheme(self) -> Scheme:
        """The scheme of the verifications made here."""
        return load_scheme(self.scheme_version)

    @property
    def lead(self) -> User:
        """Leads the self-assessment."""
        return self.enterprise.lead

    @property
    def after_window(self) -> datetime:
        """The day after a correction window that began now has ended."""
        return self.now + timedelta(days=self.scheme.correction_days.value + 1)

    @property
    def after_notice(self) -> datetime:
        """The day after a notice that began now has ended."""
        return self.now + timedelta(days=self.scheme.notice_days.value + 1)

    def folder(
        self, row: Verification, user: User | None = None, *, now: datetime | None = None
    ) -> VerificationFolder:
        """The verification read afresh, as this person, or the coordinator, stands to it."""
        found = full(Verification.objects.all()).get(pk=row.pk)
        return VerificationFolder(found, user=user or self.coordinator, now=now or self.now)

    # -- one step each -------------------------------------------------------------------------------------------

    def hand_in(self, course: Course | None = None) -> Snapshot:
        """A self-assessment filled to the claimed levels and submitted."""
        course = course or Course()
        row = make_self_assessment(
            self.enterprise, follows=course.follows, target=course.target, adviser=course.adviser, now=self.now
        )
        fill(row, course.claimed, claim=False, now=self.now)
        for item in course.aside:
            set_item_aside(row.pk, item, aside=True, reason="Bought in whole.", actor=self.lead, now=self.now)
        if course.dcmm:
            claim_certificate(row, course.dcmm, now=self.now)
        else:
            claim_certificate(
                row, 2, source=ClaimSource.SELF, edition="", party=None, issued=None, expires=None, now=self.now
            )
        return submit_self_assessment(row.pk, actor=self.lead, now=self.now)

    @driven_once
    def request(self, course: Course | None = None) -> Verification:
        """Asked of the body."""
        snapshot = self.hand_in(course)
        return verifications.request_verification(
            snapshot.self_assessment_id, host=self.host, actor=self.lead, now=self.now
        )

    @driven_once
    def staff(self, row: Verification) -> None:
        """A team of two, and somebody to review compliance."""
        assign = verification_team.assign_assessor
        assign(row.pk, self.lead_assessor, lead=True, actor=self.coordinator, now=self.now)
        assign(row.pk, self.assessor, lead=False, actor=self.coordinator, now=self.now)
        verification_team.name_reviewer(row.pk, self.reviewer, actor=self.coordinator, now=self.now)

    @driven_once
    def accept(self, row: Verification) -> None:
        verifications.accept_verification(row.pk, actor=self.coordinator, now=self.now)

    def rate_all(
        self,
        row: Verification,
        found: int | Mapping[str, int] = 3,
        *,
        but: Collection[str] = (),
        by: User | None = None,
    ) -> None:
        """Everything the team is asked, so that each item reaches its level: the rows that the actions add, at once.

        Criteria named in ``but`` are left as they are. Evidence is accepted, and so is the DCMM certificate.
        """
        row = full(Verification.objects.all()).get(pk=row.pk)
        instrument = load_staged(row.self_assessment.assessment.instrument_version)
        wanted = levels_of(instrument, found) if isinstance(found, int) else found
        steps: dict[str, str] = {}
        for key, item in instrument.items.items():
            for number, cell in enumerate(item.cells[: min(wanted[key] + 1, row.self_assessment.target)], start=1):
                step = instrument.best if number <= wanted[key] else instrument.scale[0].key
                steps |= {one.key: step for one in cell if one.key not in but}
        Answer.objects.bulk_create(
            Answer(assessment=row.round, item=key, step=step, reason="Seen.", by=by or self.assessor, at=self.now)
            for key, step in steps.items()
        )
        Evidence.objects.filter(self_assessment=row.self_assessment, accepted__isnull=True).update(accepted=True)

    def judge_claim(self, row: Verification, *, accepted: bool = True) -> None:
        """The certificate that was claimed is looked at, where one was."""
        if self.folder(row).round.claims_certificate:
            verification_rounds.judge_claim(
                row.pk, accepted=accepted, reasons="Checked with its issuer.", actor=self.lead_assessor, now=self.now
            )

    def decide_na(self, row: Verification, item: str, *, approved: bool = True) -> None:
        verification_rounds.decide_na(
            row.pk, item, approved=approved, reason="Seen so.", actor=self.lead_assessor, now=self.now
        )

    def write_finding(self, row: Verification, criterion: str = "7.2.3") -> Finding:
        return verification_onsite.write_finding(
            row.pk,
            criterion=criterion,
            kind=FindingKind.MAJOR.value,
            text="The record covers one quarter only.",
            actor=self.assessor,
            now=self.now,
        )

    def begin_onsite(self, row: Verification) -> None:
        verification_onsite.begin_onsite(row.pk, actor=self.lead_assessor, now=self.now)

    def visit(self, row: Verification) -> None:
        """Everybody heard, everything shown that the scheme asks for."""
        for interview in self.scheme.interviews:
            for number in range(interview.least):
                self.record(row, OnSiteKind.INTERVIEW, interview.code, f"{interview.label.en} {number + 1}")
        for number in range(self.scheme.demonstrations.value):
            self.record(row, OnSiteKind.DEMONSTRATION, "", f"Platform {number + 1}")
        for number in range(self.scheme.scenarios.value):
            self.record(row, OnSiteKind.SCENARIO, "", f"Scenario {number + 1}")

    def record(self, row: Verification, kind: OnSiteKind, role: str = "", subject: str = "Somebody") -> None:
        verification_onsite.record_onsite(
            row.pk,
            kind=kind.value,
            role=role,
            subject=subject,
            held_on=self.now.date(),
            notes="Heard and seen.",
            actor=self.assessor,
            now=self.now,
        )

    def release(self, row: Verification) -> None:
        verification_onsite.release_findings(row.pk, actor=self.lead_assessor, now=self.now)

    def answer(self, row: Verification) -> None:
        """The enterprise answers every finding with a further piece of evidence."""
        for finding in row.findings.order_by("number"):
            verification_correction.answer_finding(
                row.pk,
                finding.pk,
                text="The other quarters are in the annex.",
                evidence=[
                    verification_correction.NewEvidence(
                        kind="record", title="Annex to the record", dated=self.now.date(), reference="Archive 9"
                    )
                ],
                actor=self.lead,
                now=self.now,
            )

    def close_correction(self, row: Verification) -> None:
        verification_correction.close_correction(row.pk, actor=self.lead, now=self.now)

    def resolve(self, row: Verification) -> None:
        """Every finding has its conclusion, and what came with the answers is accepted."""
        for finding in row.findings.order_by("number"):
            verification_onsite.resolve_finding(
                row.pk, finding.pk, resolved=True, resolution="Shown.", actor=self.assessor, now=self.now
            )
        for piece in Evidence.objects.filter(self_assessment=row.self_assessment, accepted__isnull=True):
            verification_rounds.judge_evidence(row.pk, piece.pk, accepted=True, actor=self.assessor, now=self.now)

    def recommend(self, row: Verification) -> None:
        verification_rounds.recommend_tier(
            row.pk, grounds="As the ratings show.", actor=self.lead_assessor, now=self.now
        )

    @driven_once
    def pass_compliance(self, row: Verification) -> None:
        verifications.pass_compliance(row.pk, note="The procedure was kept.", actor=self.reviewer, now=self.now)

    def seat(self, row: Verification) -> None:
        """Five experts."""
        for user in self.panel:
            verification_panel.seat_panellist(row.pk, user, actor=self.coordinator, now=self.now)

    def open_ballot(self, row: Verification) -> PanelBallot:
        return verification_panel.open_ballot(row.pk, actor=self.coordinator, now=self.now)

    def vote(self, row: Verification, ballot: PanelBallot, votes: tuple[Choice, ...] = (Choice.FOR,) * 5) -> None:
        """The experts vote in their order."""
        for user, choice in zip(self.panel, votes, strict=False):
            reason = "Too little evidence." if choice is Choice.AGAINST else ""
            verification_panel.cast_panel_vote(
                row.pk, ballot_id=ballot.pk, choice=choice, reason=reason, actor=user, now=self.now
            )

    def close_ballot(self, row: Verification, ballot: PanelBallot) -> None:
        verification_panel.close_ballot(row.pk, ballot_id=ballot.pk, actor=self.coordinator, now=self.now)

    @driven_once
    def decide(self, row: Verification, *, certify: bool = True) -> None:
        """After the notice."""
        reasons = "" if certify else "The scope is not that of the enterprise."
        verifications.decide_verification(
            row.pk, certify=certify, reasons=reasons, actor=self.decider, now=self.after_notice
        )

    # -- the whole way -------------------------------------------------------------------------------------------

    @driven_once
    def verification_in(self, state: VState, course: Course | None = None) -> Verification:
        """A verification in that state; PANEL needs a course whose found tier the panel votes on."""
        course = course or Course()
        row = self.request(course)
        for reached, step in self._way(row, course):
            if state is reached:
                break
            step()
            row.refresh_from_db()
        if state is VState.RETURNED:
            verifications.return_verification(row.pk, reasons="Not ours.", actor=self.coordinator, now=self.now)
        if state is VState.WITHDRAWN:
            verifications.withdraw_verification(row.pk, reasons="Later.", actor=self.lead, now=self.now)
        row.refresh_from_db()
        assert row.state == state.value
        return row

    def _way(self, row: Verification, course: Course) -> list[tuple[VState, Callable[[], None]]]:
        if course.target >= self.scheme.panel.from_tier.value:
            panel = [(VState.PANEL, lambda: self._panel(row, course))]
        else:
            panel = []
        correction = [(VState.CORRECTION, lambda: self._correct(row, course))] if course.finding else []
        end = [(VState.CERTIFIED if course.certify else VState.REFUSED, lambda: None)]
        return [
            (VState.RETURNED, lambda: self.staff(row)),
            (VState.ENTRY, lambda: self.accept(row)),
            (VState.DOCUMENTS, lambda: self._review(row, course)),
            (VState.WITHDRAWN, lambda: None),
            (VState.ONSITE, lambda: self._finish_visit(row)),
            *correction,
            (VState.RECOMMENDING, lambda: self._recommend(row)),
            (VState.COMPLIANCE, lambda: self.pass_compliance(row)),
            *panel,
            (VState.NOTICE, lambda: self.decide(row, certify=course.certify)),
            *end,
        ]

    @driven_once
    def _review(self, row: Verification, course: Course) -> None:
        self.rate_all(row, course.found)
        self.judge_claim(row)
        for item in course.aside:
            self.decide_na(row, item)
        if course.finding:
            self.write_finding(row, course.finding)
        self.begin_onsite(row)

    @driven_once
    def _finish_visit(self, row: Verification) -> None:
        self.visit(row)
        self.release(row)

    @driven_once
    def _correct(self, row: Verification, course: Course) -> None:
        if course.answered:
            self.answer(row)
        self.close_correction(row)

    @driven_once
    def _recommend(self, row: Verification) -> None:
        self.resolve(row)
        self.recommend(row)

    @driven_once
    def _panel(self, row: Verification, course: Course) -> None:
        self.seat(row)
        ballot = self.open_ballot(row)
        self.vote(row, ballot, course.votes)
        self.close_ballot(row, ballot)

    def certificate(self, course: Course | None = None) -> Certificate:
        """A certificate as it was issued."""
        return Certificate.objects.get(verification=self.verification_in(VState.CERTIFIED, course))


HIGH = Course(claimed=4, found=4, target=4)  # a tier the panel votes on


@driven_once
def make_verification_scene(now: datetime) -> VerificationScene:
    """A body with its people, an enterprise with its own, and the scheme in force."""
    host = make_organisation(
        kind=OrganisationKind.REVIEW_BODY, name="Harbour Verification", name_zh="港湾核验中心", province="310000"
    )

    def person(role: MemberRole, name: str, name_zh: str) -> User:
        return make_person(role=role, organisation=host, name=name, name_zh=name_zh)

    experts = [
        ("Pan One", "潘一"),
        ("Pan Two", "潘二"),
        ("Pan Three", "潘三"),
        ("Pan Four", "潘四"),
        ("Pan Five", "潘五"),
    ]
    return VerificationScene(
        now=now,
        scheme_version=publish_scheme(now=now),
        host=host,
        enterprise=make_enterprise(),
        coordinator=person(MemberRole.SECRETARY, "Cao Coordinator", "曹协调"),
        decider=person(MemberRole.MANAGER, "Ding Decider", "丁决定"),
        lead_assessor=person(MemberRole.ASSESSOR, "Liang Leading", "梁主评"),
        assessor=person(MemberRole.ASSESSOR, "An Assessor", "安评估"),
        spare=person(MemberRole.ASSESSOR, "Sun Spare", "孙候补"),
        reviewer=person(MemberRole.ASSESSOR, "Ren Reviewer", "任审核"),
        panel=tuple(person(MemberRole.ASSESSOR, en, zh) for en, zh in experts),
    )
