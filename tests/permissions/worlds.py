"""The worlds the table is asked in: one case, one verification, and everything else, each with its people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Model, QuerySet

from assessments.models import Contributor, DcmmClaim, Evidence, PlanStep, SelfAssessment
from ethicsreview.accounts.domain import MemberRole, Reach
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.interface.actions import make_organisation_token
from ethicsreview.interface.domain.tokens import Scope
from tests.authorities import make_regulator
from tests.documents import sign
from tests.factories import make_organisation, make_person, make_user
from tests.maturity_scenes import fill, make_self_assessment
from tests.permissions.addresses import Address
from tests.scenes import Scene
from tests.verification_scenes import HIGH, Course, VerificationScene
from workflows.domain.application import form_items
from workflows.domain.application_form import ItemKind
from workflows.domain.states import State
from workflows.domain.verification_states import VState
from workflows.models import (
    Case,
    CaseReport,
    Certificate,
    Conflict,
    DcmmRenewal,
    Finding,
    Meeting,
    Motion,
    Objection,
    OnSiteEntry,
    PanelBallot,
    Recusal,
    TeamMember,
    Verification,
    VerificationReport,
)

ABSENT = 987_654_321
Things = dict[tuple[str, str], Any]


@dataclass
class World:
    """People by role, and what stands in routes by noun and parameter; ``secrets`` are tokens of no person."""

    people: Mapping[str, User | None]
    things: Things
    outside: frozenset[str]  # asked in the last state alone, which is the most open one
    secrets: Mapping[str, str]


def first(rows: QuerySet[Any]) -> int:
    """The id of the first of these, one that nothing has where there is none."""
    found: Model | None = rows.order_by("pk").first()
    return int(found.pk) if found is not None else ABSENT


def token_of(organisation: Organisation, role: MemberRole, scene: Scene | VerificationScene) -> str:
    """The secret of a service account with this role there."""
    manager = make_person(role=MemberRole.MANAGER, organisation=organisation)
    term = scene.now + timedelta(days=30)
    _token, secret = make_organisation_token(
        organisation.pk, name="Robot", role=role, scopes=tuple(Scope), expires_at=term, actor=manager, now=scene.now
    )
    return secret


def outsiders() -> dict[str, User | None]:
    """Those who have nothing to do with it, and who runs the installation."""
    elsewhere = make_organisation(name="Far Away Ltd")
    return {
        "nobody": None,
        "stranger": make_person(role=MemberRole.APPLICANT, organisation=elsewhere),
        "other enterprise": make_person(role=MemberRole.ENTERPRISE, organisation=elsewhere),
        "regulator of another province": make_regulator(Reach.PROVINCE, province="110000"),
        "operator": make_user(is_staff=True, is_superuser=True),
    }


# -- a case -----------------------------------------------------------------------------------------------------------

CASE_STATES = {
    "draft": State.DRAFT,
    "submitted": State.SUBMITTED,
    "review": State.REVIEWING,
    "voting": State.VOTING,
    "decided": State.APPROVED,
}


def case_world(scene: Scene, state: str) -> World:
    """One case in that state."""
    case, person = scene.case_in(CASE_STATES[state]), make_person
    colleague = person(role=MemberRole.APPLICANT, organisation=scene.company)
    TeamMember.objects.create(case=case, user=colleague)
    kind, recused = scene.rules.conflicts[0].code, scene.members[4]
    Conflict.objects.create(case=case, user=recused, kind=kind, declared_at=scene.now, declared_by=recused)
    for report in CaseReport.objects.order_by("pk")[:1]:
        sign(report, scene.host)
    people = {
        "applicant": scene.lead,
        "colleague on the team": colleague,
        "secretary": scene.secretary,
        "chair": scene.chair,
        "reviewer": scene.members[0],
        "member": scene.members[3],
        "recused member": recused,
        "manager": scene.manager,
        "national regulator": make_regulator(Reach.NATIONAL),
        "service of the applicant's": None,
    }
    outside = {
        **outsiders(),
        "another of the applicant's": person(role=MemberRole.APPLICANT, organisation=scene.company),
        "enterprise of the applicant's": person(role=MemberRole.ENTERPRISE, organisation=scene.company),
        "assessor of the host": person(role=MemberRole.ASSESSOR, organisation=scene.host),
    }
    secrets = {"service of the applicant's": token_of(scene.company, MemberRole.APPLICANT, scene)}
    return World({**people, **outside}, _of_case(case, scene), frozenset(outside), secrets)


def _of_case(case: Case, scene: Scene) -> Things:
    meeting, motion = first(Meeting.objects.all()), first(Motion.objects.all())
    files, ref = case.files.order_by("pk"), case.reference or f"draft-{case.pk}"
    item = next(key for key in scene.items())
    inner = {
        "pk": case.pk,
        "ref": ref,
        "reference": ref,
        "number": 1,
        "page": 1,
        "file": first(files),
        "file_id": first(files),
        "step": "activity",
        "item": item,
        "person": scene.members[0].pk,
        "user_id": scene.members[0].pk,
        "conflict": first(case.conflicts.all()),
        "conflict_id": first(case.conflicts.all()),
        "motion": motion,
        "motion_id": motion,
    }
    found: Things = {("cases", name): value for name, value in inner.items()}
    files_item = next(one.code for one in form_items(scene.rules.application) if one.kind is ItemKind.FILES)
    found |= {("files", "item"): files_item, ("supplement-answers", "item"): files_item}
    report = first(CaseReport.objects.all())
    return found | {
        ("meetings", "pk"): meeting,
        ("meetings", "meeting"): meeting,
        ("reports", "pk"): report,
        ("reports", "report"): report,
    }


# -- a verification ---------------------------------------------------------------------------------------------------

V_STATES = ("draft", "submitted", "documents", "decided")
OF_ASSESSMENTS = ("maturity", "assessments")  # what happens after the handing in changes nothing there


def is_asked(address: Address, state: str) -> bool:
    """Whether there is such a thing in that state, and it may differ from the state before."""
    if address.half != "maturity":
        return True
    if address.noun == "register":
        return state == "decided"
    return state in {"draft", "submitted", "decided"} if address.noun in OF_ASSESSMENTS else state != "draft"


def maturity_world(scene: VerificationScene, state: str) -> World:
    """One assessment that is being filled, or its verification in that state."""
    row, assessed = _in(scene, state)
    helper, recused = scene.enterprise.colleague, scene.spare
    Contributor.objects.create(self_assessment=assessed, user=helper, added_at=scene.now)
    if row is not None:
        kind = scene.scheme.conflicts[0].code
        Recusal.objects.create(verification=row, user=recused, kind=kind, by=recused, at=scene.now)
    for report in VerificationReport.objects.order_by("pk")[:1]:
        sign(report, scene.host)
    people = {
        "lead of the enterprise": scene.lead,
        "colleague at work": helper,
        "another of the enterprise": scene.enterprise.reader,
        "coordinator": scene.coordinator,
        "leading assessor": scene.lead_assessor,
        "assessor": scene.assessor,
        "recused assessor": recused,
        "compliance reviewer": scene.reviewer,
        "panel expert": scene.panel[0],
        "decider": scene.decider,
        "national regulator": make_regulator(Reach.NATIONAL),
        "service of the enterprise": None,
    }
    outside = {
        **outsiders(),
        "applicant of the enterprise": make_person(
            role=MemberRole.APPLICANT, organisation=scene.enterprise.organisation
        ),
        "member of the body": make_person(role=MemberRole.MEMBER, organisation=scene.host),
    }
    secrets = {"service of the enterprise": token_of(scene.enterprise.organisation, MemberRole.ENTERPRISE, scene)}
    return World({**people, **outside}, _of_maturity(row, assessed, scene), frozenset(outside), secrets)


def _in(scene: VerificationScene, state: str) -> tuple[Verification | None, SelfAssessment]:
    if state == "draft":
        assessed = make_self_assessment(scene.enterprise, now=scene.now)
        fill(assessed, 3, now=scene.now)
        return None, assessed
    ways: dict[str, Callable[[], Verification]] = {
        "submitted": lambda: scene.verification_in(VState.ENTRY),
        "documents": lambda: scene.verification_in(VState.DOCUMENTS, Course(aside=("4.1",))),
        "decided": lambda: scene.verification_in(VState.CERTIFIED, HIGH),
    }
    row = ways[state]()
    return row, row.self_assessment


def _of_maturity(row: Verification | None, assessed: SelfAssessment, scene: VerificationScene) -> Things:
    piece, certificate = first(Evidence.objects.all()), first(Certificate.objects.all())
    renewal, report = first(DcmmRenewal.objects.all()), first(VerificationReport.objects.all())
    own = {
        "pk": assessed.pk,
        "assessment": assessed.pk,
        "dimension": "1",
        "criterion": "1.1.1",
        "item": "4.1",
        "piece": piece,
        "evidence_id": piece,
        "number": 1,
        "claim": first(DcmmClaim.objects.all()),
        "claim_id": first(DcmmClaim.objects.all()),
        "person": scene.enterprise.colleague.pk,
        "user_id": scene.enterprise.colleague.pk,
        "step": first(PlanStep.objects.all()),
        "step_id": first(PlanStep.objects.all()),
        "aim": "fewest",
        "tier": 3,
    }
    verified = {
        "pk": row.pk if row else ABSENT,
        "verification": row.pk if row else ABSENT,
        "self_assessment_id": assessed.pk,
        "criterion": "1.1.1",
        "item": "4.1",
        "piece": piece,
        "evidence_id": piece,
        "page": 1,
        "entry": first(OnSiteEntry.objects.all()),
        "entry_id": first(OnSiteEntry.objects.all()),
        "finding": first(Finding.objects.all()),
        "finding_id": first(Finding.objects.all()),
        "ballot": first(PanelBallot.objects.all()),
        "objection": first(Objection.objects.all()),
        "objection_id": first(Objection.objects.all()),
        "report": report,
        "renewal_id": renewal,
        "person": scene.assessor.pk,
        "user_id": scene.assessor.pk,
    }
    found: Things = {(noun, name): value for noun in ("maturity", "assessments") for name, value in own.items()}
    found |= {("verifications", name): value for name, value in verified.items()}
    return found | {
        ("verification-reports", "pk"): report,
        ("certificates", "certificate"): certificate,
        ("certificates", "renewal"): renewal,
        ("register", "number"): Certificate.objects.values_list("number", flat=True).first() or "none",
        ("register", "reference"): row.reference if row else "none",
        ("register", "code"): "NONE",
    }
