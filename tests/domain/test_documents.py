"""Codes, page furniture and the judgement of a file: values alone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ethicsreview.documents.domain import (
    ALPHABET,
    FileFacts,
    FileProblem,
    Furniture,
    Outcome,
    SignatureInfo,
    SignatureReason,
    SignatureReport,
    judge,
    new_code,
    read_code,
)

SEALED = SignatureInfo("Seal", "Lake", "Lake", None, True, True, True, True, SignatureReason.OK)
GOOD = SignatureReport((SEALED,))
NONE = SignatureReport(())


def test_code_has_three_groups_of_four_unambiguous_signs() -> None:
    groups = new_code().split("-")
    assert [len(group) for group in groups] == [4, 4, 4]
    assert set("".join(groups)) - set(ALPHABET) == set()


def test_codes_differ() -> None:
    assert len({new_code() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ABCD-EFGH-JKLM", "ABCD-EFGH-JKLM"),
        (" abcd efgh jklm ", "ABCD-EFGH-JKLM"),
        ("abcdefghjklm", "ABCD-EFGH-JKLM"),
        ("ABCD–EFGH–JKLM", "ABCD-EFGH-JKLM"),
        ("ABCD-EFGH-JKL", None),
        ("ABCD-EFGH-JKLM2", None),
        ("ABCD-EFGH-JKL0", None),
        ("ABCD-EFGH-JKLI", None),
        ("", None),
        ("ＡＢＣＤ-EFGH-JKLM", None),
    ],
)
def test_code_is_read_however_it_is_typed(typed: str, read: str | None) -> None:
    assert read_code(typed) == read


def test_new_code_is_read_as_itself() -> None:
    code = new_code()
    assert read_code(code) == code


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (FileFacts(True, True, False, GOOD), Outcome.GENUINE),
        (FileFacts(True, True, True, GOOD), Outcome.SUPERSEDED),
        (FileFacts(True, True, False, NONE), Outcome.DAMAGED_RECORD),
        (FileFacts(True, True, True, SignatureReport((replace(SEALED, trusted=False),))), Outcome.DAMAGED_RECORD),
        (FileFacts(False, True, False, GOOD), Outcome.CHANGED),
        (FileFacts(False, True, False, SignatureReport((), FileProblem.UNREADABLE)), Outcome.CHANGED),
        (FileFacts(False, False, False, GOOD), Outcome.FOREIGN),
        (FileFacts(False, False, False, NONE), Outcome.UNKNOWN),
        (FileFacts(False, False, False, SignatureReport((replace(SEALED, intact=False),))), Outcome.UNKNOWN),
        (FileFacts(False, False, False, SignatureReport((replace(SEALED, valid=False),))), Outcome.UNKNOWN),
        (FileFacts(False, False, False, SignatureReport((replace(SEALED, trusted=False),))), Outcome.UNKNOWN),
        (
            FileFacts(False, False, False, SignatureReport((replace(SEALED, covers_whole_file=False),))),
            Outcome.UNKNOWN,
        ),
        (FileFacts(False, False, False, SignatureReport((SEALED, replace(SEALED, valid=False)))), Outcome.UNKNOWN),
        (FileFacts(False, False, False, SignatureReport((), FileProblem.NOT_PDF)), Outcome.UNREADABLE),
    ],
)
def test_register_is_asked_before_signatures(facts: FileFacts, outcome: Outcome) -> None:
    assert judge(facts) == outcome


def furniture(language: str) -> Furniture:
    return Furniture(
        language=language,
        title="Letter",
        organisation="Lake",
        number="1",
        code="ABCD-EFGH-JKLM",
        verify_url="https://review.example",
        qr="",
        issued_at=datetime(2026, 11, 24, 2, 0, tzinfo=UTC),
        letterhead="  1 Lakeside Road \n\n Shanghai\n",
    )


def test_furniture_speaks_the_language_of_the_document() -> None:
    chinese, english = furniture("zh"), furniture("en")
    assert (chinese.html_language, chinese.django_language) == ("zh-Hans", "zh-hans")
    assert (english.html_language, english.django_language) == ("en", "en")
    assert (chinese.seal.label, chinese.chair.label) == ("机构印章", "主任委员签名")
    assert (english.seal.name, english.chair.name) == (chinese.seal.name, chinese.chair.name)


def test_furniture_prints_the_moment_with_its_offset_and_letterhead_without_blanks() -> None:
    page = furniture("en")
    assert page.issued_words == "2026-11-24 02:00 (UTC+00:00)"
    assert page.letterhead_lines == ("1 Lakeside Road", "Shanghai")
