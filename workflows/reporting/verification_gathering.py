"""Everything a verification's documents say, read once from the database, as it stood at the decision."""

from datetime import date
from typing import Any

from assessments.domain.claims import ClaimSource
from assessments.domain.enterprises import Size
from assessments.domain.planning import Plan, plan
from assessments.domain.staged import StagedInstrument
from assessments.domain.strict import Text
from assessments.models import Snapshot
from assessments.queries import load_staged
from ethicsreview.audit.domain import organisation_chain
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import chain_head
from workflows.domain.scheme import Scheme
from workflows.domain.verification_states import VState
from workflows.models import Certificate, Verification
from workflows.queries.rulebooks import load_scheme
from workflows.reporting.data import ChainHead, Edition
from workflows.reporting.naming import both, party, person
from workflows.reporting.verification_data import (
    Basis,
    CertificateFacts,
    ClaimFacts,
    DecisionFacts,
    EnterpriseFacts,
    EvidenceFacts,
    NaFacts,
    Outcome,
    Procedure,
    VerificationReportData,
)
from workflows.reporting.verification_items import SideBySide
from workflows.reporting.verification_procedure import DecidedVerification
from workflows.reporting.verification_rounds import RoundFacts, read_round


def gather(verification: Verification) -> VerificationReportData:
    """A decided verification and all it rests on.

    Raises ``ValueError`` for one that is not decided, or whose snapshots do not give the results they state.
    """
    scheme = load_scheme(verification.scheme)
    decided = DecidedVerification(verification, scheme)
    instrument = load_staged(verification.self_assessment.assessment.instrument_version)
    parts = (_basis(verification, scheme, instrument), _outcome(decided, instrument), _procedure(decided))
    return VerificationReportData(**{name: value for part in parts for name, value in vars(part).items()})


def _basis(verification: Verification, scheme: Scheme, instrument: StagedInstrument) -> Basis:
    version = verification.self_assessment.assessment.instrument_version
    return Basis(
        zone=scheme.time_zone,
        reference=verification.reference,
        host=party(verification.host),
        enterprise=_enterprise(verification),
        instrument=instrument,
        edition=Edition(version.slug, version.version, instrument.title, version.digest),
        scheme=Edition(scheme.slug, scheme.version, scheme.title, verification.scheme.digest),
        scheme_instrument=scheme.instrument,
    )


def _outcome(decided: DecidedVerification, instrument: StagedInstrument) -> Outcome:
    row = decided.row
    if row.verified is None:
        raise ValueError(f"verification {row.pk} has no verified result")
    own, verified = _round(instrument, row.snapshot), _round(instrument, row.verified)
    evidence, findings = _evidence(instrument, row.verified.facts, row.snapshot.facts), decided.findings()
    aside = _set_aside(own, verified, decided)
    sides = SideBySide(instrument, own=own, verified=verified, evidence=evidence, findings=findings, set_aside=aside)
    return Outcome(
        policy=verified.request.policy,
        reference_date=verified.request.day or decided.day_of_hand_in,
        own=own,
        verified=verified,
        claim=_claim(instrument, verified, row.verified.facts, decided),
        claim_note=row.dcmm_note,
        dimensions=sides.dimensions(),
        evidence=evidence,
        findings=findings,
        plan=_plan(instrument, verified),
    )


def _plan(instrument: StagedInstrument, verified: RoundFacts) -> Plan | None:
    """What lifts the verified result to the next tier; None at the highest."""
    tier = verified.verdict.tier
    if tier == instrument.highest:
        return None
    return plan(instrument, verified.request.ratings, tier=tier + 1, dcmm=verified.proof.level)


def _procedure(decided: DecidedVerification) -> Procedure:
    chain = organisation_chain(decided.row.self_assessment.organisation_id)
    head = chain_head(chain)
    return Procedure(
        steps=decided.steps(),
        returns=decided.returns(),
        team=decided.team(),
        onsite=decided.onsite(),
        recommendation=decided.recommendation(),
        compliance=decided.compliance(),
        ballots=decided.ballots(),
        panel_citation=decided.scheme.panel.threshold.citation,
        notice=decided.notice(),
        recusals=decided.recusals(),
        decision=_decision(decided.row, decided),
        certificate=_certificate(decided.row),
        head=ChainHead(chain, head.number, head.digest),
    )


def _round(instrument: StagedInstrument, snapshot: Snapshot) -> RoundFacts:
    return read_round(
        instrument,
        inputs=snapshot.inputs,
        facts=snapshot.facts,
        stated=snapshot.result,
        number=snapshot.number,
        digest=snapshot.digest,
        at=snapshot.at,
        by=person(snapshot.by),
    )


def _enterprise(verification: Verification) -> EnterpriseFacts:
    assessed, facts = verification.self_assessment, verification.snapshot.facts
    return EnterpriseFacts(
        organisation=both(assessed.organisation),
        legal_entity=verification.snapshot.inputs.get("legal_entity") or assessed.legal_entity,
        entity_code=facts.get("entity_code") or "",
        scope=facts.get("scope") or assessed.scope,
        sector=facts.get("sector") or "",
        size=Size(facts["size"]) if facts.get("size") else None,
        adviser=facts.get("adviser") or "",
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _evidence(
    instrument: StagedInstrument, verified: dict[str, Any], own: dict[str, Any]
) -> tuple[EvidenceFacts, ...]:
    """Every piece either side saw, as the assessors left it, in the order the pieces were added."""
    pieces = {piece["id"]: piece for facts in (own, verified) for piece in facts.get("evidence") or ()}
    kinds = instrument.evidence.kind_by_key if instrument.evidence else {}
    return tuple(
        EvidenceFacts(
            mark=f"E{number}",
            kind=kinds[piece["kind"]].label if piece["kind"] in kinds else Text(piece["kind"], piece["kind"]),
            title="" if piece["confidential"] else piece["title"],
            reference="" if piece["confidential"] else piece.get("reference") or "",
            dated=_day(piece.get("dated")),
            periods=piece.get("periods") or 0,
            sha256=piece.get("sha256") or "",
            confidential=piece["confidential"],
            accepted=piece.get("accepted"),
            criteria=tuple(piece["criteria"]),
        )
        for number, (_id, piece) in enumerate(sorted(pieces.items()), start=1)
    )


def _set_aside(own: RoundFacts, verified: RoundFacts, decided: DecidedVerification) -> dict[str, NaFacts]:
    decisions = decided.na_decisions()
    reasons = {**verified.set_aside, **own.set_aside}
    for round_ in (own, verified):
        reasons |= {key: item["na"] for key, item in round_.inputs["items"].items() if item and item.get("na")}
    return {
        key: NaFacts(
            reason=reasons[key],
            approved=decisions[key].approved if key in decisions else None,
            team_reason=decisions[key].reason if key in decisions else "",
        )
        for key in reasons
    }


def _claim(
    instrument: StagedInstrument, verified: RoundFacts, facts: dict[str, Any], decided: DecidedVerification
) -> ClaimFacts | None:
    claim, stated = verified.request.claim, facts.get("claim") or {}
    if claim is None or instrument.dcmm is None:
        return None
    levels = instrument.dcmm.levels
    finding = decided.dcmm_finding() if claim.source is ClaimSource.FINDING else None
    return ClaimFacts(
        claim=claim,
        name=levels[claim.level - 1] if claim.level else Text("", ""),
        certificate=stated.get("certificate") or "",
        body=stated.get("body") or "",
        reason=finding.grounds if finding else stated.get("reason") or "",
        sha256=stated.get("sha256") or "",
        counted=verified.proof.level,
        fault=verified.proof.fault,
        found_by=person(finding.by) if finding else None,
        countersigned=person(finding.countersigned_by) if finding and finding.countersigned_by else None,
    )


def _decision(verification: Verification, decided: DecidedVerification) -> DecisionFacts:
    event = (
        AuditEvent.objects.filter(
            chain=organisation_chain(verification.self_assessment.organisation_id),
            subject=f"verification:{verification.pk}",
            verb="verification.decide",
        )
        .order_by("-number")
        .first()
    )
    if event is None:
        raise ValueError(f"the decision on verification {verification.pk} stands in no audit chain")
    return DecisionFacts(
        certified=verification.state == VState.CERTIFIED.value,
        person=person(decided.decided_by),
        at=decided.at,
        reasons=verification.closing_reasons,
        event=event.number,
        digest=event.digest,
    )


def _certificate(verification: Verification) -> CertificateFacts | None:
    found = Certificate.objects.filter(verification=verification).first()
    if found is None:
        return None
    return CertificateFacts(
        number=found.number,
        legal_entity=found.legal_entity,
        scope=found.scope,
        tier=found.tier,
        issued_on=found.issued_on,
        expires_on=found.expires_on,
    )
