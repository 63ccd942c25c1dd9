"""Every rulebook file parses, stands under its own name, says what the law says, and never changes once published."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from assessments.domain.claims import Policy
from assessments.domain.digests import content_digest
from ethicsreview import strictyaml
from workflows.domain.citations import Citation, Confidence
from workflows.domain.gapcodes import OF_VERIFICATION, GapCode
from workflows.domain.rulebook import (
    Denominator,
    Effect,
    ItemKind,
    LimitUnit,
    MonthDay,
    Procedure,
    RouteFacts,
    Rulebook,
    route_of,
)
from workflows.domain.rulebook_parsing import parse_rulebook
from workflows.domain.scheme import PanelBase, Scheme
from workflows.domain.scheme_parsing import BadScheme, parse_scheme

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "rulebooks"
FILES = sorted(FOLDER.glob("*.yaml"))

# A digest is entered when its file is published. It never changes after that: a correction is a new version.
PUBLISHED = {
    "aim-scheme.v1.yaml": "e40adfa77f2036b6ec2a7c8b65b40aff549a22e9c76b8d412c5873ca98747d5e",
    "cn-2023.v1.yaml": "4581bdbb8155572a003a57297cb0db8e6bbe167cd8f4073748938c823eaf5149",
    "cn-ai-2026.v1.yaml": "b45bff869093696eda5cdd2c4140071937b060fc99a3e6774766c6debac1ac32",
}
GENERAL_LAW = "Sci-Tech Ethics Review Measures 2023"
AI_LAW = "AI Ethics Review and Service Measures 2026"
OURS = "Rule of this system, not of the law"


def content(name: str) -> dict[str, Any]:
    """The plain values of a file of the folder."""
    loaded: dict[str, Any] = strictyaml.load((FOLDER / name).read_text(encoding="utf-8"))
    return loaded


def parsed(name: str) -> Rulebook:
    """The rulebook in a file of the folder, over the base it names."""
    own = content(name)
    base = own.get("base")
    return parse_rulebook(own, content(f"{base['slug']}.v{base['version']}.yaml") if base else None)


def edition(name: str) -> Rulebook | Scheme:
    """Whatever a file of the folder holds."""
    own = content(name)
    return parse_scheme(own) if own.get("kind") == "verification" else parsed(name)


GENERAL = parsed("cn-2023.v1.yaml")
AI = parsed("cn-ai-2026.v1.yaml")
BOTH = pytest.mark.parametrize("rules", [GENERAL, AI], ids=lambda rules: rules.slug)


def cites(citation: Citation) -> tuple[str, str]:
    """Instrument and article."""
    return citation.instrument.en, citation.article


def walk(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping below a plain value with its path."""
    if isinstance(value, dict):
        yield path, value
        for key, below in value.items():
            yield from walk(below, f"{path}.{key}")
    elif isinstance(value, list):
        for place, below in enumerate(value):
            yield from walk(below, f"{path}[{place}]")


# files


def test_files_are_those_with_a_digest() -> None:
    assert [file.name for file in FILES] == sorted(PUBLISHED)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_rulebook_file_parses_under_its_own_name_and_digest(file: Path) -> None:
    rules = edition(file.name)
    assert file.name == f"{rules.slug}.v{rules.version}.yaml"
    assert content_digest(content(file.name)) == PUBLISHED[file.name]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_value_of_a_file_has_its_source_and_confidence(file: Path) -> None:
    for path, entry in walk(content(file.name)):
        if {"value", "article", "source", "confidence"} & set(entry):
            assert {"source", "confidence"} <= set(entry), path
            sources, confidence = set(entry["source"]), entry["confidence"]
            assert (confidence == "design") == ("design" in sources), path
            assert (confidence != "found") or sources.isdisjoint({"mem", "design"}), path


@BOTH
def test_every_source_is_used(rules: Rulebook) -> None:
    files = [content("cn-2023.v1.yaml"), content("cn-ai-2026.v1.yaml")]
    used = {key for file in files for _path, entry in walk(file) for key in entry.get("source", [])}
    assert set(rules.sources) <= used


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_text_of_a_file_is_in_both_languages(file: Path) -> None:
    for path, entry in walk(content(file.name)):
        if "en" in entry or "zh" in entry:
            assert set(entry) == {"en", "zh"}, path
            assert any("\u4e00" <= letter <= "\u9fff" for letter in entry["zh"]), path
            assert not any("\u4e00" <= letter <= "\u9fff" for letter in entry["en"]), path


# what the law says


def test_instruments_are_the_final_ones() -> None:
    assert (GENERAL.issued, GENERAL.in_force, GENERAL.base) == (date(2023, 9, 7), date(2023, 12, 1), None)
    assert GENERAL.instrument.zh == "《科技伦理审查办法（试行）》，国科发监〔2023〕167号"
    assert (AI.issued, AI.in_force, AI.base) == (date(2026, 3, 20), date(2026, 3, 20), ("cn-2023", 1))
    assert AI.instrument.zh == "《人工智能科技伦理审查与服务办法（试行）》，工信部联科〔2026〕75号"


@BOTH
def test_committee_needs_seven_and_a_meeting_five(rules: Rulebook) -> None:
    assert rules.committee.min_members.value == 7
    assert cites(rules.committee.min_members.citation) == (GENERAL_LAW, "Art. 7")
    assert rules.meeting.quorum.value == 5
    assert rules.meeting.quorum.citation.article == "Art. 14"
    assert rules.meeting.quorum_categories.value is True


def test_quorum_of_the_ai_measures_has_an_uncertain_article() -> None:
    quorum = AI.meeting.quorum.citation
    assert (cites(quorum), quorum.confidence, quorum.place) == ((AI_LAW, "Art. 14"), Confidence.FOUND, Confidence.MED)
    assert cites(GENERAL.meeting.quorum.citation) == (GENERAL_LAW, "Art. 14")


@BOTH
def test_threshold_is_two_thirds_of_those_present_inclusive(rules: Rulebook) -> None:
    assert (rules.meeting.threshold.value, rules.meeting.inclusive.value) == (Fraction(2, 3), True)
    assert cites(rules.meeting.threshold.citation) == (GENERAL_LAW, "Art. 16")
    assert rules.meeting.denominator.value is Denominator.PRESENT
    assert (rules.meeting.recused_count.value, rules.meeting.recused_count.citation.is_law) == (False, False)


def test_decision_takes_thirty_days_by_each_law_s_own_article() -> None:
    assert (GENERAL.meeting.days.value, cites(GENERAL.meeting.days.citation)) == (30, (GENERAL_LAW, "Art. 17"))
    assert (AI.meeting.days.value, cites(AI.meeting.days.citation)) == (30, (AI_LAW, "Art. 16"))
    assert AI.meeting.extension == GENERAL.meeting.extension
    assert AI.meeting.extension.value is True


def test_followup_is_twelve_and_six_months() -> None:
    for rules, twelve, six in [
        (GENERAL, (GENERAL_LAW, "Art. 19"), (GENERAL_LAW, "Art. 33")),
        (AI, (AI_LAW, "Art. 19"), (AI_LAW, "Art. 21-25")),
    ]:
        assert (rules.followup.default_months.value, cites(rules.followup.default_months.citation)) == (12, twelve)
        assert (rules.followup.listed_months.value, cites(rules.followup.listed_months.citation)) == (6, six)
        assert {tier: months.value for tier, months in rules.followup.by_tier.items()} == {
            "T1": 12,
            "T2": 12,
            "T3": 12,
            "T4": 6,
            "T5": 6,
        }


def test_re_review_list_has_seven_items_and_three_for_ai() -> None:
    assert [(q.code, cites(q.citation)) for q in GENERAL.lists.re_review] == [
        ("new_species", (GENERAL_LAW, "Annex item 1")),
        ("chimera", (GENERAL_LAW, "Annex item 2")),
        ("germline", (GENERAL_LAW, "Annex item 3")),
        ("invasive_bci", (GENERAL_LAW, "Annex item 4")),
        ("human_machine", (GENERAL_LAW, "Annex item 5")),
        ("opinion_mobilisation", (GENERAL_LAW, "Annex item 6")),
        ("autonomous_decisions", (GENERAL_LAW, "Annex item 7")),
    ]
    assert AI.lists.version == "2026-03-20"
    assert [(q.code, cites(q.citation), q.citation.confidence) for q in AI.lists.re_review] == [
        ("human_machine", (AI_LAW, "Annex item 1"), Confidence.FOUND),
        ("opinion_mobilisation", (AI_LAW, "Annex item 2"), Confidence.FOUND),
        ("autonomous_decisions", (AI_LAW, "Annex item 3"), Confidence.FOUND),
    ]


@BOTH
def test_red_lines_are_this_system_s_screen_and_not_law(rules: Rulebook) -> None:
    assert {q.citation.instrument.en for q in rules.lists.red_lines} == {OURS}


def test_exemptions_of_the_ai_measures_are_three_regimes() -> None:
    assert [q.code for q in AI.lists.exemptions] == ["algorithm_recommendation", "deep_synthesis", "generative_ai"]


def test_categories_are_the_base_s_fields_and_four_of_ai() -> None:
    assert [(c.code, c.when) for c in GENERAL.committee.categories] == [
        ("technology", None),
        ("ethics", None),
        ("law", None),
        ("local_conditions", "ethnic_autonomous_area"),
    ]
    assert [(c.code, cites(c.citation)) for c in AI.committee.categories] == [
        ("ai_technology", (AI_LAW, "Art. 10")),
        ("ai_application", (AI_LAW, "Art. 10")),
        ("ethics", (AI_LAW, "Art. 10")),
        ("law", (AI_LAW, "Art. 10")),
        ("local_conditions", (GENERAL_LAW, "Art. 7")),
    ]
    for rules in (GENERAL, AI):
        assert (rules.committee.mixed_gender.value, rules.committee.external.value) == (True, True)
        assert (rules.committee.max_term_years.value, rules.committee.renewable.value) == (5, True)
        assert (rules.committee.parity.value, rules.committee.chairs.value) == ("any", 1)


@BOTH
def test_more_material_is_asked_for_once(rules: Rulebook) -> None:
    assert rules.acceptance.supplement_notices.value == 1
    assert cites(rules.acceptance.supplement_notices.citation) == (GENERAL_LAW, "Art. 10")


@BOTH
def test_decisions_are_four_and_say_what_they_must(rules: Rulebook) -> None:
    assert [(d.code, d.effect, d.requires, d.citation.article) for d in rules.decisions] == [
        ("approve", Effect.APPROVE, ("scope", "validity"), "Art. 16"),
        (
            "approve_after_modification",
            Effect.MODIFY_THEN_CHECK,
            ("reasons", "requirements", "appeal_route"),
            "Art. 16",
        ),
        (
            "re_review_after_modification",
            Effect.MODIFY_THEN_MEETING,
            ("reasons", "requirements", "appeal_route"),
            "Art. 16",
        ),
        ("disapprove", Effect.REFUSE, ("reasons", "appeal_route"), "Art. 16"),
    ]


@BOTH
def test_procedures_have_the_law_s_figures(rules: Rulebook) -> None:
    general, simplified, re_review, emergency = rules.procedures
    assert [rule.code for rule in rules.procedures] == list(Procedure)
    assert general.may_refuse.value is True
    assert simplified.people is not None
    assert (simplified.people.value, simplified.may_refuse.value, simplified.limit) == (2, False, None)
    assert [e.code for e in simplified.escalates_on] == ["negative", "doubt", "disagreement", "member_request"]
    assert [g.code for g in simplified.grounds] == ["minimal_risk", "minor_change", "routine_followup"]
    assert re_review.people is not None
    assert re_review.threshold is not None
    assert re_review.denominator is not None
    assert re_review.limit is not None
    assert (re_review.people.value, re_review.threshold.value) == (5, Fraction(2, 3))
    assert (re_review.denominator.value, re_review.limit.amount.value) == (Denominator.PANEL, 30)
    assert emergency.limit is not None
    assert (emergency.limit.amount.value, emergency.limit.unit) == (72, LimitUnit.HOURS)
    assert emergency.includes_re_review is not None
    assert emergency.includes_re_review.value is True
    assert [n.code for n in emergency.needs] == ["field_expert"]


def test_re_review_excludes_whoever_reviewed_first() -> None:
    assert [(e.code, cites(e.citation)) for e in AI.procedures[2].excludes] == [
        ("first_committee", (GENERAL_LAW, "Art. 28")),
        ("same_centre", (AI_LAW, "Art. 11")),
    ]
    assert AI.service_centre.review_and_re_review.value is False
    assert cites(AI.service_centre.review_and_re_review.citation) == (AI_LAW, "Art. 11")


def test_review_focuses_are_the_law_s_seven_and_six() -> None:
    assert [f.citation.article for f in GENERAL.review.focuses] == [f"Art. 15({n})" for n in range(1, 8)]
    assert [(f.code, cites(f.citation)) for f in AI.review.focuses] == [
        ("wellbeing", (AI_LAW, "Art. 15")),
        ("fairness", (AI_LAW, "Art. 15")),
        ("controllable", (AI_LAW, "Art. 15")),
        ("transparent", (AI_LAW, "Art. 15")),
        ("accountable", (AI_LAW, "Art. 15")),
        ("privacy", (AI_LAW, "Art. 15")),
    ]


@BOTH
def test_aftercare_is_the_base_s(rules: Rulebook) -> None:
    assert (rules.appeal.to.value, rules.appeal.form.value, rules.appeal.days.value) == (
        "same_committee",
        "written",
        None,
    )
    assert rules.registration.platform.value == "https://service.most.gov.cn"
    assert (rules.registration.committee_days.value, rules.registration.listed_days.value) == (30, 30)
    assert rules.registration.annual_report.value == MonthDay(3, 31)
    assert (rules.retention.statutory_years.value, rules.retention.default_years.value) == (None, 10)


# ways


@BOTH
@pytest.mark.parametrize(
    ("facts", "code", "procedures", "followup"),
    [
        (RouteFacts(True, True, False, "T1"), "red_line", ("general",), None),
        (RouteFacts(False, True, False, "T1"), "listed", ("general", "re_review"), 6),
        (
            RouteFacts(False, True, False, "T1", frozenset({"minimal_risk"})),
            "listed",
            ("general", "re_review"),
            6,
        ),
        (RouteFacts(False, True, True, "T5"), "listed_exempt", ("general",), 6),
        (RouteFacts(False, False, False, "T5"), "high_tier", ("general",), 6),
        (RouteFacts(False, False, False, "T5", frozenset({"minimal_risk"})), "high_tier", ("general",), 6),
        (RouteFacts(False, False, False, "T3"), "general", ("general",), 12),
        (RouteFacts(False, False, False, "T1"), "general", ("general",), 12),
        (RouteFacts(False, False, False, "T1", frozenset({"minimal_risk"})), "minimal", ("simplified",), None),
        (RouteFacts(False, False, False, "T2", frozenset({"minimal_risk"})), "general", ("general",), 12),
        (RouteFacts(False, False, False, "T4", frozenset({"minor_change"})), "minor", ("simplified",), None),
        (
            RouteFacts(False, True, False, "T2", frozenset({"public_emergency"})),
            "emergency_listed",
            ("emergency", "re_review"),
            6,
        ),
        (RouteFacts(False, False, False, "T2", frozenset({"public_emergency"})), "emergency", ("emergency",), 6),
    ],
)
def test_case_takes_the_way_of_the_law_and_no_score_changes_it(
    rules: Rulebook, facts: RouteFacts, code: str, procedures: tuple[str, ...], followup: int | None
) -> None:
    route = route_of(rules.routes, facts)
    assert (route.code, route.procedures, route.followup) == (code, procedures, followup)


# gaps


@BOTH
def test_every_gap_has_what_its_refusal_cites(rules: Rulebook) -> None:
    assert {code.value for code in set(GapCode) - OF_VERIFICATION} - set(rules.gaps) == set()


def test_gaps_cite_the_ai_measures_where_those_speak() -> None:
    assert cites(AI.gaps["re_review_outstanding"]) == (AI_LAW, "Art. 21-25")
    assert cites(GENERAL.gaps["re_review_outstanding"]) == (GENERAL_LAW, "Art. 26")
    assert cites(AI.gaps["supplement_used"]) == (GENERAL_LAW, "Art. 10")
    assert cites(AI.gaps["materials_missing"]) == (AI_LAW, "Art. 12")
    assert cites(AI.gaps["members_missing"]) == (GENERAL_LAW, "Art. 7")
    assert AI.gaps["gate_standing"].instrument.en == OURS


# the form


@BOTH
def test_form_asks_for_all_materials(rules: Rulebook) -> None:
    asked = {item.citation.article for step in rules.application.steps for item in step.items}
    asked.add(rules.application.pledge.citation.article)
    wanted = {"Art. 9(1)", "Art. 9(2)", "Art. 9(3)", "Art. 9(4)", "Art. 9(6)", "Art. 12"}
    own = {"Art. 12(1)", "Art. 12(2)", "Art. 12(3)"} if rules is AI else {"Art. 9", "Art. 9(5)"}
    assert asked - {""} == wanted | own


def test_form_has_short_well_named_steps() -> None:
    assert [step.code for step in GENERAL.application.steps] == [
        "activity",
        "plan",
        "people",
        "subjects",
        "risks",
        "self",
        "pledge",
    ]
    assert [(step.code, step.title.en) for step in AI.application.steps] == [
        ("activity", "The activity"),
        ("plan", "Plan"),
        ("people", "People, partners and funding"),
        ("system", "The system"),
        ("data", "Data and participants"),
        ("risks", "Risks and safeguards"),
        ("self", "Self-assessment"),
        ("pledge", "Pledge and submission"),
    ]


def test_ai_form_asks_what_the_ai_measures_add() -> None:
    required = {item.code for step in AI.application.steps for item in step.items if item.required}
    added = {
        "algorithm",
        "products",
        "field",
        "population",
        "testing",
        "data_source",
        "data_acquisition",
        "monitoring",
    }
    assert added - required == set()
    assert added - {item.code for step in GENERAL.application.steps for item in step.items} == added - {"data_source"}


@BOTH
def test_follow_on_items_stand_behind_their_question_in_the_same_step(rules: Rulebook) -> None:
    for step in rules.application.steps:
        for item in step.items:
            if item.required_when is not None:
                question = rules.application.item(item.required_when.item)
                assert (question.kind, question in step.items) == (ItemKind.YES_NO, True), item.code


# a scheme of verification


SCHEME = parse_scheme(content("aim-scheme.v1.yaml"))
PRACTICE = "Practice of DCMM certification"
OWN_SCHEME = "Rule of this scheme"
SHARED = {"wrong_state", "wrong_role", "stale", "reasons_missing", "conflict", "conflict_kind_unknown"}


def test_scheme_states_its_figures_with_what_they_rest_on() -> None:
    ruled = {
        "team": SCHEME.team,
        "demonstrations": SCHEME.demonstrations,
        "scenarios": SCHEME.scenarios,
        "correction": SCHEME.correction_days,
        "from_tier": SCHEME.panel.from_tier,
        "size": SCHEME.panel.size,
        "threshold": SCHEME.panel.threshold,
        "inclusive": SCHEME.panel.inclusive,
        "base": SCHEME.panel.base,
        "notice": SCHEME.notice_days,
        "validity": SCHEME.validity_months,
        "surveillance": SCHEME.surveillance_months,
        "lapse": SCHEME.lapse_days,
        "policy": SCHEME.dcmm_policy,
    }
    assert {name: (rule.value, rule.citation.in_("en")) for name, rule in ruled.items()} == {
        "team": (2, OWN_SCHEME),
        "demonstrations": (1, OWN_SCHEME),
        "scenarios": (2, OWN_SCHEME),
        "correction": (30, OWN_SCHEME),
        "from_tier": (4, PRACTICE),
        "size": (5, OWN_SCHEME),
        "threshold": (Fraction(2, 3), OWN_SCHEME),
        "inclusive": (True, OWN_SCHEME),
        "base": (PanelBase.SEATED, OWN_SCHEME),
        "notice": (7, PRACTICE),
        "validity": (36, PRACTICE),
        "surveillance": (12, OWN_SCHEME),
        "lapse": (90, OWN_SCHEME),
        "policy": (Policy.CERTIFICATE_OR_FINDING, OWN_SCHEME),
    }


def test_scheme_verifies_one_instrument_and_names_whom_it_hears() -> None:
    assert (SCHEME.verifies, SCHEME.time_zone) == ("aim-dcmm", "Asia/Shanghai")
    assert [(one.code, one.least) for one in SCHEME.interviews] == [
        ("top_manager", 1),
        ("ai_office", 1),
        ("data_office", 1),
        ("scenario_owner", 2),
        ("operator", 1),
    ]
    assert [kind.code for kind in SCHEME.conflicts] == ["adviser", "employment", "financial", "family", "other"]


def test_scheme_cites_for_every_refusal_of_a_verification() -> None:
    wanted = {code.value for code in OF_VERIFICATION} | SHARED | {"ballot_open", "ballot_closed"}
    assert set(SCHEME.gaps) == wanted


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("kind", {"kind": "committee"}),
        ("verifies", {"verifies": "no such thing"}),
        ("time_zone", {"time_zone": "Nowhere/Else"}),
        ("team.value", {"team": {"value": 0, "source": ["design"], "confidence": "design"}}),
        ("team.source[0]", {"team": {"value": 2, "source": ["X9"], "confidence": "found"}}),
        ("team.article", {"team": {"value": 2, "article": "Art. 1", "source": ["M1"], "confidence": "found"}}),
        ("dcmm_policy.value", {"dcmm_policy": {"value": "any", "source": ["design"], "confidence": "design"}}),
        ("prefixes.certificate", {"prefixes": {"verification": "V", "certificate": "ACERTIFICATION"}}),
        ("gaps.envy", {"gaps": {"envy": {"source": ["design"], "confidence": "design"}}}),
    ],
)
def test_scheme_with_a_fault_is_refused_at_its_path(path: str, change: dict[str, Any]) -> None:
    with pytest.raises(BadScheme) as bad:
        parse_scheme(content("aim-scheme.v1.yaml") | change)
    assert bad.value.path == path


def test_panel_that_needs_more_than_all_is_refused() -> None:
    panel = content("aim-scheme.v1.yaml")["panel"]
    more = {"value": "3/2", "source": ["design"], "confidence": "design"}
    with pytest.raises(BadScheme) as bad:
        parse_scheme(content("aim-scheme.v1.yaml") | {"panel": panel | {"threshold": more}})
    assert bad.value.path == "panel.threshold.value"
