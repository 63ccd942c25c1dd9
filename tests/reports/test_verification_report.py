"""Report and certificate of a verification: accepted by others' tools, whole, and recomputed from the file alone."""

import io
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.management import call_command
from pytest_django import Settings

from assessments.domain.staged import StagedInstrument
from ethicsreview.documents.rendering import CannotRender
from tests.reports.casefile import absent, joined, raw_of, text_of
from tests.reports.judges import VERA, poppler_says, pyhanko_says, qpdf_says, vera_says
from tests.reports.specimen import CODE, key_folder
from tests.reports.test_letter import PIXEL
from tests.reports.verification_file import (
    ENTITY,
    SERVICE,
    TITLES,
    Story,
    document,
    own_steps,
    sealed,
    verified_data,
    verified_file,
)
from workflows.domain.verification_states import VReportKind, VState
from workflows.models import Finding, Objection, Recusal, TeamAssessor
from workflows.reporting.verification_composing import lay_out
from workflows.reporting.verification_data import VerificationReportData
from workflows.reporting.verification_gathering import gather
from workflows.reporting.verification_machine import record_json

pytestmark = pytest.mark.django_db
REPORT, CERTIFICATE = VReportKind.REPORT, VReportKind.CERTIFICATE
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])
KINDS = pytest.mark.parametrize("kind", [REPORT, CERTIFICATE])
FINDING = {"source": "finding", "level": 4}


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.SIGNING_KEY_DIR = key_folder()


def attachment(pdf: bytes, name: str) -> bytes:
    """A file carried inside the PDF."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return bytes(opened.attachments[name].get_file().read_bytes())


def page_count(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def told(story: Story) -> VerificationReportData:
    """What the documents of another story are made of."""
    return gather(verified_file(story))


def met(*but: str) -> Callable[[StagedInstrument], dict[str, str]]:
    """Every criterion fully met, but for those given, which are not met at all."""
    return lambda instrument: {key: instrument.scale[0 if key in but else -1].key for key in instrument.criteria}


def service(**changes: Any) -> Story:
    """The smaller instrument, without evidence rules and without a DCMM gate."""
    return replace(
        Story(path=SERVICE, target=3, aside={}, own=met(), found=met("2.1.3"), claim={}),
        **changes,
    )


# -- the files -------------------------------------------------------------------------------------------------------


@KINDS
@LANGUAGES
def test_document_is_accepted_by_every_judge(kind: VReportKind, language: str, tmp_path: Path) -> None:
    file = tmp_path / "document.pdf"
    file.write_bytes(sealed(kind, language))
    assert pyhanko_says(file.read_bytes()) == [("Seal", True, True, "ENTIRE_FILE")]
    assert poppler_says(file) == [
        "Total document signed",
        "Signature Validation: Signature is Valid.",
        "The signature form field is not signed.",
    ]
    assert qpdf_says(file) == 0


@pytest.mark.slow
@pytest.mark.skipif(VERA.returncode != 0, reason=f"veraPDF cannot be asked: {VERA.stderr.strip()}")
@KINDS
@LANGUAGES
def test_document_keeps_to_pdfa_and_pdfua(kind: VReportKind, language: str, tmp_path: Path) -> None:
    file = tmp_path / "document.pdf"
    file.write_bytes(sealed(kind, language))
    assert vera_says(file) == ["document.pdf 3a compliant", "document.pdf ua1 compliant"]


@KINDS
def test_same_document_gives_the_same_bytes(kind: VReportKind) -> None:
    assert document(kind, "zh-hans", data=verified_data()) == document(kind, "zh-hans")


@LANGUAGES
def test_certificate_is_one_page(language: str) -> None:
    assert page_count(document(CERTIFICATE, language)) == 1


def test_certificate_stays_one_page_with_a_long_scope_and_a_logo(tmp_path: Path) -> None:
    data = verified_data()
    assert data.certificate is not None
    changed = replace(
        data,
        host=replace(data.host, logo=PIXEL),
        certificate=replace(data.certificate, scope="研发、生产和运维服务所涉及的人工智能管理活动，" * 40),
    )
    assert page_count(document(CERTIFICATE, "zh-hans", data=changed)) == 1


# -- recomputed from the file alone ----------------------------------------------------------------------------------


def scored(content: bytes, folder: Path) -> dict[str, Any]:
    """What ``manage.py score`` answers about a file."""
    file, answer = folder / "inputs.json", StringIO()
    file.write_bytes(content)
    call_command("score", str(file), stdout=answer)
    found: dict[str, Any] = json.loads(answer.getvalue())
    return found


@LANGUAGES
def test_scoring_the_attachments_gives_the_printed_tiers(language: str, tmp_path: Path) -> None:
    data, pdf = verified_data(), sealed(REPORT, language)
    verified = scored(attachment(pdf, "result.json"), tmp_path)
    own = scored(attachment(pdf, "self.json"), tmp_path)
    assert (verified["tier"], verified["gates"], verified["binding"], verified["blocking"]) == (
        3,
        {"dcmm": 4, "floor": 3, "score": 4},
        ["floor"],
        ["7.2"],
    )
    assert (own["tier"], data.tier, data.own.verdict.tier) == (4, 3, 4)
    page = text_of(pdf, tmp_path)
    printed = {"en": "Tier 3: Organisation-wide", "zh-hans": "第3级（组织级）"}[language]
    assert page.count(printed) >= 2
    assert f"{verified['index_display']}" in page


def test_scoring_notices_a_changed_rating(tmp_path: Path) -> None:
    inputs = json.loads(attachment(sealed(REPORT, "en"), "result.json"))
    inputs["items"]["1.1"]["ratings"]["1.1.2"] = "N"
    assert scored(json.dumps(inputs).encode(), tmp_path)["tier"] == 1


def test_scoring_the_attachment_of_a_finding_and_of_another_instrument(tmp_path: Path) -> None:
    for story in (Story(claim=FINDING), service()):
        data = told(story)
        result = scored(attachment(document(REPORT, "en", data=data), "result.json"), tmp_path)
        assert result["tier"] == data.tier


def test_snapshot_that_does_not_give_its_result_has_no_document() -> None:
    verification = verified_file()
    assert verification.verified is not None
    verification.verified.result = {**verification.verified.result, "tier": 5}
    with pytest.raises(ValueError, match="snapshot 2 does not give the result it states"):
        gather(verification)


def test_both_languages_carry_the_same_record() -> None:
    english, chinese = (attachment(document(REPORT, name), "record.json") for name in ("en", "zh-hans"))
    assert english == chinese
    record = json.loads(english)
    assert (record["format"], record["version"], record["code"]) == ("ethicsreview.verification-record", 1, CODE)


def test_everyone_in_the_record_is_named() -> None:
    record = json.loads(record_json(verified_data(), code=CODE))
    used = {step["by"] for step in record["procedure"]["steps"]}
    used |= {row["person"] for row in record["procedure"]["team"]}
    used |= {vote["person"] for ballot in record["procedure"]["ballots"] for vote in ballot["votes"]}
    used |= {record["decision"]["by"], record["rounds"]["self"]["by"], record["rounds"]["verified"]["by"]}
    assert used - {int(key) for key in record["people"]} == set()


# -- what the report says --------------------------------------------------------------------------------------------


def test_english_report_holds_the_whole_verification(tmp_path: Path) -> None:
    data, page = verified_data(), raw_of(document(REPORT, "en"), tmp_path)
    assert data.certificate is not None
    wanted = joined(
        "Maturity verification report",
        f"Certificate {data.certificate.number}, valid from 22 November 2026 until 21 November 2029",
        "Tier 4: Lean; Tier 4: Lean",
        "3.87 of 5, self-assessed 3.95",
        "A core item must reach level 4.",
        "4 (Quantitatively managed)",
        "certificate DCMM-2025-0417, Lakeside Data Certification Co., Ltd.",
        "The smallest set that reaches it: 1 criterion raised to “Fully met”.",
        "Advised the enterprise on this assessment",
        "Clearwater Consulting; had no part in the assessment",
        "Lost: 2 in favour, 2 against, 0 abstaining, 0 silent; 4 on the panel, 3 in favour needed.",
        "2 objections were lodged and answered.",
        "None was upheld.",
        "By Du Heng, who was not on the team, on 10 November 2026:",
        "No answer within the window; the rating stands.",
        "Not accepted",
        "kept elsewhere, no file",
        "it is neither a CESI certificate",
        "aim-dcmm v1",
        "aim-scheme v1",
        data.edition.digest,
        data.scheme.digest,
        data.own.digest,
        data.verified.digest,
        data.head.digest,
        data.decision.digest,
        *(piece.sha256 for piece in data.evidence),
        *(row.person.name.en for row in data.team),
        *(row.notes for row in data.onsite),
        *(text for row in data.findings for text in (row.text, row.answer, row.resolution)),
    )
    assert absent(wanted, page) == set()


def test_chinese_report_holds_the_whole_verification(tmp_path: Path) -> None:
    data, page = verified_data(), raw_of(document(REPORT, "zh-hans"), tmp_path)
    wanted = joined(
        "成熟度核验报告",
        "一、等级的制约因素与晋级障碍",
        "核心评估项须达到4级。",
        "达到该等级的最小改进组合：将1项准则提升至“完全满足”。",
        "未通过：赞成2票，反对2票，弃权0票，未表态0人；专家组4人，须赞成3票。",
        "收到异议2件，均已答复。异议均不成立。",
        "既不是电子标准院颁发的证书，也不是DCMM证书",
        *(row.person.name.zh for row in data.team),
        *(item.title.zh for item in data.items),
        *(one.text.zh for item in data.items for level in item.levels for one in level.criteria if one.rated),
    )
    assert absent(wanted, page) == set()


def test_ratings_stand_side_by_side(tmp_path: Path) -> None:
    data = verified_data()
    rated = {one.key: one for item in data.items for level in item.levels for one in level.criteria if one.rated}
    assert len(rated) == 27 * 4
    assert {key for key, one in rated.items() if one.differs} == {"3.3.3", "4.3.4", "7.2.4", "8.2.4"}
    assert (rated["7.2.4"].own, rated["7.2.4"].found) != (None, None)
    page = text_of(document(REPORT, "en"), tmp_path)
    assert re.search(r"7\.2\.4 .{20,160} F N ", page) is not None


def test_heat_map_shows_every_item_and_what_is_set_aside(tmp_path: Path) -> None:
    data = verified_data()
    page = text_of(document(REPORT, "en"), tmp_path)
    assert "5.2 Development, tuning and version control Not applicable" in page
    assert "7.2 ! Risk and impact assessment" in page
    assert [item.key for item in data.items if item.level is None] == ["5.2"]
    shown = [item for item in data.items if item.level is not None]
    lines = {f"{item.key} {item.title.en} {' '.join(field(level) for level in item.levels)}" for item in shown}
    assert absent(lines - {line for line in lines if line.startswith("7.2")}, page) == set()


def field(level: Any) -> str:
    return level.criteria[0].found.counted if level.found is not None else "–"


def test_radar_has_a_title_and_both_series() -> None:
    data = verified_data()
    scores = {one.key: (str(one.score), str(one.own)) for one in data.dimensions}
    assert scores["D7"] == ("26/7", "4")
    assert {key for key, (score, own) in scores.items() if score != own} == {"D4", "D7", "D8"}


@LANGUAGES
def test_confidential_evidence_is_named_by_its_digest_alone(language: str, tmp_path: Path) -> None:
    data = verified_data()
    hidden = [piece for piece in data.evidence if piece.confidential]
    assert len(hidden) == 6
    assert {(piece.title, piece.reference) for piece in hidden} == {("", "")}
    record = json.loads(attachment(document(REPORT, language), "record.json"))
    assert {row["title"] for row in record["evidence"] if row["confidential"]} == {None}
    page = raw_of(document(REPORT, language), tmp_path)
    assert absent({piece.sha256 for piece in hidden}, page) == set()


def test_title_of_confidential_evidence_is_nowhere() -> None:
    verification = verified_file()
    for snapshot in (verification.snapshot, verification.verified):
        assert snapshot is not None
        for piece in snapshot.facts["evidence"]:
            if piece["confidential"]:
                piece["title"], piece["reference"] = "Hush-hush", "Hush-shelf"
    data = gather(verification)
    assert data.evidence[4].confidential
    assert record_json(data, code=CODE).count(b"Hush") == 0
    assert repr(data.evidence).count("Hush") == 0


@LANGUAGES
def test_what_is_nobodys_business_is_nowhere(language: str, tmp_path: Path) -> None:
    pdf = document(REPORT, language)
    said = text_of(pdf, tmp_path) + attachment(pdf, "record.json").decode()
    assert [said.count(word) for word in ("Secret.", "Outsider", "outsider@example.test")] == [0, 0, 0]


def test_report_is_about_the_moment_of_the_decision() -> None:
    verification = verified_file()
    before, at = gather(verification), verification.decided_at
    assert at is not None
    later, person = at + timedelta(days=3), verification.decided_by
    team = TeamAssessor.objects.get(verification=verification, lead=True)
    TeamAssessor.objects.filter(verification=verification).update(ended_at=later)
    Finding.objects.create(
        verification=verification, number=9, criterion="1.1.1", kind="minor", text="x", by=team.user, at=later
    )
    Recusal.objects.create(verification=verification, user=team.user, kind="family", by=team.user, at=later)
    Objection.objects.create(verification=verification, name="x", contact="x@example.test", text="x", at=later)
    verification.refresh_from_db()
    assert (verification.decided_by, gather(verification)) == (person, before)


@pytest.mark.parametrize("state", [VState.NOTICE, VState.RETURNED, VState.WITHDRAWN])
def test_undecided_verification_has_no_document(state: VState) -> None:
    verification = verified_file()
    verification.state = state.value
    with pytest.raises(ValueError, match="is not decided"):
        gather(verification)


def test_refusal_is_reported_and_has_no_certificate(tmp_path: Path) -> None:
    data = told(Story(claim={}, state=VState.REFUSED))
    page = text_of(document(REPORT, "en", data=data), tmp_path)
    wanted = {
        "Not graded",
        "Verified, and no certificate was issued.",
        "No tier is reached: the DCMM level was not proved.",
        "No DCMM level was claimed, so none is proved.",
        "Data management must prove DCMM level 2 (Managed); proved: none.",
    }
    assert absent(wanted, page) == set()
    assert (data.certificate, data.plan is not None and data.plan.dcmm_needed) == (None, 2)
    with pytest.raises(ValueError, match="ended without a certificate"):
        document(CERTIFICATE, "en", data=data)


def test_claim_the_assessors_did_not_accept_is_explained(tmp_path: Path) -> None:
    data = verified_data()
    changed = replace(data, claim=None, claim_note="The certificate names another party.")
    page = text_of(document(REPORT, "en", data=changed), tmp_path)
    assert "The enterprise claimed DCMM level 4 (Quantitatively managed); it does not count" in page
    assert "The certificate names another party." in page


def test_score_that_is_too_low_is_explained(tmp_path: Path) -> None:
    def found(instrument: StagedInstrument) -> dict[str, str]:
        return {key: "N" if key.endswith(".4") else step for key, step in own_steps(instrument).items()}

    data = told(Story(found=found))
    page = text_of(document(REPORT, "en", data=data), tmp_path)
    assert "The score, every item cut at 4, is 3.00 and must reach 3.80." in page
    assert (page.count("Its score is too low for the whole."), len(data.blocking)) == (19, 27)


def test_instrument_of_another_shape_is_reported(tmp_path: Path) -> None:
    data = told(service())
    page = text_of(document(REPORT, "zh-hans", data=data), tmp_path)
    assert data.tier_facts is not None
    assert data.tier_facts.label.zh in page
    assert page.count("DCMM等级") == 0
    assert page_count(document(CERTIFICATE, "zh-hans", data=data)) == 1


def test_highest_tier_has_no_plan(tmp_path: Path) -> None:
    data = told(service(found=met()))
    page = text_of(document(REPORT, "en", data=data), tmp_path)
    assert (data.tier, data.plan, page.count("There is no higher tier."), page.count("What leads to")) == (
        3,
        None,
        1,
        0,
    )


def test_character_without_glyph_is_named_never_blank() -> None:
    data = verified_data()
    entity = replace(data, enterprise=replace(data.enterprise, legal_entity="Heron \U0001f600"))
    with pytest.raises(CannotRender) as refused:
        document(REPORT, "en", data=entity)
    assert refused.value.glyphs == frozenset("\U0001f600")


def test_markup_and_long_words_are_printed_as_written_and_stay_on_the_page(tmp_path: Path) -> None:
    data = verified_data()
    name, long = "<b>x</b>&amp;", "ÿ" * 300
    first, *rest = data.findings
    changed = replace(
        data,
        enterprise=replace(data.enterprise, legal_entity=name),
        findings=(replace(first, text=long, answer=long), *rest),
    )
    file = tmp_path / "long.pdf"
    file.write_bytes(document(REPORT, "en", data=changed))
    found = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, text=True).stdout
    edges = [float(edge) for edge in re.findall(r'xMax="([0-9.]+)"', found)]
    assert max(edges) <= 595.3 - 21 * 72 / 25.4 + 1
    assert raw_of(file.read_bytes(), tmp_path).count(name) == 2
    assert raw_of(file.read_bytes(), tmp_path).count("ÿ") == 600


# -- the certificate -------------------------------------------------------------------------------------------------


def test_english_certificate_states_what_was_verified(tmp_path: Path) -> None:
    data, page = verified_data(), text_of(document(CERTIFICATE, "en"), tmp_path)
    assert data.certificate is not None
    wanted = {
        "Lakeside Assessment Centre",
        "1 Lakeside Road, Shanghai 200000",
        "Maturity certificate",
        f"No. {data.certificate.number}",
        ENTITY,
        "Tier 3: Organisation-wide",
        "Issued 22 November 2026, valid through 21 November 2029",
        "4 (Quantitatively managed); certificate DCMM-2025-0417, Lakeside Data",
        "valid until 17 March 2028",
        "A certificate or a finding of the assessors",
        "aim-dcmm v1",
        "aim-scheme v1",
        "it is neither a CESI certificate nor a DCMM certificate",
        "Signature of the person who decided",
        "Ma Yi",
        CODE,
    }
    assert absent(wanted, page) == set()


def test_chinese_certificate_reads_as_one(tmp_path: Path) -> None:
    page = raw_of(document(CERTIFICATE, "zh-hans"), tmp_path)
    wanted = joined(
        "成熟度等级证书",
        "经湖畔评估中心现场核验，兹证明",
        ENTITY,
        "第3级（组织级）",
        "2026年11月22日颁发，有效期至2029年11月21日（含当日）",
        "签发人签名",
        "马毅",
    )
    assert absent(wanted, page) == set()


def test_certificate_says_that_a_level_rests_on_a_finding(tmp_path: Path) -> None:
    page = text_of(document(CERTIFICATE, "en", data=told(Story(claim=FINDING))), tmp_path)
    assert "DCMM level by finding 4 (Quantitatively managed)" in page


def test_certificate_names_nobody_but_who_decided(tmp_path: Path) -> None:
    data, page = verified_data(), text_of(document(CERTIFICATE, "en"), tmp_path)
    names = {row.person.name.en for row in data.team} | {vote.person.name.en for vote in data.ballots[0].votes}
    assert absent(names, page) == names
    assert absent({title for _kind, title in TITLES}, page) == {title for _kind, title in TITLES}


def test_certificate_is_called_by_its_name() -> None:
    data = verified_data()
    composed = lay_out(data, CERTIFICATE, "zh-hans", code=CODE, at=data.decision.at)
    assert (composed.title, composed.place, composed.seal.label) == ("成熟度等级证书", "湖畔评估中心", "机构印章")
