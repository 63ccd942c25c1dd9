"""The back office of maturity and verification: all is looked at, nothing changed, no open ballot's vote read."""

from datetime import timedelta

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assessments.domain.claims import ClaimSource, Party
from assessments.domain.enterprises import Size
from assessments.models import (
    Assessment,
    Contributor,
    DcmmClaim,
    Evidence,
    EvidenceLink,
    ItemEffort,
    PlanStep,
    SelfAssessment,
    Snapshot,
)
from ethicsreview.accounts.models import Organisation, User
from tests.factories import NOW, TODAY, make_organisation, make_user
from tests.maturity_scenes import publish_staged
from workflows.domain.ballots import Choice
from workflows.domain.rulebook import RulebookKind
from workflows.domain.verification_states import CertificateVerb, FindingKind, OnSiteKind, VReportKind, VState
from workflows.models import (
    Certificate,
    CertificateEvent,
    DcmmFinding,
    DcmmRenewal,
    Finding,
    NaDecision,
    Objection,
    OnSiteEntry,
    PanelBallot,
    PanelSeat,
    PanelVote,
    Recusal,
    RulebookVersion,
    SentBack,
    TeamAssessor,
    Verification,
    VerificationReport,
)

PAGES = [
    SelfAssessment,
    Evidence,
    DcmmClaim,
    Snapshot,
    Verification,
    OnSiteEntry,
    Finding,
    PanelBallot,
    PanelVote,
    Objection,
    Certificate,
    CertificateEvent,
    VerificationReport,
]
FILTERED_BY_NUMBER = [SelfAssessment, Certificate]  # the list of the tiers there are costs one query more
DIGEST = "0" * 64
LATER = NOW + timedelta(days=3)


def make_self_assessment(person: User, organisation: Organisation, number: int) -> SelfAssessment:
    """A self-assessment with a row of everything that hangs on it."""
    opened = Assessment.objects.create(instrument_version=publish_staged(now=NOW), started_at=NOW)
    row = SelfAssessment.objects.create(
        assessment=opened,
        organisation=organisation,
        reference=f"MA-2026-{number:04}",
        legal_entity="Heron Robotics Co., Ltd.",
        scope="All plants.",
        size=Size.LARGE.value,
        target=3,
        lead=person,
        created_at=NOW,
        changed_at=NOW,
    )
    Contributor.objects.create(self_assessment=row, user=person, dimensions=["D7"], added_at=NOW)
    ItemEffort.objects.create(self_assessment=row, item="7.2", effort=40)
    PlanStep.objects.create(self_assessment=row, criterion="7.2.3", added_at=NOW)
    DcmmClaim.objects.create(self_assessment=row, source=ClaimSource.SELF.value, level=4, by=person, at=NOW)
    piece = Evidence.objects.create(
        self_assessment=row,
        kind="record",
        title="Weights of the grid model",
        reference="Archive 7",
        confidential=True,
        added_by=person,
        added_at=NOW,
    )
    EvidenceLink.objects.create(evidence=piece, criterion="7.2.2", added_by=person, added_at=NOW)
    return row


def make_verification(row: SelfAssessment, person: User, body: Organisation, number: int) -> Verification:
    """A verification with a row of everything that hangs on it, one ballot closed and one open, and a certificate."""
    taken = Snapshot.objects.create(
        self_assessment=row,
        number=1,
        inputs={"instrument": "aim-dcmm"},
        facts={},
        result={"tier": 3},
        tier=3,
        index_numerator=3,
        index_denominator=1,
        digest=DIGEST,
        by=person,
        at=NOW,
    )
    scheme, _new = RulebookVersion.objects.get_or_create(
        slug="scheme",
        version=1,
        defaults={
            "kind": RulebookKind.VERIFICATION.value,
            "digest": DIGEST,
            "content": {},
            "published_at": NOW,
        },
    )
    found = Verification.objects.create(
        self_assessment=row,
        snapshot=taken,
        host=body,
        scheme=scheme,
        reference=f"V-2026-{number:04}",
        state=VState.PANEL.value,
        created_at=NOW,
        changed_at=NOW,
    )
    other = make_user()
    TeamAssessor.objects.create(verification=found, user=person, lead=True, assigned_by=other, assigned_at=NOW)
    PanelSeat.objects.create(verification=found, user=person, assigned_by=other, assigned_at=NOW)
    Recusal.objects.create(verification=found, user=person, kind="adviser", by=other, at=NOW)
    NaDecision.objects.create(
        verification=found, item="4.1", approved=True, reason="No own computing.", by=other, at=NOW
    )
    DcmmFinding.objects.create(verification=found, level=4, grounds="As seen on site.", by=person, at=NOW)
    SentBack.objects.create(verification=found, state=VState.PANEL.value, tier=3, by=other, at=NOW)
    OnSiteEntry.objects.create(
        verification=found,
        kind=OnSiteKind.INTERVIEW.value,
        subject="AI office",
        held_on=TODAY,
        notes="Held.",
        by=person,
        at=NOW,
    )
    Finding.objects.create(
        verification=found, number=1, criterion="7.2.3", kind=FindingKind.MINOR.value, text="Late.", by=person, at=NOW
    )
    Objection.objects.create(verification=found, name="Ou Objector", contact="ou@example.test", text="No.", at=NOW)
    closed = PanelBallot.objects.create(
        verification=found, number=1, tier=4, opened_by=other, opened_at=NOW, closed_at=LATER, carried=False
    )
    opened = PanelBallot.objects.create(verification=found, number=2, tier=3, opened_by=other, opened_at=LATER)
    for ballot, reason in ((closed, "counted"), (opened, "secret")):
        PanelVote.objects.create(
            ballot=ballot, user=person, number=1, choice=Choice.FOR.value, reason=reason, at=LATER
        )
    certificate = Certificate.objects.create(
        verification=found,
        organisation=row.organisation,
        host=body,
        number=f"C-2026-{number:04}",
        legal_entity=row.legal_entity,
        scope=row.scope,
        tier=3,
        issued_on=TODAY,
        expires_on=TODAY + timedelta(days=1095),
        changed_at=NOW,
    )
    CertificateEvent.objects.create(
        certificate=certificate, verb=CertificateVerb.ISSUED.value, tier=3, by=other, at=NOW
    )
    DcmmRenewal.objects.create(
        certificate=certificate,
        level=4,
        edition="2025",
        party=Party.OWNER.value,
        legal_entity=row.legal_entity,
        reference="DCMM-1",
        body="Harbour Certification",
        issued=TODAY,
        expires=TODAY,
        by=person,
        at=NOW,
    )
    VerificationReport.objects.create(
        verification=found, kind=VReportKind.REPORT.value, language="en", queued_at=NOW, progressed_at=NOW
    )
    return found


def make_rows(count: int) -> list[Verification]:
    """So many verifications with all that belongs to them."""
    person, organisation, body = make_user(), make_organisation(), make_organisation()
    return [
        make_verification(make_self_assessment(person, organisation, number), person, body, number)
        for number in range(1, count + 1)
    ]


def address(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def readable(model: type[models.Model]) -> models.Model:
    """A row that the back office shows."""
    rows = model._default_manager.order_by("pk")
    row = rows.filter(ballot__closed_at__isnull=False).first() if model is PanelVote else rows.first()
    assert row is not None
    return row


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
def test_rows_are_looked_at_and_never_changed(client: Client, operator: User, model: type[models.Model]) -> None:
    make_rows(1)
    client.force_login(operator)
    row, before = readable(model), model._default_manager.count()
    change, opened = address(model, "change", row.pk), address(model, "changelist")
    codes = [
        client.get(opened).status_code,
        client.get(change).status_code,
        client.get(address(model, "add")).status_code,
        client.post(change, {}).status_code,
        client.post(address(model, "delete", row.pk)).status_code,
    ]
    assert codes == [200, 200, 403, 403, 403]
    page = client.get(change).content.decode()
    assert ('name="_save"' in page, "add-row" in page, "deletelink" in page) == (False, False, False)
    assert model._default_manager.count() == before


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
def test_search_and_list_find_the_row(client: Client, operator: User, model: type[models.Model]) -> None:
    make_rows(1)
    client.force_login(operator)
    found = [
        len(client.get(address(model, "changelist"), asked).context["cl"].result_list)
        for asked in ({}, {"q": "2026-0001"}, {"q": "2026-0002"})
    ]
    rows = 2 if model is PanelBallot else 1
    assert found == [rows, rows, 0]


def test_votes_of_an_open_ballot_are_nobodys_to_read(client: Client, operator: User) -> None:
    make_rows(1)
    client.force_login(operator)
    secret = PanelVote.objects.get(reason="secret")
    listed = client.get(address(PanelVote, "changelist"))
    assert [vote.reason for vote in listed.context["cl"].result_list] == ["counted"]
    assert client.get(address(PanelVote, "change", secret.pk)).status_code == 302
    pages = [
        client.get(address(Verification, "change", secret.ballot.verification_id)),
        client.get(address(PanelBallot, "change", secret.ballot_id)),
        listed,
    ]
    assert [page.content.decode().count("secret") for page in pages] == [0, 0, 0]


def test_what_belongs_to_a_verification_stands_on_its_page(client: Client, operator: User) -> None:
    (found,) = make_rows(1)
    client.force_login(operator)
    shown = client.get(address(Verification, "change", found.pk)).content.decode()
    assert [shown.count(words) for words in ("No own computing.", "As seen on site.", "Assessment team")] == [1, 1, 1]
    whole = client.get(address(SelfAssessment, "change", found.self_assessment_id)).content.decode()
    assert [whole.count(words) for words in ("Contributors", "Efforts", "Improvement plan")] == [1, 1, 1]


def test_list_of_evidence_names_no_title(client: Client, operator: User) -> None:
    make_rows(1)
    client.force_login(operator)
    assert "grid model" not in client.get(address(Evidence, "changelist")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
def test_lists_cost_the_same_for_one_and_three(
    client: Client,
    operator: User,
    model: type[models.Model],
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_rows(rows)
    client.force_login(operator)
    with django_assert_num_queries(5 if model in FILTERED_BY_NUMBER else 4):
        client.get(address(model, "changelist"))
