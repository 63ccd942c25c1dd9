"""A rulebook's file says everything with its citation; an overlay falls back to its base; all else is refused."""

import copy
import json
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from assessments.domain.strict import Bad, Text
from tests.domain.small_rulebook import small_overlay_content, small_rulebook, small_rulebook_content
from workflows.domain.citations import Citation, Confidence, Ruled, chinese_numeral
from workflows.domain.rulebook import (
    Condition,
    ConflictKind,
    Denominator,
    Effect,
    LimitUnit,
    MonthDay,
    Procedure,
    Route,
    RouteFacts,
    Rulebook,
    StepKind,
    route_of,
)
from workflows.domain.rulebook_parsing import BadRulebook, parse_rulebook

ACT = Text("Small Act", "小法")
MORE = Text("More Act", "补充法")
HOUSE = Text("House rule", "自定规则")
FOUND, LOW, DESIGN = Confidence.FOUND, Confidence.LOW, Confidence.DESIGN
OURS = Citation(HOUSE, "", "design", DESIGN)
MISSING = object()


def act(article: str, confidence: Confidence = FOUND, place: Confidence | None = None) -> Citation:
    """A citation of the small act."""
    return Citation(ACT, article, "act", confidence, place)


def put(content: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """``content`` with ``value`` at ``path``, dots between keys and indexes; MISSING takes the entry away."""
    *way, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    place: Any = content
    for step in way:
        place = place[step]
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    return content


def small(path: str, value: Any) -> dict[str, Any]:
    """The small rulebook with one thing changed."""
    return put(small_rulebook_content(), path, value)


def overlaid(path: str, value: Any) -> Rulebook:
    """The overlay with one thing changed, over the small rulebook."""
    return parse_rulebook(put(small_overlay_content(), path, value), small_rulebook_content())


def refusal(content: Any, base: Any = None) -> tuple[str, str]:
    """Where and why the content was refused."""
    with pytest.raises(BadRulebook) as refused:
        parse_rulebook(content, base)
    return refused.value.path, refused.value.reason


# what is read


def test_rulebook_says_which_edition_of_which_law_it_is() -> None:
    rules = small_rulebook()
    assert (rules.slug, rules.version, rules.base) == ("small", 1, None)
    assert (rules.title, rules.cited_as) == (Text("Small", "小"), ACT)
    assert rules.instrument == Text("Small Act, No. 1", "《小法》第1号")
    assert (rules.issued, rules.in_force, rules.time_zone) == (date(2020, 1, 2), date(2020, 3, 4), "Europe/Zurich")
    assert rules.sources == {"act": "The Act", "design": "Ours"}


def test_rulebook_values_carry_their_citations() -> None:
    rules = small_rulebook()
    assert rules.committee.min_members == Ruled(5, act("Art. 1"))
    assert rules.committee.parity == Ruled("odd", act("Art. 1"))
    assert rules.committee.mixed_gender == Ruled(False, OURS)
    assert rules.meeting.quorum == Ruled(3, act("Art. 3", place=LOW))
    assert rules.meeting.threshold == Ruled(Fraction(1, 2), act("Art. 4", Confidence.HIGH))
    assert rules.meeting.denominator == Ruled(Denominator.ALL_MEMBERS, act("Art. 4", Confidence.HIGH))
    assert rules.meeting.recused_count == Ruled(True, act("Art. 5"))
    assert rules.acceptance.supplement_notices == Ruled(2, act("Art. 7"))
    assert rules.followup.by_tier == {"T1": Ruled(24, OURS), "T2": Ruled(3, OURS)}
    assert rules.gaps == {"no_quorum": act("Art. 3", place=LOW), "stale": OURS}
    assert rules.conflicts == (ConflictKind("family", Text("Family", "亲属"), OURS),)


def test_rulebook_reads_what_comes_after_a_decision() -> None:
    rules = small_rulebook()
    assert (rules.appeal.to.value, rules.appeal.form.value, rules.appeal.days.value) == ("court", "written", 14)
    assert rules.registration.annual_report == Ruled(MonthDay(6, 30), act("Art. 15"))
    assert rules.retention.statutory_years == Ruled(None, act("Art. 16", Confidence.MED))
    assert rules.retention.default_years == Ruled(3, OURS)
    assert rules.service_centre.enabled == Ruled(False, act("Art. 17"))


def test_rulebook_reads_categories_decisions_and_checklist() -> None:
    rules = small_rulebook()
    assert [(c.code, c.required, c.when) for c in rules.committee.categories] == [
        ("law", True, None),
        ("local", True, "island"),
    ]
    assert [(d.code, d.effect, d.requires) for d in rules.decisions] == [
        ("yes", Effect.APPROVE, ("scope",)),
        ("no", Effect.REFUSE, ("reasons",)),
    ]
    assert [(c.code, c.item) for c in rules.acceptance.checklist] == [("whole", None), ("plan", "plan")]


def test_rulebook_reads_the_form() -> None:
    form = small_rulebook().application
    assert [(step.code, step.kind) for step in form.steps] == [
        ("about", StepKind.ITEMS),
        ("plan", StepKind.ITEMS),
        ("self", StepKind.SELF_ASSESSMENT),
        ("pledge", StepKind.PLEDGE),
    ]
    assert form.item("consent").required_when == Condition("people", "yes")
    assert [choice.code for choice in form.item("size").choices] == ["s", "l"]
    assert (form.item("title").max_length, form.item("plan").max_length) == (100, None)
    assert form.step_of("size").code == "plan"
    assert (form.pledge.text.en, form.pledge.citation) == ("I pledge.", act("Art. 11"))


@pytest.mark.parametrize("look_up", [lambda form: form.item("nothing"), lambda form: form.step_of("nothing")])
def test_form_knows_no_other_item(look_up: Any) -> None:
    with pytest.raises(KeyError):
        look_up(small_rulebook().application)


def test_general_procedure_has_the_meeting_s_figures() -> None:
    general, simplified = small_rulebook().procedures
    meeting = small_rulebook().meeting
    assert (general.code, general.people, general.threshold) == (Procedure.GENERAL, meeting.quorum, meeting.threshold)
    assert general.denominator == meeting.denominator
    assert general.limit is not None
    assert (general.limit.amount, general.limit.unit) == (meeting.days, LimitUnit.DAYS)
    assert (simplified.code, simplified.people) == (Procedure.SIMPLIFIED, Ruled(1, act("Art. 13")))
    assert simplified.limit is not None
    assert (simplified.limit.amount.value, simplified.limit.unit) == (48, LimitUnit.HOURS)
    assert (simplified.threshold, simplified.denominator, simplified.includes_re_review) == (None, None, None)
    assert simplified.may_refuse.value is False


def test_rulebook_survives_json_that_reorders_keys() -> None:
    stored = json.loads(json.dumps(small_rulebook_content(), sort_keys=True))
    assert parse_rulebook(stored) == small_rulebook()


# routes


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (RouteFacts(red_line=True, listed=True, exempt=True, tier="T1", grounds=frozenset({"minor"})), "red"),
        (RouteFacts(red_line=False, listed=True, exempt=False, tier="T1", grounds=frozenset({"minor"})), "listed"),
        (RouteFacts(red_line=False, listed=True, exempt=True, tier="T1", grounds=frozenset({"minor"})), "minor"),
        (RouteFacts(red_line=False, listed=False, exempt=False, tier="T1", grounds=frozenset({"minor"})), "minor"),
        (RouteFacts(red_line=False, listed=False, exempt=False, tier="T2", grounds=frozenset({"minor"})), "rest"),
        (RouteFacts(red_line=False, listed=False, exempt=False, tier="T1"), "rest"),
        (RouteFacts(red_line=False, listed=False, exempt=False, tier=""), "rest"),
    ],
)
def test_route_is_the_first_row_that_holds(facts: RouteFacts, code: str) -> None:
    assert route_of(small_rulebook().routes, facts).code == code


def test_route_says_where_it_leads() -> None:
    listed = small_rulebook().routes[1]
    assert listed == Route(
        code="listed",
        label=Text("Listed", "列入清单"),
        citation=OURS,
        red_line=None,
        listed=True,
        exempt=False,
        tiers=(),
        grounds=(),
        procedures=(Procedure.GENERAL,),
        adviser=True,
        refusal=False,
        followup=3,
    )


# the overlay


def test_overlay_falls_back_to_the_base_with_the_base_s_citation() -> None:
    rules, base = parse_rulebook(small_overlay_content(), small_rulebook_content()), small_rulebook()
    assert (rules.slug, rules.version, rules.base, rules.cited_as) == ("small-more", 2, ("small", 1), MORE)
    assert rules.meeting.quorum == Ruled(4, Citation(MORE, "Art. 2", "more", FOUND))
    assert rules.meeting.threshold == base.meeting.threshold
    assert rules.committee.min_members == base.committee.min_members
    assert rules.gaps == {"no_quorum": Citation(MORE, "Art. 2", "more", FOUND), "stale": OURS}
    assert rules.sources == {"act": "The Act", "design": "Ours", "more": "The other Act"}
    assert (rules.application, rules.lists, rules.routes) == (base.application, base.lists, base.routes)
    assert rules.time_zone == base.time_zone


def test_overlay_replaces_lists_whole_and_may_cite_the_base() -> None:
    rules = parse_rulebook(small_overlay_content(), small_rulebook_content())
    assert [(c.code, c.citation) for c in rules.committee.categories] == [
        ("ethics", Citation(MORE, "Art. 1", "more", FOUND)),
        ("law", act("Art. 1(1)")),
    ]


def test_overlay_never_changes_what_it_was_given() -> None:
    overlay, base = small_overlay_content(), small_rulebook_content()
    before = copy.deepcopy((overlay, base))
    parse_rulebook(overlay, base)
    assert (overlay, base) == before


def test_overlay_cannot_keep_the_base_s_citation_for_a_value_of_its_own() -> None:
    with pytest.raises(BadRulebook) as refused:
        overlaid("meeting.days", {"value": 5})
    assert (refused.value.path, refused.value.reason) == ("meeting.days", "missing key 'confidence'")


@pytest.mark.parametrize(
    ("path", "value", "where", "why"),
    [
        ("base", MISSING, "", "missing key 'base'"),
        ("base.version", 2, "base", "names another rulebook than 'small' version 1"),
        ("base.slug", "other", "base", "names another rulebook than 'small' version 1"),
        ("base.more", 1, "base", "unknown key 'more'"),
        ("cited_as", MISSING, "", "missing key 'cited_as'"),
        ("issued", MISSING, "", "missing key 'issued'"),
        ("meeting.quorums", 1, "meeting", "unknown key 'quorums'"),
        ("meeting.quorum.source", ["nothing"], "meeting.quorum.source[0]", "no source 'nothing'"),
        ("meeting.quorum.instrument", "other", "meeting.quorum.instrument", "'other' is not one of base"),
        ("meeting", 3, "meeting", "expected a mapping, found int"),
        ("committee.categories", {}, "committee.categories", "expected a list, found dict"),
    ],
)
def test_overlay_is_refused_with_its_path(path: str, value: Any, where: str, why: str) -> None:
    with pytest.raises(BadRulebook) as refused:
        overlaid(path, value)
    assert (refused.value.path, refused.value.reason) == (where, why)


def test_overlay_needs_its_base() -> None:
    assert refusal(small_overlay_content()) == ("base", "the base was not given")


def test_base_stands_alone() -> None:
    third = {**small_overlay_content(), "slug": "third", "base": {"slug": "small-more", "version": 2}}
    assert refusal(third, small_overlay_content()) == ("", "the base has a base of its own")


# what is refused


def item(place: int, **changes: Any) -> tuple[str, dict[str, Any]]:
    """The path of an item of the first step, and that item changed; None takes the entry away."""
    found = {**small_rulebook_content()["application"]["steps"][0]["items"][place], **changes}
    kept = {key: value for key, value in found.items() if value is not None}
    return f"application.steps.0.items.{place}", kept


ITEMS = "application.steps[0].items"
STEP = small_rulebook_content()["application"]["steps"]
BAD: list[tuple[str, Any, str, str]] = [
    ("more", 1, "", "unknown key 'more'"),
    ("appeal", MISSING, "", "missing key 'appeal'"),
    ("slug", "a b", "slug", "'a b' is not a key"),
    ("version", 0, "version", "0 is less than 1"),
    ("title.zh", MISSING, "title", "missing key 'zh'"),
    ("title.zh", " ", "title.zh", "empty"),
    ("design", "House", "design", "expected a mapping, found str"),
    ("issued", "2020-02-30", "issued", "'2020-02-30' is not a day"),
    ("time_zone", "Nowhere/Else", "time_zone", "'Nowhere/Else' is not a time zone"),
    ("time_zone", "../etc", "time_zone", "'../etc' is not a time zone"),
    ("time_zone", "Europe", "time_zone", "'Europe' is not a time zone"),
    ("sources.act", 1, "sources.act", "expected a string, found int"),
    # citations
    (
        "meeting.days.source",
        ["act", "act"],
        "meeting.days.source[1]",
        "'act' was used already at meeting.days.source[0]",
    ),
    ("meeting.days.source", ["nothing"], "meeting.days.source[0]", "no source 'nothing'"),
    ("meeting.days.source", [], "meeting.days.source", "expected at least 1, found 0"),
    ("meeting.days.source", MISSING, "meeting.days", "missing key 'source'"),
    ("meeting.days.article", MISSING, "meeting.days", "missing key 'article'"),
    ("meeting.days.confidence", MISSING, "meeting.days", "missing key 'confidence'"),
    (
        "meeting.days.confidence",
        "sure",
        "meeting.days.confidence",
        "'sure' is not one of found, high, med, low, design",
    ),
    ("meeting.days.place", "sure", "meeting.days.place", "'sure' is not one of found, high, med, low, design"),
    ("meeting.days.instrument", "base", "meeting.days.instrument", "there is no base"),
    ("gaps.stale.article", "Art. 1", "gaps.stale.article", "a design stands in no article"),
    ("gaps.stale.place", "low", "gaps.stale.place", "a design stands in no article"),
    ("gaps.stale.value", 1, "gaps.stale", "unknown key 'value'"),
    # values
    ("meeting.days.value", "30", "meeting.days.value", "expected a whole number, found str"),
    ("meeting.days.value", True, "meeting.days.value", "expected a whole number, found bool"),
    ("meeting.days.value", 0, "meeting.days.value", "0 is less than 1"),
    ("meeting.threshold.value", 0.5, "meeting.threshold.value", "expected a whole number, found float"),
    ("meeting.threshold.value", "3/2", "meeting.threshold.value", "3/2 is not a share of the voters"),
    ("meeting.threshold.value", 0, "meeting.threshold.value", "0 is not a share of the voters"),
    ("meeting.video.value", "yes", "meeting.video.value", "expected true or false, found str"),
    (
        "meeting.denominator.value",
        "cast",
        "meeting.denominator.value",
        "'cast' is not one of present, all_members, panel",
    ),
    ("committee.parity.value", "even", "committee.parity.value", "'even' is not one of any, odd"),
    ("committee.categories", [], "committee.categories", "expected at least 1, found 0"),
    (
        "committee.categories.1.code",
        "law",
        "committee.categories[1].code",
        "'law' was used already at committee.categories[0].code",
    ),
    ("acceptance.checklist.1.item", "plans", "acceptance.checklist[1].item", "no form item 'plans'"),
    (
        "decisions.0.effect",
        "allow",
        "decisions[0].effect",
        "'allow' is not one of approve, modify_then_check, modify_then_meeting, refuse",
    ),
    ("decisions.0.requires", ["tea"], "decisions[0].requires[0]", "no requirement 'tea'"),
    ("decisions.0.effect", "modify_then_check", "decisions", "one kind of decision has the effect approve"),
    ("decisions.0.effect", "refuse", "decisions", "one kind of decision has the effect approve"),
    ("conflicts", [], "conflicts", "expected at least 1, found 0"),
    ("appeal.days.value", 0, "appeal.days.value", "0 is less than 1"),
    (
        "registration.annual_report.value",
        "02-29",
        "registration.annual_report.value",
        "'02-29' is not a day of every year",
    ),
    (
        "registration.annual_report.value",
        "3-31",
        "registration.annual_report.value",
        "'3-31' is not a day of every year",
    ),
    # lists
    ("lists.re_review.0.code", "a.b", "lists.re_review[0].code", "'a.b' is kept for other answers"),
    ("lists.red_lines.0.label", {}, "lists.red_lines[0]", "unknown key 'label'"),
    # procedures and routes
    ("procedures.general", MISSING, "procedures", "missing key 'general'"),
    ("procedures.quick", {}, "procedures", "unknown key 'quick'"),
    ("procedures.general.people", {}, "procedures.general", "unknown key 'people'"),
    ("procedures.simplified.limit", {}, "procedures.simplified.limit", "a limit is given in days or in hours"),
    ("procedures.simplified.limit.days", {}, "procedures.simplified.limit", "a limit is given in days or in hours"),
    (
        "procedures.simplified.threshold",
        {"value": "1/2"},
        "procedures.simplified",
        "a threshold and its denominator go together",
    ),
    ("routes.2.when.tiers", ["T9"], "routes[2].when.tiers[0]", "no tier 'T9'"),
    ("routes.2.when.grounds", ["haste"], "routes[2].when.grounds[0]", "no ground of a procedure 'haste'"),
    ("routes.2.when.mood", 1, "routes[2].when", "unknown key 'mood'"),
    ("routes.2.procedures", ["emergency"], "routes[2].procedures[0]", "no procedure 'emergency'"),
    ("routes.2.procedures", [], "routes[2].procedures", "expected at least 1, found 0"),
    ("routes.2.followup", 0, "routes[2].followup", "0 is less than 1"),
    ("routes.3.when", {"listed": False}, "routes[3].when", "the last row is for every case that is left"),
    # the form
    ("application.steps", [*STEP[:2], STEP[3]], "application.steps", "the self-assessment is one step"),
    ("application.steps", STEP[:3], "application.steps", "the pledge is one step, the last"),
    ("application.steps", [*STEP[:2], STEP[3], STEP[2]], "application.steps", "the pledge is one step, the last"),
    ("application.steps", STEP[1:], "application.steps", "no required text item 'title'"),
    ("application.steps.1.items", [], "application.steps[1].items", "expected at least 1, found 0"),
    ("application.steps.1.items", MISSING, "application.steps[1]", "missing key 'items'"),
    ("application.steps.2.items", [], "application.steps[2].items", "a step of kind self_assessment has no items"),
    (
        "application.steps.1.code",
        "about",
        "application.steps[1].code",
        "'about' was used already at application.steps[0].code",
    ),
    (
        "application.steps.1.items.0.code",
        "title",
        "application.steps[1].items[0].code",
        f"'title' was used already at {ITEMS}[0].code",
    ),
    ("application.pledge.text.en", "", "application.pledge.text.en", "empty"),
    (*item(0, max_length=None), f"{ITEMS}[0]", "missing key 'max_length'"),
    (*item(0, max_length=0), f"{ITEMS}[0].max_length", "0 is less than 1"),
    (*item(0, kind="long_text"), "application.steps", "no required text item 'title'"),
    (*item(0, required=False), "application.steps", "no required text item 'title'"),
    (*item(0, code="pledge"), f"{ITEMS}[0].code", "'pledge' is kept for other answers"),
    (*item(0, code="list.a"), f"{ITEMS}[0].code", "'list.a' is kept for other answers"),
    (*item(2, max_length=5), f"{ITEMS}[2].max_length", "an item of kind yes_no has no length"),
    (*item(2, choices=[]), f"{ITEMS}[2].choices", "an item of kind yes_no has no choices"),
    (*item(2, kind="choice"), f"{ITEMS}[2]", "missing key 'choices'"),
    (*item(3, required=True), f"{ITEMS}[3].required_when", "the item is required already"),
    (
        *item(3, required_when={"item": "title", "equals": "yes"}),
        f"{ITEMS}[3].required_when.item",
        "no choice or yes/no item before this one 'title'",
    ),
    (
        *item(3, required_when={"item": "size", "equals": "s"}),
        f"{ITEMS}[3].required_when.item",
        "no choice or yes/no item before this one 'size'",
    ),
    (
        *item(3, required_when={"item": "people", "equals": "maybe"}),
        f"{ITEMS}[3].required_when.equals",
        "no answer of people 'maybe'",
    ),
    (
        "application.steps.1.items.1.choices",
        [{"code": "s", "label": {"en": "S", "zh": "小"}}],
        "application.steps[1].items[1].choices",
        "expected at least 2, found 1",
    ),
]


@pytest.mark.parametrize(("path", "value", "where", "why"), BAD, ids=[f"{bad[0]}-{n}" for n, bad in enumerate(BAD)])
def test_rulebook_is_refused_with_its_path(path: str, value: Any, where: str, why: str) -> None:
    assert refusal(small(path, value)) == (where, why)


@pytest.mark.parametrize("content", [None, [], "rules"])
def test_rulebook_is_a_mapping(content: Any) -> None:
    assert refusal(content)[0] == ""


def test_bad_rulebook_is_a_bad_value_that_reads_with_its_path() -> None:
    with pytest.raises(Bad) as refused:
        parse_rulebook(small("meeting.days.value", 0))
    assert str(refused.value) == "meeting.days.value: 0 is less than 1"


# how a place is written


@pytest.mark.parametrize(
    ("article", "zh"),
    [
        ("Art. 7", "第七条"),
        ("Art. 9(2)", "第九条第二项"),
        ("Art. 21-25", "第二十一条至第二十五条"),
        ("Art. 10; Art. 35", "第十条、第三十五条"),
        ("Annex item 1", "附件第一项"),
        ("Annex", "附件"),
        ("46.108(b)", "46.108(b)"),
    ],
)
def test_article_is_written_in_each_language(article: str, zh: str) -> None:
    citation = Citation(ACT, article, "act", FOUND)
    assert (citation.article_in("en"), citation.article_in("zh-hans")) == (article, zh)
    assert (citation.in_("en"), citation.in_("zh-hans")) == (f"Small Act, {article}", f"《小法》{zh}")


def test_design_names_no_article() -> None:
    assert (OURS.in_("en"), OURS.in_("zh-hans"), OURS.is_law) == ("House rule", "自定规则", False)
    assert act("Art. 1").is_law


def test_citation_is_as_sure_as_its_weakest_part() -> None:
    assert (act("Art. 1").weakest, act("Art. 1", FOUND, LOW).weakest) == (FOUND, LOW)


@pytest.mark.parametrize(
    ("number", "zh"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (56, "五十六"),
        (100, "一百"),
        (102, "一百零二"),
        (110, "一百一十"),
        (999, "九百九十九"),
    ],
)
def test_chinese_numeral_is_as_law_writes_it(number: int, zh: str) -> None:
    assert chinese_numeral(number) == zh
