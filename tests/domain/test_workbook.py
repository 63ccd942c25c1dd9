"""What cells say, which cannot be read, and what a workbook that comes back changes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.cells import harmless, note, plain, read_key, read_step, says_aside, shown_step, spelt, unspelt
from assessments.domain.merging import Content
from assessments.domain.workbook import CellFault, Column, Fault, Line, Place, Row, read_lines
from assessments.domain.workbook_changes import Change, Merge, merge, too_heavy
from tests.domain.small_staged import published, small_staged

SMALL = small_staged()
LARGE = published("aim-dcmm.v1")
LETTERS = {Column.KEY: "A", Column.RATING: "F", Column.NOTE: "G"}


def line(number: int, key: object, rating: object = None, remark: object = None, **more: object) -> Line:
    values = {Column.KEY: key, Column.RATING: rating, Column.NOTE: remark}
    return Line("A First", number, LETTERS, values, frozenset(more.get("missing", ())))  # type: ignore[call-overload]


def at(column: str, number: int) -> Place:
    return Place("A First", f"{column}{number}")


# -- cells


@pytest.mark.parametrize(
    ("typed", "step"),
    [
        ("F", "F"),
        ("f", "F"),
        (" Ｆ ", "F"),
        ("ｌ", "L"),
        ("Fully met", "F"),
        ("fully  MET", "F"),
        ("完全满足", "F"),
        ("F 完全满足", "F"),
        ("F · Fully met", "F"),
        ("Ｐ（部分满足）", "P"),
        (1, "F"),
        (1.0, "F"),
        (0, "N"),
        (0.8, "L"),
        ("0.8", "L"),
        ("0,8", "L"),
        ("０．８", "L"),
        ("０，５", "P"),
        ("50 %", "P"),
        ("80％", "L"),
        (None, ""),
        ("", ""),
        ("\u200b ", ""),
        ("X", None),
        ("-", None),
        ("0.79", None),
        ("1e0", None),
        ("n/a", None),
        (True, None),
    ],
)
def test_step_is_read_however_it_is_written(typed: object, step: str | None) -> None:
    assert read_step(LARGE, typed) == step


def test_step_whose_key_is_a_number_goes_by_its_key_before_its_value() -> None:
    assert [read_step(SMALL, typed) for typed in ("full", "全", 1, 0.5, "none", 0)] == [
        "full",
        "full",
        "full",
        "half",
        "none",
        "none",
    ]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("7.2.3", "7.2.3"),
        (" ７．２．３ ", "7.2.3"),
        ("7,2,3", "7.2.3"),
        ("7。2。3", "7.2.3"),
        (7.2, "7.2"),
        ("7.2", "7.2"),
        ("9.9.9", None),
        ("", None),
        (None, None),
    ],
)
def test_key_is_read_however_it_is_written(typed: object, key: str | None) -> None:
    assert read_key(LARGE, typed) == key


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("N/A", True),
        ("n/a", True),
        ("Ｎ／Ａ", True),
        ("不适用", True),
        ("Not applicable", True),
        ("F", False),
        ("", False),
    ],
)
def test_setting_aside_is_said_in_either_language(typed: str, said: bool) -> None:
    assert says_aside(LARGE, typed) is said


def test_steps_with_long_keys_are_written_by_their_label() -> None:
    assert [
        shown_step(LARGE, "F", "zh-hans"),
        shown_step(SMALL, "half", "zh-hans"),
        shown_step(SMALL, "half", "en"),
    ] == [
        "F",
        "半",
        "Half",
    ]


def test_note_keeps_what_is_written_but_for_what_no_file_holds() -> None:
    assert note(" =１，Ｆ\r\nzwei\x00\x0b ") == "=１，Ｆ\nzwei"


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_what_is_spelt_for_a_workbook_reads_back(text: str) -> None:
    assert unspelt(spelt(text)) == text


def test_what_spreadsheets_spell_is_undone() -> None:
    assert [unspelt("one_x000D_\ntwo"), unspelt("_x005F_x000D_"), unspelt("_xD800_"), unspelt(3)] == [
        "one\r\ntwo",
        "_x000D_",
        "_xD800_",
        3,
    ]


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()))
def test_no_cell_is_too_strange_to_be_looked_at(value: object) -> None:
    found = [read_step(LARGE, value), read_key(LARGE, value), says_aside(LARGE, value), plain(value), note(value)]
    assert len(found) == 5


# -- rows


def test_rows_are_known_by_their_key_wherever_they_stand() -> None:
    rows, faults = read_lines(SMALL, [line(9, "2.2", "full", "Seen."), line(4, None, "full"), line(5, "1.1", "half")])
    assert (rows, faults) == (
        [
            Row("2.2", Content("full", False, "Seen."), at("F", 9)),
            Row("1.1", Content("half"), at("F", 5)),
        ],
        [],
    )


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (line(7, "8.8", "full"), Fault(at("A", 7), CellFault.UNKNOWN_KEY, "8.8")),
        (line(7, "1.1", "X"), Fault(at("F", 7), CellFault.UNKNOWN_STEP, "X")),
        (line(7, "2", "full"), Fault(at("F", 7), CellFault.NOT_RATED, "full")),
        (line(7, "1", "N/A", "Why."), Fault(at("F", 7), CellFault.NOT_SET_ASIDE, "N/A")),
        (line(7, "2", "N/A", "  "), Fault(at("G", 7), CellFault.REASON_MISSING, "")),
        (line(7, "1.1", "full", "x" * 8001), Fault(at("G", 7), CellFault.TOO_LONG, "x" * 40 + "…")),
        (line(7, "1.1", "full", "a ☃ b"), Fault(at("G", 7), CellFault.UNPRINTABLE, "☃")),
        (line(7, "1.1", missing=[Column.RATING]), Fault(at("F", 7), CellFault.NO_VALUE, "")),
    ],
)
def test_wrong_cell_is_named_and_nothing_else_is_lost(wrong: Line, fault: Fault) -> None:
    good = line(8, "2.1", "full")
    rows, faults = read_lines(SMALL, [wrong, good], unprintable=lambda text: {"☃"} & set(text))
    assert (rows, faults) == ([Row("2.1", Content("full"), at("F", 8))], [fault])


def test_of_two_rows_about_the_same_criterion_none_is_taken() -> None:
    rows, faults = read_lines(SMALL, [line(4, "1.1", "X"), line(5, "１．１", "full"), line(6, "2.1", "full")])
    assert ([row.key for row in rows], [(str(fault.place), fault.code) for fault in faults]) == (
        ["2.1"],
        [("'A First'!A4", CellFault.REPEATED_KEY), ("'A First'!A5", CellFault.REPEATED_KEY)],
    )


def test_place_is_written_as_spreadsheets_do() -> None:
    assert str(Place("Bob's 数据", "F12")) == "'Bob''s 数据'!F12"


# -- changes

F, L, N, NOTHING = Content("full"), Content("half"), Content("none"), Content()


def compared(base: Content, now: Content, mine: Content) -> Merge:
    row = Row("1.1", mine, at("F", 4))
    return merge([row], base={"1.1": base} if base != NOTHING else {}, now={"1.1": now} if now != NOTHING else {})


def change(now: Content, after: Content) -> tuple[Change, ...]:
    return (Change("1.1", at("F", 4), now, after),)


@pytest.mark.parametrize(
    ("base", "now", "mine", "expected"),
    [
        (F, F, F, Merge((), ())),  # untouched
        (F, L, F, Merge((), ())),  # changed on the site alone: stays
        (F, F, N, Merge(change(F, N), ())),  # changed in the workbook alone
        (F, F, NOTHING, Merge(change(F, NOTHING), ())),  # cleared in the workbook
        (NOTHING, NOTHING, F, Merge(change(NOTHING, F), ())),
        (NOTHING, F, NOTHING, Merge((), ())),  # an empty cell does not clear what came since
        (F, N, N, Merge((), ())),  # both the same
        (F, N, L, Merge((), change(N, L))),  # both, otherwise
        (NOTHING, N, F, Merge((), change(N, F))),
        (
            F,
            Content("full", note="site"),
            Content("none"),
            Merge(change(Content("full", note="site"), Content("none", note="site")), ()),
        ),
    ],
)
def test_workbook_and_site_are_merged_without_losing_either(
    base: Content, now: Content, mine: Content, expected: Merge
) -> None:
    assert compared(base, now, mine) == expected


def test_items_that_weigh_too_much_together_are_named() -> None:
    wanted = [
        Change("4.1", Place("D4", "F4"), Content(), Content(set_aside=True, note="Rented.")),
        Change("1.1.1", Place("D1", "F5"), Content(), Content("F")),
    ]
    assert too_heavy(LARGE, wanted, {"5.2": Content(set_aside=True, note="None made.")}) == []
    heavy = [Change("2", at("F", 7), Content(), Content(set_aside=True, note="Why."))]
    light = replace(SMALL, max_na_weight=1)
    assert too_heavy(light, heavy, {}) == [Fault(at("F", 7), CellFault.TOO_HEAVY, "2")]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@you", "\tx", "\r=1", "＝1", "  =1", "＋1"])
def test_text_that_could_be_a_formula_is_marked_as_a_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "5", "a=b", "'=1", "三级"])
def test_any_other_text_is_written_as_it_is(text: str) -> None:
    assert harmless(text) == text
