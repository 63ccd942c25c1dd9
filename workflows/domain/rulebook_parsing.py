"""A rulebook's file, read as plain values, into a ``Rulebook``; whatever is not expected is refused."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from assessments.domain.strict import Bad, Reader
from workflows.domain.aftercare_parsing import (
    read_appeal,
    read_followup,
    read_registration,
    read_retention,
    read_service_centre,
)
from workflows.domain.application_parsing import read_application, read_lists
from workflows.domain.citation_parsing import (
    bare_citation,
    check_sources,
    citation,
    cited_list,
    entry,
    ruled,
    ruled_count,
    ruled_flag,
)
from workflows.domain.procedure_parsing import read_meeting, read_procedures, read_routes
from workflows.domain.rulebook import (
    AcceptanceRules,
    Category,
    ChecklistItem,
    CommitteeRules,
    ConflictKind,
    DecisionRule,
    Effect,
    ReviewRules,
    Rulebook,
)
from workflows.domain.rulebook_merging import OWN, effective

_PARTS = {
    "time_zone",
    "design",
    "sources",
    "committee",
    "meeting",
    "review",
    "acceptance",
    "decisions",
    "followup",
    "lists",
    "application",
    "conflicts",
    "gaps",
    "procedures",
    "routes",
    "appeal",
    "registration",
    "retention",
    "service_centre",
}
_REQUIREMENTS = ("reasons", "conditions", "requirements", "scope", "validity", "appeal_route")


class BadRulebook(Bad):
    """The values are not a rulebook; ``path`` says where and ``reason`` why."""


def parse_rulebook(mapping: Mapping[str, Any], base: Mapping[str, Any] | None = None) -> Rulebook:
    """The edition that ``mapping`` describes, falling back to ``base`` key by key. Raises ``BadRulebook``.

    Lists and cited values of the overlay replace the base's whole; what is inherited keeps the base's citation.
    """
    try:
        top = Reader(effective(mapping, base)).mapping(required=OWN | _PARTS, optional={"base"})
        return _rulebook(top)
    except Bad as error:
        raise BadRulebook(error.path, error.reason) from error


def _rulebook(top: Reader) -> Rulebook:
    sources = {key: reader.string() for key, reader in top.get("sources").pairs()}
    check_sources(top, sources)
    top.get("design").text()
    named = top.maybe("base")
    meeting = read_meeting(top.get("meeting"))
    followup = read_followup(top.get("followup"))
    procedures = read_procedures(top.get("procedures"), meeting)
    application = read_application(top.get("application"))
    items = [item.code for step in application.steps for item in step.items]
    return Rulebook(
        slug=top.get("slug").key(),
        version=top.get("version").integer(least=1),
        base=(named.get("slug").key(), named.get("version").integer()) if named else None,
        title=top.get("title").text(),
        instrument=top.get("instrument").text(),
        cited_as=top.get("cited_as").text(),
        issued=read_day(top.get("issued")),
        in_force=read_day(top.get("in_force")),
        time_zone=read_time_zone(top.get("time_zone")),
        sources=sources,
        committee=_committee(top.get("committee")),
        meeting=meeting,
        review=_review(top.get("review")),
        acceptance=_acceptance(top.get("acceptance"), items),
        decisions=_decisions(top.get("decisions")),
        followup=followup,
        lists=read_lists(top.get("lists")),
        application=application,
        conflicts=tuple(
            ConflictKind(one.code, one.label, one.citation) for one in cited_list(top.get("conflicts"), least=1)
        ),
        gaps={code: bare_citation(reader) for code, reader in top.get("gaps").pairs()},
        procedures=procedures,
        routes=read_routes(top.get("routes"), procedures, followup.by_tier),
        appeal=read_appeal(top.get("appeal")),
        registration=read_registration(top.get("registration")),
        retention=read_retention(top.get("retention")),
        service_centre=read_service_centre(top.get("service_centre")),
    )


def read_day(reader: Reader) -> date:
    """A day, written as YYYY-MM-DD."""
    try:
        return date.fromisoformat(reader.string())
    except ValueError as error:
        raise reader.bad(f"{reader.value!r} is not a day") from error


def read_time_zone(reader: Reader) -> str:
    """The name of a time zone."""
    try:
        return ZoneInfo(reader.string()).key
    except (ValueError, OSError, KeyError) as error:  # an unknown name is a KeyError, a wrong path any of them
        raise reader.bad(f"{reader.value!r} is not a time zone") from error


def _committee(reader: Reader) -> CommitteeRules:
    reader.mapping(required={field.name for field in fields(CommitteeRules)})
    return CommitteeRules(
        min_members=ruled_count(reader.get("min_members")),
        parity=ruled(reader.get("parity"), lambda value: value.one_of("any", "odd")),
        categories=tuple(_category(one) for one in reader.get("categories").items(unique="code", least=1)),
        mixed_gender=ruled_flag(reader.get("mixed_gender")),
        external=ruled_flag(reader.get("external")),
        max_term_years=ruled_count(reader.get("max_term_years")),
        renewable=ruled_flag(reader.get("renewable")),
        chairs=ruled_count(reader.get("chairs")),
        alternates=ruled_flag(reader.get("alternates")),
    )


def _category(reader: Reader) -> Category:
    entry(reader, required={"code", "label", "required"}, optional={"when"})
    when = reader.maybe("when")
    return Category(
        code=reader.get("code").key(),
        label=reader.get("label").text(),
        citation=citation(reader),
        required=reader.get("required").boolean(),
        when=when.key() if when else None,
    )


def _review(reader: Reader) -> ReviewRules:
    reader.mapping(required={"min_reviewers", "focuses"})
    return ReviewRules(ruled_count(reader.get("min_reviewers")), cited_list(reader.get("focuses")))


def _acceptance(reader: Reader, items: Collection[str]) -> AcceptanceRules:
    reader.mapping(required={"supplement_notices", "checklist"})
    return AcceptanceRules(
        supplement_notices=ruled_count(reader.get("supplement_notices"), least=0),
        checklist=tuple(_checklist_item(one, items) for one in reader.get("checklist").items(unique="code", least=1)),
    )


def _checklist_item(reader: Reader, items: Collection[str]) -> ChecklistItem:
    entry(reader, required={"code", "label"}, optional={"item"})
    item = reader.maybe("item")
    return ChecklistItem(
        code=reader.get("code").key(),
        label=reader.get("label").text(),
        citation=citation(reader),
        item=item.reference(items, "form item") if item else None,
    )


def _decisions(reader: Reader) -> tuple[DecisionRule, ...]:
    rules = tuple(_decision(one) for one in reader.items(unique="code", least=2))
    for effect in (Effect.APPROVE, Effect.REFUSE):
        if sum(rule.effect is effect for rule in rules) != 1:
            raise reader.bad(f"one kind of decision has the effect {effect.value}")
    return rules


def _decision(reader: Reader) -> DecisionRule:
    entry(reader, required={"code", "label", "effect", "requires"})
    return DecisionRule(
        code=reader.get("code").key(),
        label=reader.get("label").text(),
        citation=citation(reader),
        effect=reader.get("effect").member(Effect),
        requires=reader.get("requires").references(_REQUIREMENTS, "requirement", least=0),
    )
