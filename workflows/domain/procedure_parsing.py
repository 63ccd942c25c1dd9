"""Reading the meeting, the other procedures and the routing table of a rulebook."""

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction

from assessments.domain.strict import Reader
from workflows.domain.citation_parsing import (
    bare_citation,
    citation,
    cited_list,
    entry,
    ruled,
    ruled_count,
    ruled_flag,
)
from workflows.domain.citations import Ruled
from workflows.domain.procedure_rules import Denominator, Limit, LimitUnit, Procedure, ProcedureRule, Route
from workflows.domain.rulebook import MeetingRules

_MEETING = {
    "quorum",
    "quorum_categories",
    "threshold",
    "denominator",
    "inclusive",
    "video",
    "days",
    "extension",
    "recused_count",
}
# The general procedure's figures stand once, under ``meeting``.
_FIGURES = {"limit", "people", "threshold", "denominator"}
_LISTS = {"grounds", "escalates_on", "outcomes", "excludes", "organisers", "needs"}


def read_meeting(reader: Reader) -> MeetingRules:
    """The general procedure's figures."""
    reader.mapping(required=_MEETING)
    return MeetingRules(
        quorum=ruled_count(reader.get("quorum")),
        quorum_categories=ruled_flag(reader.get("quorum_categories")),
        threshold=ruled(reader.get("threshold"), _share),
        denominator=ruled(reader.get("denominator"), lambda value: value.member(Denominator)),
        inclusive=ruled_flag(reader.get("inclusive")),
        video=ruled_flag(reader.get("video")),
        days=ruled_count(reader.get("days")),
        extension=ruled_flag(reader.get("extension")),
        recused_count=ruled_flag(reader.get("recused_count")),
    )


def _share(reader: Reader) -> Fraction:
    share = reader.fraction(least=0)
    if not 0 < share <= 1:
        raise reader.bad(f"{share} is not a share of the voters")
    return share


def read_procedures(reader: Reader, meeting: MeetingRules) -> tuple[ProcedureRule, ...]:
    """The procedures given, in the enum's order; the general one is always among them."""
    reader.mapping(required={Procedure.GENERAL.value}, optional=set(Procedure))
    found = [(code, reader.maybe(code.value)) for code in Procedure]
    rules = tuple(_procedure(one, code) for code, one in found if one is not None)
    general = replace(
        rules[0],
        limit=Limit(meeting.days, LimitUnit.DAYS),
        people=meeting.quorum,
        threshold=meeting.threshold,
        denominator=meeting.denominator,
    )
    return (general, *rules[1:])


def _procedure(reader: Reader, code: Procedure) -> ProcedureRule:
    figures = set() if code is Procedure.GENERAL else _FIGURES
    reader.mapping(required={"label", "basis", "may_refuse"}, optional={*_LISTS, *figures, "includes_re_review"})
    threshold, denominator = reader.maybe("threshold"), reader.maybe("denominator")
    if (threshold is None) != (denominator is None):
        raise reader.bad("a threshold and its denominator go together")
    includes = reader.maybe("includes_re_review")
    return ProcedureRule(
        code=code,
        label=reader.get("label").text(),
        basis=bare_citation(reader.get("basis")),
        limit=_limit(reader.maybe("limit")),
        people=_people(reader.maybe("people")),
        threshold=ruled(threshold, _share) if threshold else None,
        denominator=ruled(denominator, lambda value: value.member(Denominator)) if denominator else None,
        may_refuse=ruled_flag(reader.get("may_refuse")),
        includes_re_review=ruled_flag(includes) if includes else None,
        **{name: cited_list(reader.maybe(name)) for name in sorted(_LISTS)},
    )


def _people(reader: Reader | None) -> Ruled[int] | None:
    return ruled_count(reader) if reader else None


def _limit(reader: Reader | None) -> Limit | None:
    if reader is None:
        return None
    reader.mapping(optional=set(LimitUnit))
    units = [unit for unit in LimitUnit if reader.maybe(unit.value) is not None]
    if len(units) != 1:
        raise reader.bad("a limit is given in days or in hours")
    return Limit(ruled_count(reader.get(units[0].value)), units[0])


def read_routes(reader: Reader, procedures: tuple[ProcedureRule, ...], tiers: Collection[str]) -> tuple[Route, ...]:
    """The routing table; its last row holds for every case, so that none is left without a way."""
    known = {rule.code for rule in procedures}
    grounds = {ground.code for rule in procedures for ground in rule.grounds}
    readers = reader.items(unique="code", least=1)
    routes = tuple(_route(one, known, grounds, tiers) for one in readers)
    if readers[-1].get("when").value:
        raise readers[-1].get("when").bad("the last row is for every case that is left")
    return routes


def _route(
    reader: Reader, procedures: Collection[Procedure], grounds: Collection[str], tiers: Collection[str]
) -> Route:
    entry(reader, required={"code", "label", "when", "procedures", "adviser", "refusal", "followup"})
    when = reader.get("when").mapping(optional={"red_line", "listed", "exempt", "tiers", "grounds"})
    named, met, months = when.maybe("tiers"), when.maybe("grounds"), reader.get("followup")
    return Route(
        code=reader.get("code").key(),
        label=reader.get("label").text(),
        citation=citation(reader),
        red_line=_flag(when.maybe("red_line")),
        listed=_flag(when.maybe("listed")),
        exempt=_flag(when.maybe("exempt")),
        tiers=named.references(tiers, "tier") if named else (),
        grounds=met.references(grounds, "ground of a procedure") if met else (),
        procedures=tuple(Procedure(code) for code in reader.get("procedures").references(procedures, "procedure")),
        adviser=reader.get("adviser").boolean(),
        refusal=reader.get("refusal").boolean(),
        followup=None if months.value is None else months.integer(least=1),
    )


def _flag(reader: Reader | None) -> bool | None:
    return reader.boolean() if reader else None
