"""Archives as values: when one is taken for dead, what is still open, names that harm nobody, the manifest."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.strict import Text
from workflows.domain.archive_names import LONGEST, LONGEST_BYTES, Names, safe_name
from workflows.domain.archives import (
    KEPT,
    SILENCE,
    ArchiveState,
    Entry,
    LeftOut,
    Manifest,
    Omitted,
    Why,
    checksums,
    is_over,
    is_stuck,
    still_open,
)
from workflows.domain.oversight import Part

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
DIGEST = "ab" * 32


@pytest.mark.parametrize(
    ("state", "silent", "stuck"),
    [
        (ArchiveState.REQUESTED, SILENCE, False),
        (ArchiveState.REQUESTED, SILENCE + timedelta(seconds=1), True),
        (ArchiveState.BUILDING, SILENCE + timedelta(seconds=1), True),
        (ArchiveState.READY, timedelta(days=9), False),
        (ArchiveState.FAILED, timedelta(days=9), False),
        (ArchiveState.EXPIRED, timedelta(days=9), False),
        (ArchiveState.DELETED, timedelta(days=9), False),
    ],
)
def test_only_what_is_unfinished_can_be_stuck(state: ArchiveState, silent: timedelta, stuck: bool) -> None:
    assert is_stuck(state, NOW - silent, NOW) is stuck


@pytest.mark.parametrize(
    ("state", "age", "over"),
    [
        (ArchiveState.READY, KEPT - timedelta(seconds=1), False),
        (ArchiveState.READY, KEPT, True),
        (ArchiveState.FAILED, KEPT, True),
        (ArchiveState.BUILDING, KEPT, False),
        (ArchiveState.EXPIRED, KEPT, False),
    ],
)
def test_a_day_after_it_was_made_it_is_over(state: ArchiveState, age: timedelta, over: bool) -> None:
    assert is_over(state, NOW - age + KEPT, NOW) is over


def test_without_a_day_nothing_is_over() -> None:
    assert is_over(ArchiveState.READY, None, NOW) is False


@pytest.mark.parametrize(
    ("built", "now", "opened"),
    [
        (["as:committee", "review:1"], ["as:committee", "review:1", "review:2"], True),
        (["as:committee", "review:1"], ["as:committee"], False),
        (["as:committee"], ["as:applicant"], False),
        ([], [], True),
    ],
)
def test_open_as_long_as_everything_it_was_built_with_is(built: list[str], now: list[str], opened: bool) -> None:
    assert still_open(built, now) is opened


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..\\..\\boot.ini", "_.._boot.ini"),
        ("/absolute", "_absolute"),
        ("C:\\x.pdf", "C__x.pdf"),
        ("plan\n0000  forged.pdf", "plan 0000 forged.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("nul\x00byte.pdf", "nulbyte.pdf"),
        ("-rf.pdf", "rf.pdf"),
        ("  .. ", "file"),
        ("con.txt", "_con.txt"),
        ("nul", "_nul"),
        ("伦理审查 方案.docx", "伦理审查 方案.docx"),
        ("e\u0301tude.pdf", "\u00e9tude.pdf"),
        ("a*b?c|d.pdf", "a_b_c_d.pdf"),
        ("", "file"),
    ],
)
def test_a_name_from_any_text_is_one_harmless_step(text: str, safe: str) -> None:
    assert safe_name(text) == safe


@given(st.text(max_size=400))
def test_whatever_is_sent_the_name_is_one_step_on_every_file_system(text: str) -> None:
    name = safe_name(text)
    assert name not in {"", ".", ".."}
    assert not set(name) & set('/\\<>:"|?*\n\r\t\0')
    assert (len(name) <= LONGEST + 1, len(name.encode()) <= LONGEST_BYTES + 1) == (True, True)
    assert name == name.strip(". ")


def test_long_names_keep_their_ending() -> None:
    assert safe_name("案" * 300 + ".pdf").endswith("案.pdf")


def test_the_same_name_is_numbered_whatever_its_case() -> None:
    names = Names()
    taken = [names.take("files", name) for name in ("Plan.pdf", "plan.PDF", "plan.pdf", "other", "other")]
    assert taken == ["files/Plan.pdf", "files/plan (2).PDF", "files/plan (3).pdf", "files/other", "files/other (2)"]


def test_nothing_takes_the_place_of_the_manifest() -> None:
    assert Names().take("manifest.json") == "manifest (2).json"


def test_folders_are_made_safe_too() -> None:
    assert Names().take("..", "a/b", "c.pdf") == "file/a_b/c.pdf"


def test_manifest_says_what_is_in_and_what_is_not() -> None:
    entry = Entry("case/case.html", 12, DIGEST, "case", Text("Case", "案件"), NOW)
    left = (LeftOut(Part.RATINGS, Why.NOT_YOURS), LeftOut(Omitted.DOCUMENTS, Why.NOT_SIGNED, 2))
    told = json.loads(Manifest({"kind": "dossier"}, (entry,), left).as_json())
    assert told == {
        "format": "ethicsreview.archive",
        "version": 1,
        "kind": "dossier",
        "files": [
            {
                "path": "case/case.html",
                "bytes": 12,
                "sha256": DIGEST,
                "kind": "case",
                "title": {"en": "Case", "zh": "案件"},
                "at": "2026-11-24T02:00:00Z",
            }
        ],
        "left_out": [
            {"part": "ratings", "why": "not_yours"},
            {"part": "unsigned_documents", "why": "not_signed", "number": 2},
        ],
    }


def test_checksums_are_as_the_tool_reads_them() -> None:
    assert checksums([("a b.pdf", DIGEST), ("案.pdf", DIGEST)]) == f"{DIGEST}  a b.pdf\n{DIGEST}  案.pdf\n".encode()
