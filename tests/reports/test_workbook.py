"""The questionnaire as a workbook: what stands in it, that nothing in it acts, and that it reads back the same."""

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from assessments.domain.merging import Content
from assessments.domain.staged import StagedInstrument
from assessments.domain.workbook import CellFault, Mark
from assessments.domain.workbook_changes import NOTHING, Merge, merge
from assessments.forms.workbook import WorkbookForm, read_workbook
from assessments.reporting.workbook import Download, workbook
from ethicsreview.files.domain.inspection import inspect
from ethicsreview.files.domain.kinds import BadFile
from ethicsreview.files.domain.kinds import Fault as FileFault
from ethicsreview.files.domain.workbooks import MOST_UNPACKED, Unreadable
from tests.domain.small_staged import published, small_staged
from tests.factories import NOW

LARGE, SMALL = published("aim-dcmm.v1"), small_staged()
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    '=HYPERLINK("http://x")',
    "＝1",
    "=cmd|' /C calc'!A0",
    "_x000D_",
    "a\n\nb",
]


def written(
    answers: dict[str, Content], *, instrument: StagedInstrument = LARGE, language: str = "en", saved: int = 7
) -> bytes:
    download = Download(
        reference="MA-2026-0007",
        legal_entity="Heron Robotics <&>",
        scope="=All plants",
        target=2,
        at=NOW,
        saved=saved,
        digest="ab" * 32,
        answers=answers,
    )
    return workbook(instrument, download, language=language)


def changed(content: bytes, cells: dict[tuple[str, str], Any]) -> bytes:
    """The workbook with other values in some cells, as a spreadsheet saves it."""
    book = load_workbook(BytesIO(content))
    for (sheet, place), value in cells.items():
        book[sheet][place] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def sent(content: bytes, tmp_path: Path, *, instrument: StagedInstrument = LARGE) -> Any:
    path = tmp_path / "sent.xlsx"
    path.write_bytes(content)
    return read_workbook(path, instrument)


def form(content: bytes, *, name: str = "filled.xlsx", instrument: StagedInstrument = LARGE) -> WorkbookForm:
    files = {"file": SimpleUploadedFile(name, content)}
    return WorkbookForm({}, files, instrument=instrument, reference="MA-2026-0007")


def given_in(found: Any) -> dict[str, Content]:
    return {row.key: row.given for row in found.rows if row.given != NOTHING}


# -- out


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Overview", "D1 Strategy & leadership", "D2 Organisation & talent", "D3 Data for AI"]),
        ("zh-hans", ["D1 战略与领导", "D2 组织与人才", "D3 面向人工智能的数据", "D4 算力与平台"]),
    ],
)
def test_each_dimension_has_a_sheet_in_the_readers_language(language: str, names: list[str]) -> None:
    book = load_workbook(BytesIO(written({}, language=language)))
    first = 0 if language == "en" else 1
    assert (book.sheetnames[first : first + 4], len(book.sheetnames)) == (names, 9)


def test_row_holds_what_is_asked_and_what_is_answered() -> None:
    book = load_workbook(BytesIO(written({"1.2.1": Content("P", False, "Partly.")})))
    sheet = book["D1 Strategy & leadership"]
    rows = {row[0].value: [cell.value for cell in row[:7]] for row in sheet.iter_rows(min_row=4)}
    criterion = LARGE.criteria["1.2.1"]
    assert rows["1.2.1"] == [
        "1.2.1",
        "Investment and resources",
        1,
        criterion.text.en,
        criterion.evidence.en,
        "P",
        "Partly.",
    ]
    assert len(rows) == 3 + 15


def test_overview_names_assessment_instrument_and_digest(tmp_path: Path) -> None:
    assert sent(written({}), tmp_path).facts == {
        Mark.REFERENCE: "MA-2026-0007",
        Mark.INSTRUMENT: "aim-dcmm",
        Mark.VERSION: "1",
        Mark.SAVED: "7",
        Mark.DIGEST: "ab" * 32,
    }


def test_only_what_is_filled_in_is_open() -> None:
    book = load_workbook(BytesIO(written({})))
    sheet = book["D4 Computing & platform"]
    opened = {
        str(sheet[f"A{cell.row}"].value)
        for row in sheet.iter_rows(min_row=4)
        for cell in row
        if not cell.protection.locked
    }
    wanted = {key for key in LARGE.criteria if key.startswith("4.")} | {"4.1"}
    assert (opened, [one.protection.sheet for one in book.worksheets]) == (wanted, [True] * 9)


def test_ratings_are_chosen_from_a_list() -> None:
    book = load_workbook(BytesIO(written({})))
    lists = {
        one.formula1: len(one.cells.ranges) for one in book["D4 Computing & platform"].data_validations.dataValidation
    }
    assert lists == {"'Overview'!$B$24:$B$27": 15, '"Not applicable"': 1}
    assert [book["Overview"][f"B{row}"].value for row in range(24, 28)] == ["F", "L", "P", "N"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_rows_are_as_high_as_their_words_and_grow_with_a_note(language: str) -> None:
    """Not every program works the height out; one that is fixed would hide what is typed."""
    content = written({}, language=language)
    with ZipFile(BytesIO(content)) as archive:
        rows = re.findall(rb"<row [^>]*>", archive.read("xl/worksheets/sheet2.xml"))
    assert [row for row in rows if b"customHeight" in row] == []
    sheet = load_workbook(BytesIO(content)).worksheets[1]
    short, long = (sheet.row_dimensions[number].height for number in (3, 7))
    widest = max(len(str(cell.value or "")) for cell in sheet[7])
    assert (short in (15.0, 17.0), long >= 30.0, widest > 38 if language == "en" else widest > 17) == (
        True,
        True,
        True,
    )
    wide = sum(sheet.column_dimensions[letter].width for letter in "ABCDEFG")
    assert wide <= 180  # what an ordinary screen shows


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula(text: str, tmp_path: Path) -> None:
    content = written({"1.1.1": Content("F", False, text)})
    book = load_workbook(BytesIO(content))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    note = book["D1 Strategy & leadership"]["G5"]
    assert (kinds, note.quotePrefix) == ({"s", "n"}, text.startswith(("=", "+", "-", "@", "\t", "＝")))
    assert given_in(sent(content, tmp_path)) == {"1.1.1": Content("F", False, text.strip())}


def test_nothing_in_the_file_acts_or_leads_outside() -> None:
    content = written({"1.1.1": Content("F", False, "=1")})
    assert inspect("book.xlsx", BytesIO(content)).kind.code == "xlsx"
    with ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        links = b"".join(archive.read(name) for name in names if name.endswith(".rels"))
    assert [name for name in names if re.search("vba|macro|external|drawing", name, re.IGNORECASE)] == []
    assert links.count(b"TargetMode") == 0


# -- and back

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60).map(str.strip)
notes = st.one_of(texts, st.sampled_from([text.strip() for text in HOSTILE]))
rated = st.builds(Content, st.sampled_from(["", *LARGE.steps]), st.just(False), notes)
aside = st.builds(Content, st.just(""), st.just(True), notes.filter(bool))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(sorted(LARGE.criteria)), rated, max_size=20),
    st.dictionaries(st.sampled_from(["4.1", "5.2"]), aside),
    st.sampled_from(["en", "zh-hans"]),
)
def test_untouched_workbook_changes_nothing(
    tmp_path: Path, ratings: dict[str, Content], set_aside: dict[str, Content], language: str
) -> None:
    answers = ratings | set_aside
    found = sent(written(answers, language=language), tmp_path)
    unprintable = {str(fault.place) for fault in found.faults if fault.code is CellFault.UNPRINTABLE}
    assert [fault for fault in found.faults if str(fault.place) not in unprintable] == []
    assert merge(found.rows, base=answers, now=answers) == Merge((), ())
    assert len(found.rows) + len(unprintable) == 168


@pytest.mark.parametrize("name", ["aim-dcmm.v1", "dcmm-2018.v1", "dcmm-2025.v1", "model-service.v1"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_instrument_goes_out_and_comes_back(name: str, language: str, tmp_path: Path) -> None:
    instrument = published(name)
    steps = list(instrument.steps)
    answers = {key: Content(steps[n % len(steps)], note=f"{n}") for n, key in enumerate(instrument.criteria)}
    found = sent(written(answers, instrument=instrument, language=language), tmp_path, instrument=instrument)
    assert (given_in(found), found.faults, found.passed) == (answers, [], [])


def test_workbook_is_read_in_whatever_order_and_without_what_is_missing(tmp_path: Path) -> None:
    book = load_workbook(BytesIO(written({"1.1.1": Content("F")})))
    sheet = book["D1 Strategy & leadership"]
    sheet.delete_rows(6, 3)
    sheet.append(["1.1.4", None, None, None, None, "ｐ", "Late"])
    sheet.insert_rows(5, 2)
    book.move_sheet("D8 Performance & improvement", -8)
    del book["D2 Organisation & talent"]
    book.create_sheet("My notes")["A1"] = "=1+1"
    out = BytesIO()
    book.save(out)
    found = sent(out.getvalue(), tmp_path)
    assert given_in(found) == {"1.1.1": Content("F"), "1.1.4": Content("P", False, "Late")}
    assert (found.faults, found.passed, found.saved) == ([], ["My notes"], 7)


def test_wrong_cells_are_named_by_sheet_and_cell(tmp_path: Path) -> None:
    name = "D3 Data for AI"
    content = changed(written({}), {(name, "F5"): "X", (name, "F6"): "=A1", (name, "A7"): "3.1.99", (name, "F8"): "L"})
    found = sent(content, tmp_path)
    assert [(str(fault.place), fault.code, fault.shown) for fault in found.faults] == [
        ("'D3 Data for AI'!F5", CellFault.UNKNOWN_STEP, "X"),
        ("'D3 Data for AI'!F6", CellFault.NO_VALUE, ""),
        ("'D3 Data for AI'!A7", CellFault.UNKNOWN_KEY, "3.1.99"),
    ]
    assert given_in(found) == {"3.1.4": Content("L")}


def test_workbook_of_another_assessment_is_refused() -> None:
    for cell, value in (("C3", "MA-2026-0001"), ("C7", "dcmm-2018"), ("C8", "2")):
        asked = form(changed(written({}), {("Overview", cell): value}))
        assert asked.errors["file"] == [
            f"This workbook belongs to “{value}”, not to “{dict(C3='MA-2026-0007', C7='aim-dcmm', C8='1')[cell]}”."
        ]


def test_without_its_overview_nobody_knows_what_stood_at_the_download() -> None:
    book = load_workbook(BytesIO(written({"1.1.1": Content("F")})))
    del book["Overview"]
    out = BytesIO()
    book.save(out)
    asked = form(out.getvalue())
    assert asked.is_valid()
    assert (asked.cleaned_data["file"].saved, asked.cleaned_data["file"].name) == (None, "filled.xlsx")


def packed(parts: dict[str, bytes]) -> bytes:
    """A workbook with other parts."""
    out = BytesIO()
    with ZipFile(BytesIO(written({}))) as whole, ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name in whole.namelist():
            archive.writestr(name, parts.get(name, whole.read(name)))
        for name in parts.keys() - set(whole.namelist()):
            archive.writestr(name, parts[name])
    return out.getvalue()


BOMB = b"<worksheet>" + b" " * (MOST_UNPACKED + 1)
ENTITY = (
    b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
)


DAMAGED = "The file is damaged: it cannot be read as .xlsx."
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"x", "a.xls", "Send a workbook whose name ends in .xlsx."),
        (b"x", "a", "Send a workbook whose name ends in .xlsx."),
        (b"plain text", "a.xlsx", "The name ends in .xlsx, but the content is something else."),
        (
            packed({"xl/vbaProject.bin": b"x"}),
            "a.xlsx",
            "The file contains macros. Save it without macros, as DOCX, XLSX or PPTX.",
        ),
        (packed({SHEET: BOMB}), "a.xlsx", "The file unpacks to far more than it should, or takes too long to open."),
        (packed({SHEET: b"<worksheet"}), "a.xlsx", DAMAGED),
        (packed({SHEET: ENTITY}), "a.xlsx", DAMAGED),
        (
            packed({"xl/workbook.xml": b"<workbook/>"}),
            "a.xlsx",
            "No sheet of this workbook is one of the questionnaire's.",
        ),
        (packed({"xl/styles.xml": b"no xml"}), "a.xlsx", DAMAGED),
    ],
)
def test_file_that_is_no_workbook_of_ours_is_refused_with_its_reason(content: bytes, name: str, message: str) -> None:
    assert form(content, name=name).errors.get("file") == [message]


def test_sheet_that_claims_to_be_endless_is_read_as_far_as_it_is_filled(tmp_path: Path) -> None:
    with ZipFile(BytesIO(written({"1.1.1": Content("F")}))) as whole:
        sheet = whole.read("xl/worksheets/sheet2.xml")
    endless = re.sub(rb'<dimension ref="[^"]+"', b'<dimension ref="A1:XFD1048576"', sheet)
    far = endless.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    found = sent(packed({"xl/worksheets/sheet2.xml": far}), tmp_path)
    assert (len(found.rows), found.faults, given_in(found)) == (168, [], {"1.1.1": Content("F")})


def test_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(packed({"xl/worksheets/sheet1.xml": BOMB}))
    with pytest.raises(BadFile) as refused:
        read_workbook(path, LARGE)
    assert refused.value.code is FileFault.BOMB


def test_file_no_library_can_read_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "odd.xlsx"
    with ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(Unreadable):
        read_workbook(path, SMALL)


def test_moment_of_the_download_is_told() -> None:
    cell = load_workbook(BytesIO(written({})))["Overview"]["C9"]
    assert cell.value == "2026-11-24 10:00 CST"
    assert datetime(2026, 11, 24, 10, 0) == load_workbook(BytesIO(written({}))).properties.created  # noqa: DTZ001
