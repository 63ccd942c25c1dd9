"""The files inside a verification's report: what ``manage.py score`` takes, and the record for machines.

``result.json`` holds the verified inputs and ``self.json`` the enterprise's own; each is what ``manage.py score``
takes, and gives the printed tier. ``record.json`` holds all else that is printed, people by the ids listed under
``people``, of confidential evidence the digest alone.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from workflows.reporting.course import Person
from workflows.reporting.plain import cited, day, exact, in_both, moment
from workflows.reporting.verification_data import (
    BallotFacts,
    CriterionFacts,
    EvidenceFacts,
    FindingFacts,
    ItemFacts,
    JudgementFacts,
    VerificationReportData,
)
from workflows.reporting.verification_rounds import Rated, RoundFacts

FORMAT = "ethicsreview.verification-record"
VERSION = 1


def inputs_json(round_: RoundFacts) -> bytes:
    """One round's inputs, as ``manage.py score`` takes them."""
    return _written(round_.inputs)


def record_json(data: VerificationReportData, *, code: str) -> bytes:
    """The record as UTF-8 JSON; the same data and code give the same bytes."""
    return _written(
        {
            "format": FORMAT,
            "version": VERSION,
            "code": code,
            "reference": data.reference,
            "enterprise": _enterprise(data),
            "body": in_both(data.host.name),
            "rounds": {"self": _round(data.own), "verified": _round(data.verified)},
            "dcmm": _dcmm(data),
            "items": [_item(item) for item in data.items],
            "evidence": [_evidence(piece) for piece in data.evidence],
            "findings": [_finding(row) for row in data.findings],
            "procedure": _procedure(data),
            "decision": _decision(data),
            "plan": {
                "tier": data.plan.tier,
                "dcmm_needed": data.plan.dcmm_needed,
                "changes": list(data.plan.changes),
            }
            if data.plan
            else None,
            "editions": {
                name: {"slug": edition.slug, "version": edition.version, "sha256": edition.digest}
                for name, edition in (("instrument", data.edition), ("scheme", data.scheme))
            },
            "audit": {"chain": data.head.chain, "number": data.head.number, "sha256": data.head.digest},
            "people": {str(person.id): in_both(person.name) for person in sorted(_people(data), key=lambda p: p.id)},
        }
    )


def _written(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _enterprise(data: VerificationReportData) -> dict[str, Any]:
    facts = data.enterprise
    return {
        "organisation": in_both(facts.organisation),
        "legal_entity": facts.legal_entity,
        "entity_code": facts.entity_code,
        "scope": facts.scope,
        "sector": facts.sector,
        "size": facts.size.value if facts.size else None,
        "adviser": facts.adviser,
    }


def _round(round_: RoundFacts) -> dict[str, Any]:
    verdict = round_.verdict
    return {
        "snapshot": round_.number,
        "sha256": round_.digest,
        "at": moment(round_.at),
        "by": round_.by.id,
        "target": round_.target,
        "tier": verdict.tier,
        "gates": {gate.value: allowed for gate, allowed in verdict.gates.items()},
        "binding": [gate.value for gate in verdict.binding],
        "blocking": list(verdict.blocking),
        "index": exact(verdict.index),
        "capped": {str(tier): exact(value) for tier, value in verdict.capped.items()},
        "weights": {key: exact(value) for key, value in round_.weights.items()},
        "dimensions": {key: exact(value) for key, value in round_.by_dimension.items()},
    }


def _dcmm(data: VerificationReportData) -> dict[str, Any] | None:
    facts = data.claim
    if facts is None:
        return None
    claim = facts.claim
    return {
        "policy": data.policy.value,
        "source": claim.source.value,
        "level": claim.level,
        "counted": facts.counted,
        "fault": facts.fault.value if facts.fault else None,
        "edition": claim.edition,
        "certificate": facts.certificate,
        "body": facts.body,
        "issued": day(claim.issued),
        "expires": day(claim.expires),
        "grounds": facts.reason,
        "sha256": facts.sha256,
        "note": data.claim_note,
        "found_by": facts.found_by.id if facts.found_by else None,
        "countersigned_by": facts.countersigned.id if facts.countersigned else None,
    }


def _item(item: ItemFacts) -> dict[str, Any]:
    return {
        "key": item.key,
        "self": {"level": item.own_level, "score": exact(item.own_score)},
        "verified": {"level": item.level, "score": exact(item.score)},
        "blocks": item.blocks,
        "set_aside": {"reason": item.na.reason, "approved": item.na.approved} if item.na else None,
        "criteria": {one.key: _criterion(one) for level in item.levels for one in level.criteria if one.rated},
    }


def _criterion(one: CriterionFacts) -> dict[str, Any]:
    return {"self": _rated(one.own), "verified": _rated(one.found), "evidence": list(one.evidence)}


def _rated(rated: Rated | None) -> dict[str, str] | None:
    return {"step": rated.step, "counted": rated.counted, "note": rated.note} if rated else None


def _evidence(piece: EvidenceFacts) -> dict[str, Any]:
    return {
        "mark": piece.mark,
        "kind": in_both(piece.kind),
        "title": piece.title or None,
        "reference": piece.reference or None,
        "dated": day(piece.dated),
        "periods": piece.periods,
        "sha256": piece.sha256 or None,
        "confidential": piece.confidential,
        "accepted": piece.accepted,
        "criteria": list(piece.criteria),
    }


def _finding(row: FindingFacts) -> dict[str, Any]:
    return {
        "number": row.number,
        "criterion": row.criterion,
        "kind": row.kind.value,
        "text": row.text,
        "at": moment(row.at),
        "answer": row.answer,
        "answered_at": moment(row.answered_at),
        "resolution": row.resolution,
        "resolved": row.resolved,
    }


def _procedure(data: VerificationReportData) -> dict[str, Any]:
    notice = data.notice
    return {
        "steps": [
            {
                "at": moment(step.at),
                "step": step.verb,
                "by": step.person.id if step.person else None,
                "rule": cited(step.citation),
            }
            for step in data.steps
        ],
        "returns": [
            {"at": moment(row.at), "from": row.state.value, "tier": row.tier, "reasons": row.reasons}
            for row in data.returns
        ],
        "team": [{"person": row.person.id, "lead": row.lead} for row in data.team],
        "recusals": [
            {"person": row.person.id, "kind": in_both(row.kind), "at": moment(row.at)} for row in data.recusals
        ],
        "onsite": [
            {
                "kind": row.kind.value,
                "role": in_both(row.role) if row.role else None,
                "subject": row.subject,
                "held_on": day(row.held_on),
                "notes": row.notes,
                "by": row.by.id,
            }
            for row in data.onsite
        ],
        "recommendation": _judgement(data.recommendation),
        "compliance": _judgement(data.compliance),
        "ballots": [_ballot(ballot) for ballot in data.ballots],
        "notice": {
            "from": day(notice.first),
            "until": day(notice.last),
            "objections": notice.objections,
            "upheld": notice.upheld,
        }
        if notice
        else None,
    }


def _judgement(facts: JudgementFacts | None) -> dict[str, Any] | None:
    return {"by": facts.person.id, "at": moment(facts.at), "text": facts.text} if facts else None


def _ballot(ballot: BallotFacts) -> dict[str, Any]:
    return {
        "number": ballot.number,
        "tier": ballot.tier,
        "opened_at": moment(ballot.opened_at),
        "closed_at": moment(ballot.closed_at),
        "carried": ballot.carried,
        "needed": ballot.needed,
        "standing": {
            "for": ballot.in_favour,
            "against": ballot.against,
            "abstain": ballot.abstain,
            "silent": ballot.silent,
            "present": ballot.present,
        },
        "votes": [
            {
                "person": vote.person.id,
                "choice": vote.choice.value if vote.choice else None,
                "reason": vote.reason,
            }
            for vote in ballot.votes
        ],
    }


def _decision(data: VerificationReportData) -> dict[str, Any]:
    decision, certificate = data.decision, data.certificate
    return {
        "certified": decision.certified,
        "by": decision.person.id,
        "at": moment(decision.at),
        "reasons": decision.reasons,
        "event": decision.event,
        "sha256": decision.digest,
        "certificate": {
            "number": certificate.number,
            "tier": certificate.tier,
            "issued_on": day(certificate.issued_on),
            "expires_on": day(certificate.expires_on),
        }
        if certificate
        else None,
    }


def _people(data: VerificationReportData) -> set[Person]:
    return set(_everybody(data))


def _everybody(data: VerificationReportData) -> Iterator[Person]:
    yield from (data.own.by, data.verified.by, data.decision.person)
    yield from (step.person for step in data.steps if step.person)
    yield from (row.person for row in data.team)
    yield from (row.person for row in data.recusals)
    yield from (row.by for row in data.onsite)
    if data.claim:
        yield from (who for who in (data.claim.found_by, data.claim.countersigned) if who)
    yield from (facts.person for facts in (data.recommendation, data.compliance) if facts)
    for ballot in data.ballots:
        yield from (vote.person for vote in ballot.votes)
