"""Rows to search: cases with issued decisions and their letters, verified assessments with certificates."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from assessments.models import SelfAssessment, Snapshot
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.documents.domain import new_code
from ethicsreview.documents.models import SignedDocument
from tests.maturity_scenes import Enterprise, make_enterprise, make_self_assessment
from tests.scenes import Scene
from tests.verification_scenes import publish_scheme
from workflows.domain.states import ReportState, State
from workflows.domain.verification_states import VState
from workflows.models import (
    Application,
    Case,
    CaseReport,
    Certificate,
    Decision,
    Verification,
    VerificationReport,
)


def make_case(scene: Scene, number: int, **changes: Any) -> Case:
    """An accepted case, changed so many minutes after the scene's moment."""
    moment = scene.now + timedelta(minutes=number)
    values = {
        "committee": scene.committee,
        "rulebook": scene.rulebook,
        "instrument": scene.instrument,
        "applicant": scene.company,
        "lead": scene.lead,
        "reference": f"LKS-2026-{number:04}",
        "title": f"Case {number}",
        "state": State.ACCEPTED.value,
        "tier": "T2",
        "procedure": "general",
        "created_at": moment,
        "submitted_at": moment,
        "accepted_at": moment,
        "clock_started_at": moment,
        "changed_at": moment,
    }
    return Case.objects.create(**values | changes)


def make_decision(case: Case, **changes: Any) -> Decision:
    """An issued approval of a case."""
    moment, person = case.changed_at, case.lead
    version = Application.objects.create(
        case=case, number=1, saved_at=moment, submitted_at=moment, submitted_by=person
    )
    values = {
        "case": case,
        "number": 1,
        "application": version,
        "kind": "approve",
        "reasons_en": "The risks are contained.",
        "reasons_zh": "风险可控。",
        "drafted_by": person,
        "drafted_at": moment,
        "issued_by": person,
        "issued_as": "chair",
        "issued_at": moment,
    }
    return Decision.objects.create(**values | changes)


def make_document(subject: str, kind: str, organisation: Organisation, at: datetime) -> SignedDocument:
    """A signed document as a row alone."""
    digest = hashlib.sha256(f"{subject} {kind}".encode()).hexdigest()
    return SignedDocument.objects.create(
        code=new_code(),
        kind=kind,
        language="en",
        title="A document",
        subject=subject,
        organisation=organisation,
        content=b"x",
        sha256=digest,
        length=1,
        signers=[],
        signed_at=at,
    )


def make_letter(decision: Decision) -> CaseReport:
    """The signed English letter of a decision."""
    moment, host = decision.issued_at or decision.drafted_at, decision.case.committee.host
    document = make_document(f"workflows.casereport:{decision.pk}", "case-letter", host, moment)
    return CaseReport.objects.create(
        decision=decision,
        kind="letter",
        language="en",
        state=ReportState.SIGNED.value,
        queued_at=moment,
        progressed_at=moment,
        document=document,
    )


def make_verified(scene: Scene, number: int, enterprise: Enterprise | None = None, tier: int = 3) -> Certificate:
    """A certified verification of an enterprise in the body's hands, with its certificate and the signed paper."""
    moment = scene.now + timedelta(minutes=number)
    who = enterprise or make_enterprise(name=f"Enterprise {number}", name_zh=f"企业{number}")
    row = make_self_assessment(who, now=moment, legal_entity=f"Enterprise {number} Co., Ltd.")
    verification = make_verification(row, scene.host, who.lead, moment)
    certificate = Certificate.objects.create(
        verification=verification,
        organisation=who.organisation,
        host=scene.host,
        number=f"AIM-2026-{number:04}",
        legal_entity=row.legal_entity,
        scope=row.scope,
        tier=tier,
        issued_on=moment.date(),
        expires_on=moment.date() + timedelta(days=1000),
        changed_at=moment,
    )
    document = make_document(f"workflows.verificationreport:{number}", "maturity-certificate", scene.host, moment)
    VerificationReport.objects.create(
        verification=verification,
        kind="certificate",
        language="en",
        state=ReportState.SIGNED.value,
        queued_at=moment,
        progressed_at=moment,
        document=document,
    )
    return certificate


def make_verification(row: SelfAssessment, host: Organisation, by: User, at: datetime) -> Verification:
    """A certified verification as a row alone."""
    snapshot = Snapshot.objects.create(
        self_assessment=row,
        number=1,
        inputs={},
        facts={},
        result={},
        tier=3,
        index_numerator=1,
        index_denominator=1,
        digest="",
        by=by,
        at=at,
    )
    return Verification.objects.create(
        self_assessment=row,
        snapshot=snapshot,
        host=host,
        scheme=publish_scheme(now=at),
        reference=f"V-{row.pk}",
        state=VState.CERTIFIED.value,
        created_at=at,
        accepted_at=at,
        changed_at=at,
        decided_at=at,
    )
