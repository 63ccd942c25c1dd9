"""The deeds of an assessment's story, the enterprise's and the body's, each by the action a page would call."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from assessments.actions.answering import GivenAnswer, import_answers
from assessments.actions.contributors import name_contributor
from assessments.actions.evidence import ClaimFacts, EvidenceFacts, add_evidence, claim_dcmm
from assessments.actions.planning import StepTerms, add_steps, set_efforts, tick_step
from assessments.actions.starting import Outline, start_self_assessment
from assessments.actions.submitting import submit_self_assessment
from assessments.domain.claims import ClaimSource, Party
from assessments.domain.enterprises import Size
from assessments.domain.staged import StagedInstrument
from assessments.models import SelfAssessment
from assessments.queries import latest_instrument, load_staged
from assessments.queries.maturity import answers_digest
from workflows.management.demo.script import Step
from workflows.management.demo.stage import Stage

MINUTE = timedelta(minutes=1)


def begin(stage: Stage, step: Step) -> None:
    """Begin, answer up to the given levels, name the evidence and claim the DCMM level."""
    text = stage.text(step)
    lead = stage.people[text["lead"]]
    organisation = stage.organisations[text["organisation"]]
    follows = text.get("follows")
    earlier = SelfAssessment.objects.get(pk=stage.assessments[follows]) if follows else None
    outline = Outline(
        legal_entity=organisation.name_in(lead.language),
        scope=text["scope"],
        size=Size(text["size"]),
        target=text["target"],
        entity_code=text.get("code", ""),
        sector=organisation.sector,
        adviser=text.get("adviser", ""),
    )
    row = start_self_assessment(
        organisation, latest_instrument(text["instrument"]), outline, follows=earlier, actor=lead, now=step.at
    )
    stage.assessments[step.about] = row.pk
    instrument = load_staged(row.assessment.instrument_version)
    if earlier is None:
        met = _answer(stage, step, row, instrument)
        _name_evidence(stage, step, row, instrument, met)
    if "claim" in text:
        claim_dcmm(
            row.pk, _claim(text["claim"], outline.legal_entity, stage.now), actor=lead, now=step.at + 9 * MINUTE
        )


def steps_at(
    instrument: StagedInstrument, levels: Mapping[str, int], target: int, only: tuple[str, ...] = ()
) -> dict[str, str]:
    """What is answered so that each item reaches its level: met up to it, not met above, nothing beyond the target.

    ``levels`` gives the level of all items under ``all`` and those of some under their keys.
    """
    found: dict[str, str] = {}
    for key, item in instrument.items.items():
        if only and instrument.dimension_of[key].key not in only:
            continue
        level = levels.get(key, levels["all"])
        for number, cell in enumerate(item.cells[: min(level + 1, target)], start=1):
            step = instrument.best if number <= level else instrument.scale[0].key
            found |= {one.key: step for one in cell}
    return found


def _answer(stage: Stage, step: Step, row: SelfAssessment, instrument: StagedInstrument) -> list[str]:
    """The criteria that are met."""
    text, lead = stage.text(step), row.lead
    steps = steps_at(instrument, text["levels"], text["target"], tuple(text.get("only", ()))) | text.get("ratings", {})
    notes = stage.script.maturity["notes"]
    language = "zh" if lead.language.startswith("zh") else "en"
    given = [GivenAnswer(key, given, note=notes.get(given, {}).get(language, "")) for key, given in steps.items()]
    aside = text.get("aside", {})
    given = [one for one in given if instrument.criteria[one.key].item not in aside]
    given += [GivenAnswer(item, set_aside=True, note=reason) for item, reason in aside.items()]
    import_answers(row.pk, given, seen_digest=answers_digest({}), actor=lead, now=step.at + MINUTE)
    lowest = instrument.scale[0].key
    return [one.key for one in given if one.step not in (None, lowest)]


def _name_evidence(
    stage: Stage, step: Step, row: SelfAssessment, instrument: StagedInstrument, met: list[str]
) -> None:
    if instrument.evidence is None:
        return
    language = "zh" if row.lead.language.startswith("zh") else "en"
    for place, piece in enumerate(stage.script.maturity["pieces"], start=2):
        served = [
            key
            for key in met
            if instrument.dimension_of[instrument.criteria[key].item].key in piece["dimensions"]
            and instrument.criteria[key].level >= piece.get("from", 1)
        ]
        facts = EvidenceFacts(
            kind=piece["kind"],
            title=piece["title"][language],
            dated=_day(step.at, piece["dated"]),
            periods=piece.get("periods", 0),
            reference=piece["reference"],
            confidential=piece.get("confidential", False),
        )
        if served:
            add_evidence(row.pk, facts, served, actor=row.lead, now=step.at + place * MINUTE / 2)


def _claim(text: Mapping[str, Any], legal_entity: str, now: datetime) -> ClaimFacts:
    if text["source"] == ClaimSource.SELF.value:
        return ClaimFacts(ClaimSource.SELF, text["level"])
    return ClaimFacts(
        source=ClaimSource.CERTIFICATE,
        level=text["level"],
        edition=text["edition"],
        party=Party.OWNER,
        legal_entity=legal_entity,
        certificate=text["certificate"],
        body=text["body"],
        issued=_day(now, text["issued"]),
        expires=_day(now, text["expires"]),
    )


def _day(moment: datetime, days: int) -> date:
    return (moment + timedelta(days=days)).date()


def share(stage: Stage, step: Step) -> None:
    """Colleagues and the dimensions each of them answers."""
    lead = stage.people[stage.text(step)["lead"]]
    for name, dimensions in step.given["with"].items():
        name_contributor(stage.assessments[step.about], stage.people[name], dimensions, actor=lead, now=step.at)


def plan_ahead(stage: Stage, step: Step) -> None:
    """What raising each item costs, and steps with who sees to them; some are done."""
    pk, lead = stage.assessments[step.about], stage.people[stage.text(step)["lead"]]
    set_efforts(pk, step.given.get("efforts", {}), actor=lead, now=step.at)
    for place, row in enumerate(step.given["steps"], start=1):
        terms = StepTerms(stage.people[row["owner"]], _day(stage.now, row["due"]), row["note"])
        for made in add_steps(pk, [row["criterion"]], terms, actor=lead, now=step.at + place * MINUTE):
            if row.get("done"):
                tick_step(pk, made.pk, done=True, actor=lead, now=step.at + (place + 10) * MINUTE)


def hand_in(stage: Stage, step: Step) -> None:
    """Hand the assessment in."""
    lead = stage.people[stage.text(step)["lead"]]
    submit_self_assessment(stage.assessments[step.about], actor=lead, now=step.at)


MATURITY_DEEDS: dict[str, Callable[[Stage, Step], None]] = {
    "begin": begin,
    "share": share,
    "plan_ahead": plan_ahead,
    "hand_in": hand_in,
}
