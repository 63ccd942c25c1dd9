"""The machine-readable result: enough to recompute profile, votes and times without this system.

Fractions are strings ``p/q``, moments ISO 8601 in UTC, people ids listed under ``people``. A reviewer's value of a
point is the mean of that reviewer's ratings, the point's value the mean of those; a motion is carried when votes in
favour over ``base`` reach ``threshold``, or exceed it where ``inclusive`` is false.
"""

import json
from collections.abc import Iterator
from typing import Any

from workflows.reporting.data import (
    CaseReportData,
    Gate,
    Indicator,
    MotionFacts,
    Person,
    Point,
    Rated,
    Seated,
)
from workflows.reporting.plain import cited, exact, in_both, moment

FORMAT = "ethicsreview.case-result"
VERSION = 1


def result_json(data: CaseReportData, *, code: str) -> bytes:
    """The result as UTF-8 JSON; the same data and code give the same bytes."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "code": code,
        "case": _case(data),
        "application": _application(data),
        "times": _times(data),
        "committee": _committee(data),
        "instrument": _instrument(data),
        "reviews": [
            {
                "mark": reviewer.mark,
                "person": reviewer.person.id,
                "submitted_at": moment(reviewer.submitted_at),
                "opinion": reviewer.opinion,
            }
            for reviewer in data.reviewers
        ],
        "points": [_point(point, data) for point in data.points],
        "gates": [_gate(gate) for gate in data.gates],
        "motions": [_motion(motion, data) for motion in data.motions],
        "decision": _decision(data),
        "editions": {
            name: {"slug": edition.slug, "version": edition.version, "sha256": edition.digest}
            for name, edition in (("rulebook", data.rulebook), ("instrument", data.instrument))
        },
        "audit": {"chain": data.head.chain, "number": data.head.number, "sha256": data.head.digest},
        "people": {str(person.id): in_both(person.name) for person in sorted(_people(data), key=lambda p: p.id)},
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _case(data: CaseReportData) -> dict[str, Any]:
    matter = data.matter
    return {
        "reference": matter.reference,
        "title": matter.title,
        "applicant": in_both(matter.applicant),
        "lead": matter.lead.id,
        "reviewed_by": {"committee": in_both(data.committee), "host": in_both(data.host.name)},
        "tier": matter.tier.code,
        "flags": [flag.code for flag in matter.flags],
        "classification_reason": matter.classification_reason,
        "red_lines": [question.code for question in matter.red_lines],
        "listed": [question.code for question in matter.listed],
        "exemption": matter.exemption.code if matter.exemption else None,
        "list_edition": matter.list_edition,
        "procedure": matter.procedure.code.value if matter.procedure else None,
        "route": matter.route.code if matter.route else None,
        "procedure_reasons": matter.procedure_reasons,
    }


def _application(data: CaseReportData) -> dict[str, Any]:
    application = data.application
    return {
        "version": application.number,
        "submitted_at": moment(application.submitted_at),
        "sha256": application.digest,
        "files": [
            {"name": paper.name, "version": paper.version, "pages": paper.pages, "sha256": paper.sha256}
            for paper in application.papers
        ],
    }


def _times(data: CaseReportData) -> dict[str, Any]:
    times = data.times
    return {
        "spans": [
            {"side": span.side.value, "why": span.why, "from": moment(span.started), "until": moment(span.ended)}
            for span in times.spans
        ],
        "limit": {
            "started": moment(times.limit_started),
            "days": times.limit_days,
            "last_day": times.last_day.isoformat() if times.last_day else None,
            "extended": times.extended,
            "overdue": times.overdue,
            "zone": data.zone,
        },
        "steps": [
            {"at": moment(step.at), "step": step.verb, "rule": cited(step.citation), "meeting": step.meeting or None}
            for step in data.milestones
        ],
    }


def _committee(data: CaseReportData) -> dict[str, Any]:
    return {
        "meeting": data.meeting.number if data.meeting else None,
        "presiding": data.meeting.presiding.id if data.meeting else None,
        "seats": [_seat(seat) for seat in data.roster],
        "recusals": [
            {
                "person": row.person.id,
                "kind": in_both(row.kind),
                "at": moment(row.at),
                "lifted_at": moment(row.lifted_at),
            }
            for row in data.recusals
        ],
    }


def _seat(seat: Seated) -> dict[str, Any]:
    return {
        "person": seat.person.id,
        "role": seat.role.value,
        "categories": [in_both(category) for category in seat.categories],
        "external": seat.external,
        "recused": seat.recused,
        "counted": seat.counted,
        "stays": [
            {
                "mode": stay.mode.value,
                "from": moment(stay.arrived),
                "until": moment(stay.left),
                "stands_for": stay.stands_for.id if stay.stands_for else None,
            }
            for stay in seat.stays
        ],
    }


def _instrument(data: CaseReportData) -> dict[str, Any]:
    return {
        "title": in_both(data.instrument.title),
        "is_law": False,
        "scale": {step.key: str(step.value) for step in data.scale},
        "blocking": data.blocking,
    }


def _point(point: Point, data: CaseReportData) -> dict[str, Any]:
    return {
        "key": point.key,
        "title": in_both(point.title),
        "value": exact(point.value),
        "lowest": exact(point.lowest),
        "highest": exact(point.highest),
        "by_reviewer": {
            reviewer.mark: exact(value) for reviewer, value in zip(data.reviewers, point.by_reviewer, strict=True)
        },
        "coverage": {"answered": point.coverage.answered, "asked": point.coverage.asked},
        "indicators": [_indicator(indicator) for indicator in point.indicators],
    }


def _indicator(indicator: Indicator) -> dict[str, Any]:
    return {
        "key": indicator.key,
        "asked": indicator.asked,
        "gate": indicator.gate,
        "ratings": {rated.mark: _rated(rated) for rated in indicator.ratings},
    }


def _rated(rated: Rated) -> dict[str, Any]:
    return {
        "step": rated.step,
        "not_applicable": rated.na,
        "reason": rated.reason,
        "at": moment(rated.at),
        "evidence": [
            {
                "document": link.document,
                "version": link.version,
                "page": link.page,
                "note": link.note,
                "sha256": link.sha256,
            }
            for link in rated.evidence
        ],
    }


def _gate(gate: Gate) -> dict[str, Any]:
    return {
        "indicator": gate.key,
        "reviewer": gate.reviewer.id,
        "reason": gate.reason,
        "at": moment(gate.at),
        "outcome": gate.outcome.value,
        "motion": gate.motion or None,
    }


def _motion(motion: MotionFacts, data: CaseReportData) -> dict[str, Any]:
    rules, standing = data.meeting_rules, motion.standing
    return {
        "number": motion.number,
        "meeting": motion.meeting,
        "kind": motion.kind.value,
        "decision": motion.decision.code if motion.decision else None,
        "indicator": motion.gate[0] if motion.gate else None,
        "reviewer": motion.gate[1].id if motion.gate else None,
        "text": motion.text,
        "put_at": moment(motion.put_at),
        "closed_at": moment(motion.closed_at),
        "outcome": motion.outcome.value,
        "withdrawn_reason": motion.withdrawn_reason,
        "present": [person.id for person in motion.present],
        "base": motion.base,
        "denominator": rules.denominator.value.value,
        "threshold": str(rules.threshold.value),
        "inclusive": rules.inclusive.value,
        "needed": motion.needed,
        "standing": {
            "for": standing.in_favour,
            "against": standing.against,
            "abstain": standing.abstain,
            "silent": standing.silent,
        }
        if standing
        else None,
        "votes": [
            {
                "person": vote.person.id,
                "choice": vote.choice.value,
                "counted": vote.counted,
                "reason": vote.reason,
                "entered_by": (vote.by or vote.person).id,
                "at": moment(vote.at),
            }
            for vote in motion.votes
        ],
        "dissents": [{"person": row.person.id, "text": row.text, "at": moment(row.at)} for row in motion.dissents],
    }


def _decision(data: CaseReportData) -> dict[str, Any]:
    outcome = data.outcome
    return {
        "number": outcome.number,
        "kind": outcome.rule.code,
        "effect": outcome.rule.effect.value,
        "rule": cited(outcome.rule.citation),
        "requires": list(outcome.rule.requires),
        "motion": outcome.motion or None,
        "reasons": in_both(outcome.reasons),
        "requirements": in_both(outcome.requirements),
        "scope": in_both(outcome.scope),
        "valid_from": outcome.valid_from.isoformat() if outcome.valid_from else None,
        "valid_until": outcome.valid_until.isoformat() if outcome.valid_until else None,
        "conditions": [
            {"number": row.number, "text": in_both(row.text), "due": row.due.isoformat() if row.due else None}
            for row in outcome.conditions
        ],
        "followup_months": outcome.followup.months if outcome.followup else None,
        "issued": {
            "by": outcome.act.person.id,
            "as": outcome.act.role.value if outcome.act.role else None,
            "at": moment(outcome.act.at),
            "event": outcome.act.event,
            "sha256": outcome.act.digest,
        },
    }


def _people(data: CaseReportData) -> set[Person]:
    return set(_everybody(data))


def _everybody(data: CaseReportData) -> Iterator[Person]:
    yield from (data.matter.lead, data.application.submitted_by, data.outcome.act.person, data.outcome.drafted_by)
    if data.meeting:
        yield data.meeting.presiding
    for seat in data.roster:
        yield seat.person
        yield from (stay.stands_for for stay in seat.stays if stay.stands_for)
    yield from (row.person for row in data.recusals)
    yield from (reviewer.person for reviewer in data.reviewers)
    yield from (gate.reviewer for gate in data.gates)
    for motion in data.motions:
        yield motion.put_by
        yield from motion.present
        yield from (motion.gate[1],) if motion.gate else ()
        for vote in motion.votes:
            yield vote.person
            yield from (vote.by,) if vote.by else ()
        yield from (row.person for row in motion.dissents)
