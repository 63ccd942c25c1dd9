"""The deeds of a case's story, each by the action a page would call."""

import io
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from ethicsreview.accounts.models import User
from workflows.actions import applications, conflicts, decisions, intake, reviews
from workflows.actions.decisions import ConditionText, DecisionText
from workflows.actions.intake import Classification
from workflows.domain import application as forms
from workflows.domain.rulebook import ItemKind, Rulebook
from workflows.management.demo.papers import draw_paper
from workflows.management.demo.ratings import rate
from workflows.management.demo.script import Step
from workflows.management.demo.stage import Stage
from workflows.models import CaseFile
from workflows.queries.rulebooks import load_rulebook


def start(stage: Stage, step: Step) -> None:
    """Begin, fill and attach what the application has."""
    text, lead = stage.text(step), stage.actor(step, "lead")
    case = applications.start_case(
        stage.committees[text["committee"]], stage.organisations[text["applicant"]], actor=lead, now=step.at
    )
    stage.cases[step.about] = case.pk
    rules = load_rulebook(case.rulebook)
    answers = answers_of(stage, text, rules, step)
    applications.save_answers(case.pk, answers, actor=lead, now=step.at + timedelta(minutes=1))
    for place, item in enumerate(_asked_files(rules, answers) if step.given.get("papers", True) else (), start=2):
        name, pdf = _paper(stage, step, item, answers, rules)
        moment = step.at + timedelta(minutes=place)
        applications.add_file(case.pk, item, io.BytesIO(pdf), name=name, actor=lead, now=moment)


def answers_of(stage: Stage, text: Mapping[str, Any], rules: Rulebook, step: Step) -> dict[str, Any]:
    """What all applications in this language say, the applicant's share, and over both the case's own words."""
    language = text["language"]
    words = _words(stage, text)
    shared = {key: _filled(value, words) for key, value in stage.script.common[language].items()}
    applicant = stage.script.cast["organisations"][text["applicant"]]["answers"][language]
    questions = {key: "no" for key, _question in forms.questions(rules.lists)}
    answers = {**questions, **shared, **applicant, **text["answers"]}
    known = {item.code for item in forms.form_items(rules.application)} | {forms.PLEDGE}
    kept = {key: value for key, value in answers.items() if key in known or "." in key}
    for key, days in zip(("starts", "ends"), text["runs"], strict=True):
        kept[key] = _day(step, days).isoformat()
    if "background" in kept:
        kept["background"] += "\n\n" + _sources(text, language)
    return kept if step.given.get("pledge", True) else {k: v for k, v in kept.items() if k != forms.PLEDGE}


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    return value.format(**words) if isinstance(value, str) else value


def _words(stage: Stage, text: Mapping[str, Any]) -> dict[str, str]:
    language = text["language"]
    return {
        "language": language,
        "title": text["answers"]["title"],
        "applicant": stage.organisations[text["applicant"]].name_in(language),
        "lead": stage.people[text["lead"]].name_in(language),
        "system": text["system"],
    }


def _sources(text: Mapping[str, Any], language: str) -> str:
    """Where the facts about the system come from, as the applicant names it."""
    head = {"en": "Published sources on the system:", "zh": "关于该系统的公开资料来源："}[language]
    return "\n".join([head, *(f"– {s['publisher']}, “{s['title']}”, {s['year']}" for s in text["sources"])])


def _day(step: Step, days: int) -> date:
    return timezone.localtime(step.at).date() + timedelta(days=days)


def _asked_files(rules: Rulebook, answers: Mapping[str, Any]) -> list[str]:
    missing = forms.missing_items(rules.application, answers, frozenset())
    return [code for code in missing if rules.application.item(code).kind is ItemKind.FILES]


def _paper(
    stage: Stage, step: Step, item: str, answers: Mapping[str, Any], rules: Rulebook, version: int = 1
) -> tuple[str, bytes]:
    text, paper = stage.text(step), stage.script.papers[item]
    team = "\n".join(f"{row['name']}: {row['role']}; {row['training']}" for row in answers["team"])
    words = {**_words(stage, text), "team": team, "version": str(version)}
    return paper["name"][text["language"]], draw_paper(paper, answers, words, rules, step.at)


def submit(stage: Stage, step: Step) -> None:
    applications.submit_case(stage.cases[step.about], actor=stage.actor(step, "lead"), now=step.at)


def classify(stage: Stage, step: Step) -> None:
    given = step.given
    finding = Classification(
        tier=given["tier"],
        flags=tuple(given.get("flags", ())),
        reason=given["reason"],
        red_lines=tuple(given.get("red_lines", ())),
        listed=tuple(given.get("listed", ())),
        exemption=given.get("exemption", ""),
        exemption_evidence=given.get("exemption_evidence", ""),
    )
    intake.classify_case(stage.cases[step.about], finding, actor=stage.actor(step, "secretary"), now=step.at)


def accept(stage: Stage, step: Step) -> None:
    intake.accept_case(
        stage.cases[step.about], reasons=step.given["reasons"], actor=stage.actor(step, "secretary"), now=step.at
    )


def decline(stage: Stage, step: Step) -> None:
    intake.decline_case(
        stage.cases[step.about], reasons=step.given["reasons"], actor=stage.actor(step, "secretary"), now=step.at
    )


def supplement(stage: Stage, step: Step) -> None:
    intake.request_supplement(
        stage.cases[step.about],
        step.given["requests"],
        message=step.given["message"],
        actor=stage.actor(step, "secretary"),
        now=step.at,
    )


def answer(stage: Stage, step: Step) -> None:
    """Each item answered, the application completed, the papers named handed in anew."""
    case_id, lead = stage.cases[step.about], stage.actor(step, "lead")
    for item, text in step.given["answers"].items():
        applications.save_supplement_answer(case_id, item, text, actor=lead, now=step.at - timedelta(minutes=20))
    _renew(stage, step, lead)
    applications.answer_supplement(case_id, actor=lead, now=step.at)


def _renew(stage: Stage, step: Step, lead: User) -> None:
    case_id, changed = stage.cases[step.about], step.given.get("changed", {})
    folder = stage.folder(step.about, lead, step.at)
    answers = {**folder.application.answers, **changed}
    applications.save_answers(case_id, changed, actor=lead, now=step.at - timedelta(minutes=15))
    for item in step.given.get("papers", ()):
        held = CaseFile.objects.get(case=case_id, item=item, removed_at__isnull=True)
        name, pdf = _paper(stage, step, item, answers, folder.rules, version=2)
        moment = step.at - timedelta(minutes=10)
        applications.replace_file(case_id, held.pk, io.BytesIO(pdf), name=name, actor=lead, now=moment)


def resubmit(stage: Stage, step: Step) -> None:
    lead = stage.actor(step, "lead")
    _renew(stage, step, lead)
    applications.resubmit_case(stage.cases[step.about], changes=step.given["changes"], actor=lead, now=step.at)


def withdraw(stage: Stage, step: Step) -> None:
    applications.withdraw_case(
        stage.cases[step.about], reasons=step.given["reasons"], actor=stage.actor(step, "lead"), now=step.at
    )


def extend(stage: Stage, step: Step) -> None:
    decisive = {"until": _day(step, step.given["days"]), "reasons": step.given["reasons"]}
    intake.extend_deadline(stage.cases[step.about], **decisive, actor=stage.actor(step, "chair"), now=step.at)


def assign(stage: Stage, step: Step) -> None:
    people = [stage.people[key] for key in step.given["reviewers"]]
    reviews.assign_reviewers(stage.cases[step.about], people, actor=stage.actor(step, "secretary"), now=step.at)


def rate_some(stage: Stage, step: Step) -> None:
    """The first ratings of a review that is not handed in yet."""
    rate(stage, step, actor=stage.people[step.given["by"]])


def review(stage: Stage, step: Step) -> None:
    """Rate all and hand in; ``at`` is when the rating begins."""
    who = step.given["by"]
    rate(stage, step, actor=stage.people[who])
    opinion = stage.text(step)["reviews"][who]["opinion"]
    later = step.at + timedelta(minutes=45)
    reviews.submit_review(stage.cases[step.about], opinion=opinion, actor=stage.people[who], now=later)


def revise(stage: Stage, step: Step) -> None:
    reviews.rate_indicator(
        stage.cases[step.about],
        step.given["item"],
        step=step.given["step"],
        not_applicable=False,
        reason=step.given["reason"],
        actor=stage.people[step.given["by"]],
        now=step.at,
    )


def open_reviews(stage: Stage, step: Step) -> None:
    reviews.close_reviews(stage.cases[step.about], actor=stage.actor(step, "secretary"), now=step.at)


def conflict(stage: Stage, step: Step) -> None:
    given = step.given
    conflicts.declare_conflict(
        stage.cases[step.about],
        stage.people[given["who"]],
        kind=given["kind"],
        reason=given["reason"],
        actor=stage.people[given.get("by", given["who"])],
        now=step.at,
    )


def designate(stage: Stage, step: Step) -> None:
    seat = stage.seats[stage.text(step)["committee"], step.given["who"]]
    decisions.designate_chair(
        stage.cases[step.about],
        seat_id=seat.pk,
        reasons=step.given["reasons"],
        actor=stage.actor(step, "secretary"),
        now=step.at,
    )


def draft(stage: Stage, step: Step) -> None:
    given = step.given
    start_day, end_day = given.get("valid", (None, None))
    both = {
        f"{part}_{language}": given[part][language]
        for part in ("reasons", "requirements", "scope")
        if part in given
        for language in ("en", "zh")
    }
    text = DecisionText(
        **both,
        valid_from=None if start_day is None else _day(step, start_day),
        valid_until=None if end_day is None else _day(step, end_day),
        followup_months=given.get("followup"),
    )
    conditions = [ConditionText(row["en"], row["zh"], _day(step, row["due"])) for row in given.get("conditions", ())]
    decisions.draft_decision(
        stage.cases[step.about], text, conditions, actor=stage.actor(step, "secretary"), now=step.at
    )


def issue(stage: Stage, step: Step) -> None:
    decisions.issue_decision(stage.cases[step.about], actor=stage.actor(step, "chair"), now=step.at)


CASE_DEEDS: dict[str, Callable[[Stage, Step], None]] = {
    "start": start,
    "submit": submit,
    "classify": classify,
    "accept": accept,
    "decline": decline,
    "supplement": supplement,
    "answer": answer,
    "resubmit": resubmit,
    "withdraw": withdraw,
    "extend": extend,
    "assign": assign,
    "rate": rate_some,
    "review": review,
    "revise": revise,
    "open_reviews": open_reviews,
    "conflict": conflict,
    "designate": designate,
    "draft": draft,
    "issue": issue,
}
