"""Bulk imports on paper: how cells are read, every wrong one is named, what rows come to."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethicsreview.accounts.domain import OrganisationKind, Reach
from tests.domain.bulk_tables import (
    STANDING,
    TODAY,
    WORDS,
    code,
    committees,
    faults,
    organisations,
    people,
    planned,
    read,
    seats,
    table,
)
from workflows.domain.bulk_cells import Value, Wrong, check_digit, read_cell
from workflows.domain.bulk_import import plan_import
from workflows.domain.bulk_plan import Change, Kind, Outcome, Plan
from workflows.domain.bulk_sheets import (
    AUTHORITY,
    COLUMNS,
    LISTED,
    NO_REACH,
    At,
    CellFault,
    Column,
    Reads,
    Sheet,
    Table,
)
from workflows.domain.bulk_standing import (
    Standing,
    StandingCommittee,
    StandingOrganisation,
    StandingPerson,
    StandingRole,
    StandingSeat,
)
from workflows.domain.rooms import SeatRole

LAKE = "lake|review_body|Lake Office|湖畔|||"
FIRM = "firm|enterprise|Heron|||none|"
MEMBER = "mei@lake.test|Mei Member||lake|member||"
ROOM = "room|lake|LAKE|Lake Committee|rules|points|"
SEAT = "room|mei@lake.test|chair|law; 伦理|female|no|2026-12-01|2029-11-30"
WHOLE = (organisations(LAKE), people(MEMBER), committees(ROOM), seats(SEAT))


def kinds_of(plan: Plan) -> dict[Kind, list[Outcome]]:
    return {kind: [deed.outcome for deed in deeds] for kind, deeds in plan.deeds.items() if deeds}


def cell(reads: Reads, text: str, longest: int = 20) -> Value:
    return read_cell(Sheet.SEATS, Column("categories", reads, longest), text, WORDS)


# -- cells


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25",
        "2026/11/25",
        "2026.11.25",
        "2026年11月25日",
        "2026 年 11 月 25 日",
        "２０２６－１１－２５",
        "2026-11-25 00:00:00",
    ],
)
def test_day_is_read_in_the_forms_people_write(text: str) -> None:
    assert cell(Reads.DAY, text) == date(2026, 11, 25)


@pytest.mark.parametrize(
    "text", ["25/11/2026", "2026-11", "2026-02-30", "2026-11/25", "46351", "1066-10-14", "2026-11-25 10:00", "soon"]
)
def test_what_could_be_another_day_is_no_day(text: str) -> None:
    with pytest.raises(Wrong) as wrong:
        cell(Reads.DAY, text)
    assert wrong.value.code is CellFault.NOT_DAY


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", True), ("Ｙ", True), ("是", True), ("1", True), ("否", False), ("No", False), ("0", False)],
)
def test_yes_and_no_are_read_in_both_languages(text: str, value: bool) -> None:
    assert cell(Reads.YES_NO, text) is value


@pytest.mark.parametrize(
    ("text", "codes"), [("law", ("law",)), ("法律；伦理", ("law", "ethics")), ("law, law", ("law",))]
)
def test_choices_stand_between_commas_or_semicolons(text: str, codes: tuple[str, ...]) -> None:
    assert cell(Reads.CHOICES, text) == codes


def test_credit_code_of_a_real_enterprise_fits_and_no_other_last_sign_does() -> None:
    real = "91350100M000100Y43"  # the example of the standard
    assert read_cell(Sheet.ORGANISATIONS, Column("credit_code", Reads.CREDIT_CODE), f" {real.lower()} ", WORDS) == real
    others = [sign for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY" if sign != real[-1]]
    for sign in others:
        with pytest.raises(Wrong) as wrong:
            cell(Reads.CREDIT_CODE, real[:17] + sign)
        assert wrong.value.code is CellFault.WRONG_CHECK_DIGIT


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17), st.integers(0, 16), st.data())
def test_a_single_slip_in_a_credit_code_is_noticed(seventeen: str, place: int, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from([s for s in "0123456789ABCDEFGHJKLMNPQRTUWXY" if s != seventeen[place]]))
    assert check_digit(seventeen) != check_digit(seventeen[:place] + other + seventeen[place + 1 :])


@given(
    st.sampled_from([(sheet, column) for sheet, columns in COLUMNS.items() for column in columns]), st.text(min_size=1)
)
def test_any_text_is_read_or_named_wrong(place: tuple[Sheet, Column], text: str) -> None:
    sheet, column = place
    found = read(table(sheet, column.name, text.replace("|", " ")))
    assert all(fault.at.sheet is sheet for fault in found.faults)


# -- wrong cells

WRONG = [
    (organisations("||Heron||||"), ("organisations2", "kind", "missing")),
    (organisations("|firm|Heron||||"), ("organisations2", "kind", "unknown_choice")),
    (organisations(f"|enterprise|{'x' * 201}||||"), ("organisations2", "name", "too_long")),
    (organisations("|enterprise|He\u202eron||||"), ("organisations2", "name", "unprintable")),
    (organisations("|enterprise|∅||||"), ("organisations2", "name", "no_value")),
    (organisations("|enterprise|Heron||123||"), ("organisations2", "credit_code", "not_credit_code")),
    (organisations(f"|enterprise|Heron||{code(1)[:17]}J||"), ("organisations2", "credit_code", "wrong_check_digit")),
    (organisations("|enterprise|Heron|||national|"), ("organisations2", "reach", "reach_not_authority")),
    (organisations("|authority|Office|||national|Heron"), ("organisations2", "covered", "covered_not_listed")),
    (organisations("|authority|Office|||listed|Nobody"), ("organisations2", "covered", "unknown_organisation")),
    (organisations(FIRM, FIRM.replace("Heron", "Egret")), ("organisations3", "key", "repeated")),
    (organisations(FIRM, FIRM.replace("firm", "b")), ("organisations3", "name", "repeated")),
    (organisations(heads="kind|name|phone"), ("organisations1", "#2", "unknown_column")),
    (organisations(heads="kind|name|Name"), ("organisations1", "#2", "repeated_column")),
    (organisations(heads="kind"), ("organisations1", "name", "missing_column")),
    (people("mei@lake|Mei|||||"), ("people2", "mail", "not_mail")),
    (people("mei@lake.test||||||"), ("people2", "name", "missing")),
    (people("mei@lake.test|Mei||Nowhere|member||"), ("people2", "organisation", "unknown_organisation")),
    (people("mei@lake.test|Mei|||member||"), ("people2", "organisation", "missing")),
    (people("mei@lake.test|Mei||Nowhere|||"), ("people2", "role", "missing")),
    (people("mei@lake.test|Mei||||25.11.2026|"), ("people2", "from", "not_day")),
    (people("a@b.test|Mei|||||", "a@b.test|May|||||"), ("people3", "name", "contradicts")),
    (committees("|Nowhere|A|A|rules|points|"), ("committees2", "host", "unknown_organisation")),
    (committees("|Nowhere|1A|A|rules|points|"), ("committees2", "code", "not_code")),
    (committees("|Nowhere|A|A|laws|points|"), ("committees2", "rulebook", "unknown_choice")),
    (seats("room|a@b.test|chair|law|female|maybe|2026-12-01|"), ("seats2", "external", "not_yes_no")),
    (seats("room|a@b.test|chair|law, magic|female||2026-12-01|"), ("seats2", "categories", "unknown_choice")),
    (seats("room|a@b.test|chair|law|female|||"), ("seats2", "from", "missing")),
    (seats("room|a@b.test|chair|law|female||2026-12-01|"), ("seats2", "committee", "unknown_committee")),
]


@pytest.mark.parametrize(("sheet", "fault"), WRONG)
def test_wrong_cell_is_named(sheet: Table, fault: tuple[str, str, str]) -> None:
    assert faults(sheet) == [fault]


AMONG = [
    ((organisations(FIRM), people("a@b.test|A||firm|member||")), ("people2", "role", "role_not_for_kind")),
    (
        (organisations(LAKE), people(MEMBER.removesuffix("|") + "2026-11-01|2026-10-01")),
        ("people2", "until", "ends_before"),
    ),
    ((organisations(LAKE), people(MEMBER, MEMBER)), ("people3", "role", "repeated")),
    ((organisations(FIRM), committees("|firm|A|A|rules|points|")), ("committees2", "host", "not_host")),
    ((organisations(LAKE), committees("|lake||A|rules|points|")), ("committees2", "code", "missing")),
    ((organisations(LAKE), committees(ROOM, "|lake|LAKE|B|rules|points|")), ("committees3", "code", "code_taken")),
    ((organisations(LAKE), committees(ROOM, ROOM.replace("LAKE", "L2"))), ("committees3", "name", "repeated")),
    (
        (organisations(LAKE), committees("|lake|A|A|others|points|island")),
        ("committees2", "circumstances", "unknown_choice"),
    ),
    ((*WHOLE[:3], seats(SEAT.replace("mei", "nobody"))), ("seats2", "mail", "unknown_person")),
    ((*WHOLE[:3], seats(SEAT.replace("female", ""))), ("seats2", "sex", "missing")),
    ((*WHOLE[:3], seats(SEAT.replace("law", "boats"))), ("seats2", "categories", "unknown_choice")),
    ((*WHOLE[:3], seats(SEAT.replace("2029", "2025"))), ("seats2", "until", "ends_before")),
    ((*WHOLE[:3], seats(SEAT, SEAT.replace("2026", "2027"))), ("seats3", "mail", "repeated")),
    (
        (*WHOLE[:1], people(MEMBER.replace("member", "manager")), *WHOLE[2:]),
        ("seats2", "mail", "not_seatable"),
    ),
]


@pytest.mark.parametrize(("sheets", "fault"), AMONG)
def test_wrong_cell_among_sheets_is_named(sheets: tuple[Table, ...], fault: tuple[str, str, str]) -> None:
    assert faults(*sheets) == [fault]


def test_what_refers_to_a_wrong_row_is_not_called_wrong_as_well() -> None:
    broken = organisations(LAKE.replace("review_body", "lake"))
    assert faults(broken, *WHOLE[1:]) == [("organisations2", "kind", "unknown_choice")]
    nobody = people(MEMBER.replace("mei@lake.test|Mei Member", "mei@lake.test|"))
    assert faults(WHOLE[0], nobody, *WHOLE[2:]) == [("people2", "name", "missing")]
    coded = committees(ROOM.replace("LAKE", ""))
    assert faults(*WHOLE[:2], coded, WHOLE[3]) == [("committees2", "code", "missing")]


def test_a_wrong_row_is_meant_before_what_stands_under_its_name() -> None:
    host = committees("LAKE|nobody|L2|Other Committee|rules|points|")
    assert faults(host, seats(SEAT.replace("room", "LAKE")), standing=OLD) == [
        ("committees2", "host", "unknown_organisation")
    ]
    firm = organisations("Lake Office|firm|Heron||||")
    assert faults(firm, people("a@b.test|A||Lake Office|member||"), standing=OLD) == [
        ("organisations2", "kind", "unknown_choice")
    ]


def test_a_wrong_cell_is_repeated_cut_short() -> None:
    (fault,) = planned(organisations(f"|{'k' * 60}|Heron||||")).faults
    assert fault.shown == "k" * 40 + "…"


# -- what rows come to


def test_everything_new_in_one_go() -> None:
    plan = planned(*WHOLE)
    assert plan.faults == ()
    assert kinds_of(plan) == {kind: [Outcome.NEW] for kind in Kind}
    seat = plan.seats[0]
    assert (seat.committee, seat.categories, seat.external) == (At(Sheet.COMMITTEES, 2), ("law", "ethics"), False)
    assert plan.accounts[0].columns["language"] == "en"
    assert (plan.roles[0].starts, plan.roles[0].ends) == (TODAY, None)


def test_who_has_a_chinese_name_is_written_to_in_chinese() -> None:
    plan = planned(people("mei@lake.test|Mei|梅||||"))
    assert (plan.accounts[0].columns["language"], plan.roles) == ("zh-hans", ())


def test_a_person_has_one_account_and_as_many_roles_as_rows() -> None:
    plan = planned(WHOLE[0], people(MEMBER, "mei@lake.test|||lake|secretary||"))
    assert kinds_of(plan) == {
        Kind.ORGANISATION: [Outcome.NEW],
        Kind.ACCOUNT: [Outcome.NEW],
        Kind.ROLE: [Outcome.NEW, Outcome.NEW],
    }


def test_an_authority_covers_what_it_lists() -> None:
    plan = planned(organisations(LAKE, "|authority|Office|||listed|湖畔; Heron", FIRM))
    assert plan.faults == ()
    assert plan.organisations[1].covered == (At(Sheet.ORGANISATIONS, 2), At(Sheet.ORGANISATIONS, 4))


OLD = Standing(
    today=TODAY,
    organisations=(
        StandingOrganisation(1, "review_body", "Lake Office", "湖畔", "", "", "", "none"),
        StandingOrganisation(2, "enterprise", "Heron", "", code(7), "", "", "none"),
        StandingOrganisation(3, "authority", "Office", "", "", "", "", "listed", (1,)),
    ),
    people={
        "mei@lake.test": StandingPerson(11, "mei@lake.test", "Mei Member", ""),
        "gone@lake.test": StandingPerson(12, "gone@lake.test", "Gone", "", closed=True),
        "robot@lake.test": StandingPerson(13, "robot@lake.test", "Robot", "", service=True),
    },
    roles=(StandingRole(21, "mei@lake.test", 1, "member", date(2026, 1, 1), None),),
    committees=(StandingCommittee(31, 1, "LAKE", "Lake Committee", "", "rules", "points"),),
    seats=(
        StandingSeat(
            41,
            31,
            "mei@lake.test",
            "chair",
            ("ethics", "law"),
            "female",
            False,
            "",
            "",
            date(2026, 12, 1),
            date(2029, 11, 30),
        ),
    ),
    rulebooks=STANDING.rulebooks,
)


def test_what_stands_is_unchanged() -> None:
    plan = planned(*WHOLE, standing=OLD)
    assert (plan.faults, plan.written) == ((), 0)
    assert kinds_of(plan) == {kind: [Outcome.SAME] for kind in Kind}


def test_an_empty_cell_leaves_what_stands() -> None:
    plan = planned(organisations("|review_body|Lake Office||||"), standing=OLD)
    assert plan.organisations[0].columns["name_zh"] == "湖畔"
    assert plan.written == 0


def test_changes_are_named_with_what_was() -> None:
    found = planned(
        organisations(f"|enterprise|Heron Robotics||{code(7)}||", "|authority|Office|||listed|Heron Robotics"),
        people("mei@lake.test|Mei M.||Lake Office|member||2026-12-31"),
        committees("|Lake Office||Lake Committee|||island"),
        seats("LAKE|mei@lake.test|chair||||2026-12-01|2027-11-30"),
        standing=OLD,
    )
    assert found.faults == ()
    assert [change for deeds in found.deeds.values() for deed in deeds for change in deed.changes] == [
        Change("name", "Heron", "Heron Robotics"),
        Change("covered", "1", "1"),
        Change("name", "Mei Member", "Mei M."),
        Change("until", "", "2026-12-31"),
        Change("circumstances", "", "island"),
        Change("until", "2029-11-30", "2027-11-30"),
    ]


AGAINST = [
    (organisations(f"|enterprise|Heron||{code(8)}||"), ("organisations2", "credit_code", "fixed")),
    (organisations(f"|authority|Heron||{code(7)}||"), ("organisations2", "kind", "fixed")),
    (organisations(FIRM, f"|enterprise|Egret||{code(7)}||"), ("organisations3", "name", "repeated")),
    (people("gone@lake.test|Gone|||||"), ("people2", "mail", "account_closed")),
    (people("robot@lake.test|Robot|||||"), ("people2", "mail", "service_account")),
    (people("mei@lake.test|||Lake Office|member|2026-03-01|"), ("people2", "from", "term_overlaps")),
    (people("mei@lake.test|||Lake Office|member||2026-11-20"), ("people2", "until", "last_day_too_early")),
    (committees("|Lake Office|L2|Lake Committee|||"), ("committees2", "code", "fixed")),
    (committees("|Lake Office||Lake Committee|others||"), ("committees2", "rulebook", "fixed")),
    (committees("|Lake Office|LAKE|Other|rules|points|"), ("committees2", "code", "code_taken")),
    (seats("LAKE|mei@lake.test|member|law; ethics|female||2026-12-01|"), ("seats2", "role", "fixed")),
    (seats("LAKE|mei@lake.test|chair|law|female||2026-12-01|"), ("seats2", "categories", "fixed")),
    (seats("LAKE|mei@lake.test|chair||||2026-12-01|2030-01-01"), ("seats2", "until", "term_only_shortened")),
    (seats("LAKE|mei@lake.test|chair|law|female||2026-12-02|"), ("seats2", "from", "term_overlaps")),
    (seats("LAKE|gone@lake.test|chair|law|female||2026-12-02|"), ("seats2", "mail", "account_closed")),
]


@pytest.mark.parametrize(("sheet", "fault"), AGAINST)
def test_what_stands_is_kept(sheet: Table, fault: tuple[str, str, str]) -> None:
    assert faults(sheet, standing=OLD) == [fault]


def test_two_of_one_name_are_told_apart_by_their_code_alone() -> None:
    twin = replace(OLD.organisations[1], pk=9, credit_code=code(9))
    twins = replace(OLD, organisations=(*OLD.organisations, twin))
    assert faults(organisations(FIRM), standing=twins) == [("organisations2", "name", "ambiguous")]
    assert faults(people("a@b.test|A||Heron|manager||"), standing=twins) == [("people2", "organisation", "ambiguous")]
    assert faults(people(f"a@b.test|A||{code(9)}|manager||"), standing=twins) == []


def test_a_role_that_follows_one_that_is_ended_in_the_same_file_begins() -> None:
    plan = planned(
        people(
            "mei@lake.test|||Lake Office|member|2026-01-01|2026-12-31",
            "mei@lake.test|||Lake Office|member|2027-01-01|2027-12-31",
        ),
        standing=OLD,
    )
    assert (plan.faults, [deed.outcome for deed in plan.roles]) == ((), [Outcome.CHANGED, Outcome.NEW])


def test_seats_after_the_import_are_those_that_stand_and_those_given() -> None:
    more = seats("LAKE|si@lake.test|member|law|male|yes|2027-01-01|2029-11-30")
    _plan, rosters = plan_import(read(people("si@lake.test|Si||Lake Office|secretary||"), more), OLD, WORDS)
    assert rosters.touched() == [31]
    assert rosters.day_of(31) == date(2027, 1, 1)
    assert [person.role for person in rosters.people_of(31, TODAY)] == []
    assert [person.role for person in rosters.people_of(31, date(2027, 1, 1))] == [SeatRole.CHAIR, SeatRole.MEMBER]


def test_digest_names_exactly_the_deeds() -> None:
    assert planned(*WHOLE).digest == planned(*WHOLE).digest
    later = (*WHOLE[:3], seats(SEAT.replace("2029-11-30", "2029-11-29")))
    assert len({planned(*WHOLE).digest, planned(*later).digest, planned(*WHOLE, standing=OLD).digest}) == 3


def test_kinds_and_reaches_are_those_of_the_accounts() -> None:
    assert (OrganisationKind.AUTHORITY.value, Reach.LISTED.value, Reach.NONE.value) == (AUTHORITY, LISTED, NO_REACH)


ODD = st.sampled_from(
    ["", "lake", "Lake Office", "mei@lake.test", "member", "2026-12-01", "LAKE", "=1+1", "是", code(7)]
)


@given(
    st.sampled_from(list(Sheet)),
    st.lists(st.lists(st.one_of(ODD, st.text(max_size=9)), max_size=9), max_size=4),
    st.booleans(),
)
def test_any_rows_come_to_deeds_or_wrong_cells(sheet: Sheet, rows: list[list[str]], stands: bool) -> None:
    head = tuple(column.name for column in COLUMNS[sheet])
    given_rows = tuple((number, tuple(row)) for number, row in enumerate(rows, start=2) if any(row))
    standing = OLD if stands else STANDING
    plan = planned(Table(sheet, "any", head, given_rows), standing=standing)
    deeds = {deed.at for deeds in plan.deeds.values() for deed in deeds}
    assert plan.faults or {At(sheet, number) for number, _row in given_rows} <= deeds
