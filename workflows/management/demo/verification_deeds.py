"""The deeds of a verification's story, each by the action a page would call."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from assessments.models import Evidence, SelfAssessment
from assessments.queries import load_staged
from ethicsreview.accounts.models import User
from workflows.actions import (
    certificates,
    verification_correction,
    verification_onsite,
    verification_panel,
    verification_rounds,
    verification_team,
    verifications,
)
from workflows.domain.ballots import Choice
from workflows.management.demo.maturity_deeds import steps_at
from workflows.management.demo.script import Step
from workflows.management.demo.stage import Stage
from workflows.models import Finding, Objection, PanelBallot, Verification

SECOND = timedelta(seconds=1)


def _row(stage: Stage, step: Step) -> Verification:
    return Verification.objects.select_related("self_assessment__lead", "certificate").get(
        self_assessment=stage.assessments[step.about]
    )


def _crew(stage: Stage, part: str) -> User:
    """Who holds this part in every verification of the demo."""
    return stage.people[stage.script.maturity["crew"][part]]


def request(stage: Stage, step: Step) -> None:
    """The enterprise asks a body."""
    row = SelfAssessment.objects.select_related("lead").get(pk=stage.assessments[step.about])
    host = stage.organisations[stage.script.maturity["crew"]["host"]]
    verifications.request_verification(row.pk, host=host, actor=row.lead, now=step.at)


def staff(stage: Stage, step: Step) -> None:
    """A team of two, one of whom leads, and who reviews compliance."""
    pk, desk = _row(stage, step).pk, _crew(stage, "coordinator")
    verification_team.assign_assessor(pk, _crew(stage, "lead"), lead=True, actor=desk, now=step.at)
    verification_team.assign_assessor(pk, _crew(stage, "assessor"), lead=False, actor=desk, now=step.at + SECOND)
    verification_team.name_reviewer(pk, _crew(stage, "reviewer"), actor=desk, now=step.at + 2 * SECOND)


def recuse(stage: Stage, step: Step) -> None:
    """The coordinator keeps somebody of the body out of it."""
    verification_team.recuse(
        _row(stage, step).pk,
        stage.people[step.given["who"]],
        kind=step.given["kind"],
        reason=step.given["reason"],
        actor=_crew(stage, "coordinator"),
        now=step.at,
    )


def admit(stage: Stage, step: Step) -> None:
    """The coordinator accepts it."""
    verifications.accept_verification(_row(stage, step).pk, actor=_crew(stage, "coordinator"), now=step.at)


def assess(stage: Stage, step: Step) -> None:
    """The team rates what it finds, accepts the evidence but for the pieces named, and judges the claim.

    ``only`` names the dimensions it has come to; the evidence is judged once it has come to all.
    """
    row, text = _row(stage, step), stage.text(step)
    instrument = load_staged(row.self_assessment.assessment.instrument_version)
    levels = {**text["levels"], **step.given.get("found", {})}
    aside = text.get("aside", {})
    for item in aside:
        verification_rounds.decide_na(
            row.pk, item, approved=True, reason=step.given["aside"], actor=_crew(stage, "lead"), now=step.at
        )
    only = tuple(step.given.get("only", ()))
    rated = steps_at(instrument, levels, row.self_assessment.target, only) | step.given.get("ratings", {})
    for place, (key, given) in enumerate(rated.items()):
        if instrument.criteria[key].item in aside:
            continue
        rater = _crew(stage, ("lead", "assessor")[place % 2])
        verification_rounds.rate_criterion(
            row.pk, key, step=given, note="", actor=rater, now=step.at + (place + 1) * SECOND
        )
    _judge(stage, step, row, evidence=not only)


def _judge(stage: Stage, step: Step, row: Verification, *, evidence: bool = True) -> None:
    later = step.at + timedelta(minutes=10)
    refused = set(step.given.get("rejected", ()))
    pieces = Evidence.objects.filter(self_assessment=row.self_assessment, accepted__isnull=True).order_by("pk")
    for piece in pieces if evidence else ():
        accepted = piece.kind not in refused
        verification_rounds.judge_evidence(
            row.pk, piece.pk, accepted=accepted, actor=_crew(stage, "assessor"), now=later
        )
    if "claim_note" in step.given:
        verification_rounds.judge_claim(
            row.pk, accepted=True, reasons=step.given["claim_note"], actor=_crew(stage, "lead"), now=later
        )


def visit(stage: Stage, step: Step) -> None:
    """What is heard and seen on site; ``seen`` is how much of it by now."""
    pk = _row(stage, step).pk
    verification_onsite.begin_onsite(pk, actor=_crew(stage, "lead"), now=step.at)
    heard = stage.script.maturity["visit"][: step.given.get("seen")]
    for place, (kind, role, subject, notes) in enumerate(heard, start=1):
        verification_onsite.record_onsite(
            pk,
            kind=kind,
            role=role,
            subject=subject,
            held_on=step.at.date(),
            notes=notes,
            actor=_crew(stage, "assessor"),
            now=step.at + place * SECOND,
        )


def find(stage: Stage, step: Step) -> None:
    """Findings are written and released."""
    pk = _row(stage, step).pk
    for place, text in enumerate(step.given.get("findings", ()), start=1):
        verification_onsite.write_finding(
            pk,
            criterion=text["criterion"],
            kind=text["kind"],
            text=text["text"],
            actor=_crew(stage, "assessor"),
            now=step.at + place * SECOND,
        )
    verification_onsite.release_findings(pk, actor=_crew(stage, "lead"), now=step.at + timedelta(minutes=5))


def respond(stage: Stage, step: Step) -> None:
    """The enterprise answers its findings and is done."""
    row = _row(stage, step)
    lead = row.self_assessment.lead
    answers: Mapping[str, Any] = step.given["answers"]
    for finding in row.findings.order_by("number"):
        if finding.criterion not in answers:
            continue
        text = answers[finding.criterion]
        piece = verification_correction.NewEvidence(
            kind=text["kind"], title=text["title"], dated=(step.at - timedelta(days=3)).date(), reference=text["at"]
        )
        verification_correction.answer_finding(
            row.pk, finding.pk, text=text["text"], evidence=[piece], actor=lead, now=step.at
        )
    if step.given.get("done", True):
        verification_correction.close_correction(row.pk, actor=lead, now=step.at + timedelta(minutes=1))


def conclude(stage: Stage, step: Step) -> None:
    """The team settles the findings and recommends; somebody else finds the procedure in order."""
    row = _row(stage, step)
    for finding in Finding.objects.filter(verification=row).order_by("number"):
        verification_onsite.resolve_finding(
            row.pk,
            finding.pk,
            resolved=True,
            resolution=step.given["resolution"],
            actor=_crew(stage, "assessor"),
            now=step.at,
        )
    _judge(stage, step, row)
    later = step.at + timedelta(hours=1)
    verification_rounds.recommend_tier(row.pk, grounds=step.given["grounds"], actor=_crew(stage, "lead"), now=later)
    if step.given.get("compliance"):
        verifications.pass_compliance(
            row.pk, note=step.given["compliance"], actor=_crew(stage, "reviewer"), now=later + timedelta(hours=20)
        )


def seat(stage: Stage, step: Step) -> None:
    """The experts take their seats, and the ballot is opened; those named vote."""
    pk, desk = _row(stage, step).pk, _crew(stage, "coordinator")
    for name in stage.script.maturity["crew"]["panel"]:
        verification_panel.seat_panellist(pk, stage.people[name], actor=desk, now=step.at)
    ballot = verification_panel.open_ballot(pk, actor=desk, now=step.at + timedelta(hours=1))
    _vote(stage, step, ballot)


def _vote(stage: Stage, step: Step, ballot: PanelBallot) -> None:
    for place, (name, choice) in enumerate(step.given["votes"].items(), start=1):
        verification_panel.cast_panel_vote(
            ballot.verification_id,
            ballot_id=ballot.pk,
            choice=Choice(choice),
            reason=step.given.get("reasons", {}).get(name, ""),
            actor=stage.people[name],
            now=step.at + timedelta(hours=1, minutes=place),
        )


def object_to(stage: Stage, step: Step) -> None:
    """Somebody outside objects; the desk may have answered."""
    row = _row(stage, step)
    given = step.given
    verifications.file_objection(row.pk, name=given["name"], contact=given["contact"], text=given["text"], now=step.at)
    if "answer" in given:
        verifications.settle_objection(
            Objection.objects.get(verification=row).pk,
            upheld=False,
            answer=given["answer"],
            actor=_crew(stage, "coordinator"),
            now=step.at + timedelta(days=1),
        )


def certify(stage: Stage, step: Step) -> None:
    """The certificate is decided."""
    verifications.decide_verification(
        _row(stage, step).pk, certify=True, reasons="", actor=_crew(stage, "decider"), now=step.at
    )


def lapse(stage: Stage, step: Step) -> None:
    """The clock notices that the DCMM certificate was not renewed."""
    certificates.suspend_lapsed(_row(stage, step).certificate.pk, actor=None, now=step.at)


VERIFICATION_DEEDS: dict[str, Callable[[Stage, Step], None]] = {
    "request": request,
    "staff": staff,
    "recuse_assessor": recuse,
    "admit": admit,
    "assess": assess,
    "visit": visit,
    "find": find,
    "respond": respond,
    "conclude": conclude,
    "seat": seat,
    "object": object_to,
    "certify": certify,
    "lapse": lapse,
}
