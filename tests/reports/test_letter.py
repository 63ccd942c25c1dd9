"""The decision letter: accepted by others' tools, states what its kind must state, names nobody who voted."""

import io
import re
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from pytest_django import Settings

from assessments.domain.strict import Text
from ethicsreview.documents.logo import redraw_logo
from ethicsreview.documents.rendering import CannotRender
from tests.editions import content_of
from tests.reports.casefile import absent, document, eventful_data, joined, raw_of, sealed, text_of
from tests.reports.judges import VERA, poppler_says, pyhanko_says, qpdf_says, vera_says
from tests.reports.specimen import CODE, key_folder
from workflows.domain.checks import decision_rule
from workflows.domain.rulebook import Rulebook
from workflows.domain.rulebook_parsing import parse_rulebook
from workflows.domain.states import ReportKind
from workflows.reporting.data import CaseReportData, Written

pytestmark = pytest.mark.django_db
LETTER = ReportKind.LETTER
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


def _png() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 40), "navy").save(drawn, "PNG")
    return redraw_logo(drawn.getvalue())


PIXEL = _png()


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.SIGNING_KEY_DIR = key_folder()


def rules() -> Rulebook:
    return parse_rulebook(content_of("rulebooks/cn-ai-2026.v1.yaml"), content_of("rulebooks/cn-2023.v1.yaml"))


def decided(kind: str, **changes: object) -> CaseReportData:
    """The eventful case with another outcome."""
    data, rule = eventful_data(), decision_rule(kind, rules())
    assert rule is not None
    return replace(data, outcome=replace(data.outcome, rule=rule, followup=None, **changes))  # type: ignore[arg-type]


def titled(title: str) -> CaseReportData:
    data = eventful_data()
    return replace(data, matter=replace(data.matter, title=title))


@LANGUAGES
def test_letter_is_accepted_by_every_judge(language: str, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(sealed(LETTER, language))
    assert pyhanko_says(file.read_bytes()) == [("Seal", True, True, "ENTIRE_FILE")]
    assert poppler_says(file) == [
        "Total document signed",
        "Signature Validation: Signature is Valid.",
        "The signature form field is not signed.",
    ]
    assert qpdf_says(file) == 0


@pytest.mark.slow
@pytest.mark.skipif(VERA.returncode != 0, reason=f"veraPDF cannot be asked: {VERA.stderr.strip()}")
@LANGUAGES
def test_letter_keeps_to_pdfa_and_pdfua(language: str, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(sealed(LETTER, language))
    assert vera_says(file) == ["letter.pdf 3a compliant", "letter.pdf ua1 compliant"]


def test_english_letter_states_what_was_decided(tmp_path: Path) -> None:
    data = eventful_data()
    page = text_of(document(LETTER, "en"), tmp_path)
    wanted = {
        "Ethics review decision",
        "To: Heron Robotics",
        "Project lead: Ai Applicant",
        f"{data.matter.reference}-D1-L",
        "Approved",
        "Kind of decision under Sci-Tech Ethics Review Measures 2023, Art. 16.",
        "Valid from 21 November 2026 until 20 November 2028, both days included.",
        "Try the fallback in a second ward.",
        "Given in Chinese only.",
        "The rules set no time limit for it.",
        "1 person was recused and had no part.",
        "1 member put a dissent in writing.",
        "Chen Chair, Chair",
        CODE,
    }
    assert absent(wanted, page) == set()


def test_chinese_letter_reads_as_a_decision(tmp_path: Path) -> None:
    page = raw_of(document(LETTER, "zh-hans"), tmp_path)
    wanted = joined(
        "科技伦理审查决定书",
        "苍鹭机器人：",
        "一、适用范围和有效期",
        "二、理由",
        "三、意见和要求",
        "四、附加条件",
        "五、表决",
        "六、跟踪审查",
        "七、申诉",
        "本决定依据《科技伦理审查办法（试行）》第十六条作出。",
        "动议经出席并有表决权的委员三分之二同意即为通过",
        "本项仅有英文文本。",
        "陈主任，主任委员",
    )
    assert absent(wanted, page) == set()


@LANGUAGES
def test_letter_counts_every_ballot_and_names_no_voter(language: str, tmp_path: Path) -> None:
    data, page = eventful_data(), raw_of(document(LETTER, language), tmp_path)
    chair = data.outcome.act.person.id
    voters = {person for motion in data.motions for person in motion.present if person.id != chair}
    names = {name for person in voters for name in (person.name.en, person.name.zh)}
    assert len(names) == 10
    assert absent(joined(*names), page) == joined(*names)
    ballots = [
        (row.standing.in_favour, row.standing.against, row.standing.abstain, row.standing.present, row.needed)
        for row in data.ballots
        if row.standing
    ]
    assert ballots == [(3, 3, 0, 6, 4), (4, 2, 0, 6, 4)]
    assert [page.count(f"{a}{b}{c}0{d}{e}") for a, b, c, d, e in ballots] == [1, 1]


@LANGUAGES
def test_letter_has_at_most_three_pages(language: str) -> None:
    assert page_count(document(LETTER, language)) <= 3


def page_count(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("approve_after_modification", "The chair checks it and, where the requirements are met,"),
        ("re_review_after_modification", "It returns to a meeting of the same committee."),
    ],
)
def test_letter_of_a_modification_says_how_to_go_on(kind: str, sentence: str, tmp_path: Path) -> None:
    page = raw_of(document(LETTER, "en", data=decided(kind)), tmp_path)
    assert page.count("".join(sentence.split())) == 1
    assert page.count("Follow-up") == 0


def test_letter_of_a_refusal_states_reasons_and_appeal(tmp_path: Path) -> None:
    data = decided("disapprove", scope=Written("", ""), valid_from=None, valid_until=None, conditions=())
    page = text_of(document(LETTER, "en", data=data), tmp_path)
    assert absent({"Not approved", "1 Reasons", "By this rule it states: reasons, the way to appeal."}, page) == set()
    assert page.count("Scope and validity") == 0


def test_letter_of_a_checked_modification_names_no_meeting(tmp_path: Path) -> None:
    data = eventful_data()
    page = raw_of(document(LETTER, "en", data=replace(data, outcome=replace(data.outcome, motion=0))), tmp_path)
    assert page.count("Thechairhascheckedthemodifiedversion") == 1
    assert page.count("Afterthevoteatitsmeeting") == 0


def test_text_in_one_language_is_marked_in_the_other_letter() -> None:
    with pikepdf.open(io.BytesIO(document(LETTER, "en"))) as pdf:
        tags = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/Lang" in thing]
        assert {str(tag.Lang) for tag in tags if "/S" in tag} == {"zh-Hans"}


@LANGUAGES
def test_same_letter_gives_the_same_bytes(language: str) -> None:
    assert document(LETTER, language, data=eventful_data()) == document(LETTER, language)


def test_character_without_glyph_is_named_never_blank() -> None:
    with pytest.raises(CannotRender) as refused:
        document(LETTER, "en", data=titled("Triage \U0001f600"))
    assert refused.value.glyphs == frozenset("\U0001f600")


def test_markup_in_a_title_is_printed_as_written(tmp_path: Path) -> None:
    page = raw_of(document(LETTER, "en", data=titled("<script>alert(1)</script> & <b>x</b>")), tmp_path)
    assert page.count("<script>alert(1)</script>&<b>x</b>") == 2


@LANGUAGES
def test_very_long_words_stay_on_the_page(language: str, tmp_path: Path) -> None:
    data = titled("W" * 300)
    long = replace(data, outcome=replace(data.outcome, reasons=Written("ÿ" * 400, "ÿ" * 400)))
    file = tmp_path / "long.pdf"
    file.write_bytes(document(LETTER, language, data=long))
    found = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, text=True).stdout
    edges = [float(edge) for edge in re.findall(r'xMax="([0-9.]+)"', found)]
    assert max(edges) <= 595.3 - 21 * 72 / 25.4 + 1
    assert raw_of(file.read_bytes(), tmp_path).count("ÿ") == 400


def test_logo_and_letterhead_are_printed(tmp_path: Path) -> None:
    data = eventful_data()
    host = replace(data.host, letterhead=Text("1 Lakeside Road, Shanghai", "上海市湖滨路1号"), logo=PIXEL)
    page = text_of(document(LETTER, "en", data=replace(data, host=host)), tmp_path)
    assert page.count("1 Lakeside Road, Shanghai") == 1
    assert document(LETTER, "en", data=replace(data, host=host)) != document(LETTER, "en")


def test_validity_without_a_beginning_is_stated(tmp_path: Path) -> None:
    data = eventful_data()
    changed = replace(data, outcome=replace(data.outcome, valid_from=None, valid_until=date(2027, 5, 1)))
    page = text_of(document(LETTER, "en", data=changed), tmp_path)
    assert page.count("Valid until 1 May 2027, that day included.") == 1
