"""What an application still lacks, item by item."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.domain.rulebook import ApplicationForm, FormItem, ItemKind, ListQuestion, Lists, Rulebook

PLEDGE = "pledge"
YES = "yes"
FIRST_DAY, LAST_DAY = "starts", "ends"  # the planned period, of a rulebook that asks for it


def title_of(answers: Mapping[str, Any]) -> str:
    """The name of the activity as a case keeps it, at most 300 characters; empty while none is given."""
    return str(answers.get("title", ""))[:300].strip()


def is_asked(item: FormItem, answers: Mapping[str, Any]) -> bool:
    """Whether the item must be answered, given the others' answers."""
    if item.required:
        return True
    when = item.required_when
    return when is not None and answers.get(when.item) == when.equals


def has_value(item: FormItem, answers: Mapping[str, Any], files: frozenset[str]) -> bool:
    """Whether the applicant gave something: a file for a file item, text or a choice for the others."""
    if item.kind is ItemKind.FILES:
        return item.code in files
    value = answers.get(item.code)
    if isinstance(value, str):
        return bool(value.strip())
    return value not in (None, [], {})


def form_items(form: ApplicationForm) -> Iterator[FormItem]:
    """Every item of the form, in order."""
    for step in form.steps:
        yield from step.items


def missing_items(form: ApplicationForm, answers: Mapping[str, Any], files: frozenset[str]) -> tuple[str, ...]:
    """Codes of required items without a value, in the form's order."""
    return tuple(
        item.code for item in form_items(form) if is_asked(item, answers) and not has_value(item, answers, files)
    )


def questions(lists: Lists) -> Iterator[tuple[str, ListQuestion]]:
    """Every self-assessment question with the key its answer is kept under."""
    for question in lists.red_lines:
        yield f"redline.{question.code}", question
    for question in lists.re_review:
        yield f"list.{question.code}", question
    for question in lists.exemptions:
        yield f"exemption.{question.code}", question


def _is_open(key: str, answers: Mapping[str, Any]) -> bool:
    answer = answers.get(key)
    if answer not in {YES, "no"}:
        return True
    return answer == YES and not str(answers.get(f"{key}.why", "")).strip()


def unanswered(lists: Lists, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of questions without yes or no, or with a yes that is not explained.

    Exemptions are asked only of activities that say yes to a list item.
    """
    listed = claimed(lists, answers).listed
    return tuple(
        key
        for key, _question in questions(lists)
        if (listed or not key.startswith("exemption.")) and _is_open(key, answers)
    )


class Claimed:
    """What the applicant says of the lists; the secretary's findings may differ."""

    def __init__(self, red_lines: tuple[str, ...], listed: tuple[str, ...], exemptions: tuple[str, ...]) -> None:
        self.red_lines = red_lines
        self.listed = listed
        self.exemptions = exemptions


def claimed(lists: Lists, answers: Mapping[str, Any]) -> Claimed:
    """Codes of the questions the applicant answered with yes."""

    def yes(prefix: str, asked: tuple[ListQuestion, ...]) -> tuple[str, ...]:
        return tuple(q.code for q in asked if answers.get(f"{prefix}.{q.code}") == YES)

    return Claimed(yes("redline", lists.red_lines), yes("list", lists.re_review), yes("exemption", lists.exemptions))


def is_reversed(answers: Mapping[str, Any]) -> bool:
    """Whether the planned period ends before it begins; days are written 2026-03-31."""
    begins, ends = str(answers.get(FIRST_DAY) or ""), str(answers.get(LAST_DAY) or "")
    return bool(begins and ends) and ends < begins


def is_pledged(rules: Rulebook, answers: Mapping[str, Any]) -> bool:
    """Whether the pledge was made, where the rulebook asks for one."""
    return not rules.application.pledge.text.en or answers.get(PLEDGE) == YES
