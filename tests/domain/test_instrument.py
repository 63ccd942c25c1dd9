"""An instrument's file says everything, and what is not expected is refused with its path."""

import copy
from fractions import Fraction
from typing import Any

import pytest

from assessments.domain.answers import AnswerFault, BadAnswer, EvidenceLink, check_answer, check_evidence
from assessments.domain.digests import content_digest
from assessments.domain.instrument import (
    ALWAYS,
    NEVER,
    Condition,
    Confidence,
    Kind,
    Mapped,
    NotApplicable,
    ScaleStep,
    Source,
    gate_applies,
    is_asked,
)
from assessments.domain.parsing import BadInstrument, parse_instrument
from assessments.domain.strict import Bad, Reader, Text
from tests.domain.small_instrument import small_content, small_instrument


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small instrument with ``value`` at ``path``, dots between keys and indexes."""
    content = small_content()
    *way, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    place: Any = content
    for step in way:
        place = place[step]
    place[last] = value
    return content


def without(path: str) -> dict[str, Any]:
    """The small instrument without what stands at ``path``."""
    content = changed(path, None)
    *way, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    place: Any = content
    for step in way:
        place = place[step]
    del place[last]
    return content


def test_instrument_holds_what_the_file_says() -> None:
    instrument = small_instrument()
    assert (instrument.slug, instrument.version, instrument.kind) == ("small", 1, Kind.RATING)
    assert instrument.title == Text(en="Small", zh="小")
    assert instrument.scale[1] == ScaleStep(
        "half", Fraction(1, 2), Text("Half", "半"), Text("Half done.", "完成一半。")
    )
    assert (instrument.lowest, instrument.highest) == (Fraction(0), Fraction(4))
    assert instrument.not_applicable == NotApplicable(allowed=True, label=Text("Not applicable", "不适用"))
    assert instrument.blocking == "none"
    assert [tier.key for tier in instrument.tiers] == ["T1", "T2", "T3"]
    assert instrument.tier_sets == {"high": ("T2", "T3")}
    assert [flag.key for flag in instrument.flags] == ["minors", "generative"]
    assert [group.key for group in instrument.groups] == ["A", "B"]
    assert list(instrument.items) == ["A-1", "A-2", "A-3", "B-1"]
    assert instrument.group_of["B-1"].key == "B"
    assert list(instrument.steps) == ["none", "half", "full"]
    assert instrument.framework_by_key["principles"].entry("P2").label == Text("Fairness", "公平")


def test_framework_without_the_entry_has_no_place_for_it() -> None:
    with pytest.raises(KeyError):
        small_instrument().frameworks[0].entry("P9")


def test_item_holds_its_sources_and_conditions() -> None:
    item = small_instrument().items["A-2"]
    assert item.question == Text("Is A-2 done?", "A-2是否完成？")
    assert item.sources == (Source(Text("Some law", "某法"), "Art. 1", Confidence.HIGH),)
    assert item.gate == Condition(tier_set="high", tiers=("T2", "T3"), flags=("minors",))
    assert item.asked == ALWAYS
    assert small_instrument().items["A-3"].gate == NEVER
    assert small_instrument().items["A-3"].gate.never is True
    assert item.gate.never is False


def test_maps_stand_in_the_order_of_the_frameworks() -> None:
    content = small_content()
    maps = content["groups"][0]["maps"]
    content["groups"][0]["maps"] = dict(reversed(maps.items()))
    assert parse_instrument(content).groups[0].maps == (
        Mapped("principles", ("P1",), ("P2",)),
        Mapped("list", ("R1",), ()),
    )


def test_text_follows_the_language() -> None:
    text = Text(en="yes", zh="是")
    assert [text.in_(language) for language in ("en", "zh-hans", "zh", "fr")] == ["yes", "是", "是", "yes"]


@pytest.mark.parametrize(
    ("key", "tier", "flags", "gate", "asked"),
    [
        ("A-1", None, (), True, True),
        ("A-2", None, (), False, True),
        ("A-2", "T1", (), False, True),
        ("A-2", "T2", (), True, True),
        ("A-2", "T3", (), True, True),
        ("A-2", "T1", ("minors",), True, True),
        ("A-2", "T1", ("generative",), False, True),
        ("A-2", None, ("minors",), True, True),
        ("A-3", "T3", ("minors", "generative"), False, True),
        ("A-3", "T3", ("minors",), False, False),
        ("B-1", "T1", (), False, False),
        ("B-1", "T2", (), False, True),
        ("B-1", None, (), False, False),
    ],
)
def test_gate_and_asking_follow_tier_and_flags(
    key: str, tier: str | None, flags: tuple[str, ...], gate: bool, asked: bool
) -> None:
    item = small_instrument().items[key]
    assert (gate_applies(item, tier, frozenset(flags)), is_asked(item, tier, frozenset(flags))) == (gate, asked)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "(top): expected a mapping, found nothing"),
        ([], "(top): expected a mapping, found list"),
        (changed("extra", 1), "(top): unknown key 'extra'"),
        (without("scale"), "(top): missing key 'scale'"),
        (changed("slug", "two words"), "slug: 'two words' is not a key"),
        (changed("slug", "x" * 41), f"slug: '{'x' * 41}' is not a key"),
        (changed("version", 0), "version: 0 is less than 1"),
        (changed("version", True), "version: expected a whole number, found bool"),
        (changed("version", "1"), "version: expected a whole number, found str"),
        (changed("kind", "staged"), "kind: 'staged' is not one of rating"),
        (changed("title", "Small"), "title: expected a mapping, found str"),
        (without("title.zh"), "title: missing key 'zh'"),
        (changed("title.fr", "petit"), "title: unknown key 'fr'"),
        (changed("title.zh", "  "), "title.zh: empty"),
        (changed("title.en", 3), "title.en: expected a string, found int"),
        (changed("title.en", "a\0b"), "title.en: a character that cannot be kept"),
        (changed("scale", []), "scale: expected at least 2, found 0"),
        (changed("scale", {}), "scale: expected a list, found dict"),
        (changed("scale.1.key", "none"), "scale[1].key: 'none' was used already at scale[0].key"),
        (changed("scale.1.value", 0.5), "scale[1].value: expected a whole number, found float"),
        (changed("scale.1.value", "0.5"), "scale[1].value: '0.5' is not a whole number or p/q"),
        (changed("scale.1.value", "1/0"), "scale[1].value: '1/0' is not a whole number or p/q"),
        (changed("scale.0.value", -1), "scale[0].value: -1 is less than 0"),
        (changed("scale.2.value", "1/2"), "scale[2].value: 1/2 does not exceed the step before it, 1/2"),
        (changed("blocking", "zero"), "blocking: no step of the scale 'zero'"),
        (changed("not_applicable.allowed", "yes"), "not_applicable.allowed: expected true or false, found str"),
        (
            changed("not_applicable.reason_required", False),
            "not_applicable.reason_required: an answer that sets an item aside is kept with its reason only",
        ),
        (changed("tiers.1.key", "T1"), "tiers[1].key: 'T1' was used already at tiers[0].key"),
        (changed("tier_sets.high", ["T9"]), "tier_sets.high[0]: no tier 'T9'"),
        (changed("tier_sets.high", []), "tier_sets.high: expected at least 1, found 0"),
        (changed("tier_sets.high", ["T2", "T2"]), "tier_sets.high[1]: 'T2' was used already at tier_sets.high[0]"),
        (changed("flags.0.colour", "red"), "flags[0]: unknown key 'colour'"),
        (changed("frameworks.0.entries", []), "frameworks[0].entries: expected at least 1, found 0"),
        (changed("frameworks.0.entries.0.note", 1), "frameworks[0].entries[0]: unknown key 'note'"),
        (changed("groups", []), "groups: expected at least 1, found 0"),
        (changed("groups.1.key", "A"), "groups[1].key: 'A' was used already at groups[0].key"),
        (changed("groups.0.items", []), "groups[0].items: expected at least 1, found 0"),
        (
            changed("groups.1.items.0.key", "A-1"),
            "groups[1].items[0].key: 'A-1' was used already at groups[0].items[0].key",
        ),
        (changed("groups.0.maps.other", {}), "groups[0].maps: unknown key 'other'"),
        (
            changed("groups.0.maps.principles.primary", ["P9"]),
            "groups[0].maps.principles.primary[0]: no entry of principles 'P9'",
        ),
        (
            changed("groups.0.maps.principles.secondary", ["P1"]),
            "groups[0].maps.principles: 'P1' is both primary and secondary",
        ),
        (without("groups.0.maps.principles.secondary"), "groups[0].maps.principles: missing key 'secondary'"),
        (changed("groups.0.items.0.sources", []), "groups[0].items[0].sources: expected at least 1, found 0"),
        (
            changed("groups.0.items.0.sources.0.confidence", "sure"),
            "groups[0].items[0].sources[0].confidence: 'sure' is not one of found, high, med, low",
        ),
        (
            changed("groups.0.items.0.gate", "sometimes"),
            "groups[0].items[0].gate: 'sometimes' is not one of none, always",
        ),
        (changed("groups.0.items.0.gate", None), "groups[0].items[0].gate: None is not one of none, always"),
        (changed("groups.0.items.0.gate", {}), "groups[0].items[0].gate: names neither tiers nor flags"),
        (changed("groups.0.items.0.gate", {"tiers": "low"}), "groups[0].items[0].gate.tiers: no tier set 'low'"),
        (changed("groups.0.items.0.gate", {"flags": ["foo"]}), "groups[0].items[0].gate.flags[0]: no flag 'foo'"),
        (
            changed("groups.0.items.0.gate", {"flags": []}),
            "groups[0].items[0].gate.flags: expected at least 1, found 0",
        ),
        (changed("groups.0.items.0.gate", {"when": 1}), "groups[0].items[0].gate: unknown key 'when'"),
        (changed("groups.0.items.0.asked", "none"), "groups[0].items[0].asked: 'none' is not one of always"),
    ],
)
def test_instrument_refuses_what_is_not_expected(content: Any, message: str) -> None:
    with pytest.raises(BadInstrument) as refused:
        parse_instrument(content)
    assert str(refused.value) == message


def test_reader_refuses_a_key_that_is_no_string() -> None:
    with pytest.raises(Bad) as refused:
        Reader({1: "one"}, "codes").mapping()
    assert (refused.value.path, refused.value.reason) == ("codes", "the key 1 is not a string")


def test_reader_reads_what_may_be_missing() -> None:
    reader = Reader({"given": "p"}).mapping(required={"given"}, optional={"more"})
    assert (reader.maybe("more"), reader.get("given").string()) == (None, "p")


def test_reader_reads_exact_numbers() -> None:
    assert [Reader(value).fraction() for value in (3, "3", "2/3", "-4/6")] == [
        Fraction(3),
        Fraction(3),
        Fraction(2, 3),
        Fraction(-2, 3),
    ]


def test_digest_ignores_the_order_of_keys_and_sees_every_letter() -> None:
    content = small_content()
    turned = dict(reversed(copy.deepcopy(content).items()))
    assert content_digest(turned) == content_digest(content)
    assert content_digest(changed("title.zh", "大")) != content_digest(content)


@pytest.mark.parametrize(
    ("item", "step", "not_applicable", "reason", "fault"),
    [
        ("C-1", "full", False, "", ("item", AnswerFault.UNKNOWN_ITEM)),
        ("A-1", "", False, "", ("step", AnswerFault.UNKNOWN_STEP)),
        ("A-1", "4", False, "", ("step", AnswerFault.UNKNOWN_STEP)),
        ("A-1", "full", True, "why", ("not_applicable", AnswerFault.STEP_AND_NOT_APPLICABLE)),
        ("A-1", None, True, " \n", ("reason", AnswerFault.REASON_MISSING)),
        ("A-1", None, False, "x" * 8001, ("reason", AnswerFault.TOO_LONG)),
    ],
)
def test_answer_refused(
    item: str, step: str | None, not_applicable: bool, reason: str, fault: tuple[str, AnswerFault]
) -> None:
    with pytest.raises(BadAnswer) as refused:
        check_answer(small_instrument(), item=item, step=step, not_applicable=not_applicable, reason=reason)
    assert (refused.value.field, refused.value.code) == fault


def test_answer_not_applicable_refused_where_the_instrument_has_none() -> None:
    instrument = parse_instrument(changed("not_applicable.allowed", False))
    with pytest.raises(BadAnswer) as refused:
        check_answer(instrument, item="A-1", step=None, not_applicable=True, reason="why")
    assert refused.value.code == AnswerFault.NOT_APPLICABLE_REFUSED


@pytest.mark.parametrize(("page", "pages"), [(0, None), (-1, 3), (4, 3)])
def test_evidence_page_that_is_not_there_is_refused(page: int, pages: int | None) -> None:
    with pytest.raises(BadAnswer) as refused:
        check_evidence(EvidenceLink(version=1, page=page), pages=pages)
    assert (refused.value.field, refused.value.code) == ("evidence", AnswerFault.NO_SUCH_PAGE)


def test_evidence_note_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadAnswer) as refused:
        check_evidence(EvidenceLink(version=1, page=3, note="x" * 301), pages=3)
    assert refused.value.code == AnswerFault.TOO_LONG


@pytest.mark.parametrize(
    ("at", "place"),
    [
        ("Art. 15(3)", "第15条(3)"),
        ("Art. 5-6, 13", "第5至6条、第13条"),
        ("Art. 14(4)(a)-(e)", "第14条(4)(a)至(e)"),
        ("Annex, item 1", "附件第1项"),
        ("cl. 9.2", "第9.2条"),
        ("paras. 31, 84-86", "第31段、第84至86段"),
        ("Principle 3", " 原则3"),
        ("Level III-IV", " 等级III至IV"),
        ("MEASURE 2.5-2.6", " MEASURE 2.5-2.6"),
        ("A.6.2.6", " A.6.2.6"),
    ],
)
def test_place_in_a_source_is_written_in_the_readers_language(at: str, place: str) -> None:
    source = Source(Text("A law", "《法》"), at, Confidence.FOUND)
    assert (source.in_("en"), source.in_("zh-hans")) == (f"A law {at}", f"《法》{place}")
