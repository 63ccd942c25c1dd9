"""Whatever is sent gets a verdict: genuine, changed, foreign, unknown or unreadable, and never an exception."""

import io
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pikepdf
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pytest_django import Settings

from ethicsreview.accounts.models import Organisation
from ethicsreview.documents.authority import issue_demo_key
from ethicsreview.documents.domain import LARGEST_FILE, FileProblem, Outcome, SignatureReason
from ethicsreview.documents.keys import CannotSign, KeyCode, load_signer, trust_roots
from ethicsreview.documents.models import SignedDocument
from ethicsreview.documents.queries import document_by_code, readiness, verdict
from ethicsreview.documents.signing import sign
from ethicsreview.documents.steps import NotSigned, keep_signed, supersede
from ethicsreview.documents.verifying import inspect, inspect_apart
from ethicsreview.documents.wording import checks
from tests.factories import make_organisation
from tests.reports.specimen import CODE, ISSUED, ISSUER, key_folder, seal, signed_specimen, unsigned_specimen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.SIGNING_KEY_DIR = key_folder()


@pytest.fixture
def issuer(db: None) -> Organisation:
    return make_organisation(name=ISSUER)


def keep(issuer: Organisation, *, code: str = CODE, language: str = "en", subject: str = "tests:1") -> SignedDocument:
    """The specimen in the register."""
    with transaction.atomic():
        return keep_signed(
            subject=subject,
            kind="letter",
            language=language,
            title="Ethics review decision",
            organisation_id=issuer.pk,
            code=code,
            pdf=signed_specimen(language),
            signed_at=ISSUED,
        )


def flipped(pdf: bytes) -> bytes:
    """One bit of an embedded font changed."""
    place = pdf.index(b"stream\n", pdf.index(b"/Length1")) + 300
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def with_note(pdf: bytes) -> bytes:
    """A revision that adds a page on top, as an editor would save it."""
    out, writer = io.BytesIO(), IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/Extra"] = writer.root["/Pages"]
    writer.update_root()
    writer.write(out)
    return out.getvalue()


def saved_again(pdf: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out)
    return out.getvalue()


def encrypted() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(unsigned_specimen("en"))) as opened:
        del opened.Root.Metadata
        opened.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()


def bomb() -> bytes:
    """A cross-reference stream that unpacks to four gigabytes from four megabytes."""
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(bytes(1 << 24)) for _ in range(256)) + packer.flush()
    head = b"%PDF-1.7\n"
    start = b"1 0 obj\n<</Type/XRef/Size 2/W[1 4 2]/Root 2 0 R/Filter/FlateDecode/Length %d>>\nstream\n" % len(body)
    return head + start + body + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


def test_kept_file_is_genuine(issuer: Organisation) -> None:
    document = keep(issuer)
    found = verdict(signed_specimen("en"), now=ISSUED)
    assert (found.outcome, found.document, found.is_genuine) == (Outcome.GENUINE, document, True)
    assert [(s.field, s.signer, s.at, s.reason_code) for s in found.signatures] == [
        ("Seal", ISSUER, ISSUED, SignatureReason.OK)
    ]
    assert [check.tone for check in checks(found)] == ["good", "good", "good", "good"]


def test_kept_file_stays_genuine_after_its_certificate_expired(issuer: Organisation) -> None:
    keep(issuer)
    assert verdict(signed_specimen("en"), now=ISSUED + timedelta(days=9000)).outcome == Outcome.GENUINE


def test_superseded_file_says_so(issuer: Organisation) -> None:
    old, new = keep(issuer), keep(issuer, code="BBBB-BBBB-BBBB", language="zh")
    with transaction.atomic():
        supersede(old, by=new)
    found = verdict(signed_specimen("en"), now=ISSUED)
    assert (found.outcome, found.is_genuine) == (Outcome.SUPERSEDED, True)
    assert [check.tone for check in checks(found)] == ["good", "good", "good", "warn"]


def test_kept_file_without_its_trust_is_our_fault_and_says_so(issuer: Organisation, settings: Settings) -> None:
    keep(issuer)
    settings.SIGNING_KEY_DIR = Path("/nonexistent")
    found = verdict(signed_specimen("en"), now=ISSUED)
    assert (found.outcome, found.is_genuine) == (Outcome.DAMAGED_RECORD, False)


@pytest.mark.parametrize(
    "change",
    [
        flipped,
        with_note,
        saved_again,
        lambda pdf: pdf + b"\n",
        lambda pdf: pdf + b"garbage after the end",
        lambda pdf: pdf[:-1],
        lambda pdf: unsigned_specimen("en"),
        lambda pdf: pdf.replace(b"Decision", b"Decisiom"),
    ],
    ids=["flipped", "revision", "saved again", "newline", "appended", "cut", "rolled back", "reason"],
)
def test_changed_file_is_known_for_what_it_was(issuer: Organisation, change: Callable[[bytes], bytes]) -> None:
    document = keep(issuer)
    found = verdict(change(signed_specimen("en")), now=ISSUED)
    assert (found.outcome, found.document, found.is_genuine) == (Outcome.CHANGED, document, False)
    assert checks(found)[1].tone == "bad"


def test_added_to_file_is_recognised_by_its_beginning_alone(issuer: Organisation) -> None:
    document = keep(issuer, code="CCCC-CCCC-CCCC")  # not the code written into the file
    found = verdict(signed_specimen("en") + b"more", now=ISSUED)
    assert (found.outcome, found.document) == (Outcome.CHANGED, document)


def test_flipped_byte_breaks_the_signature(issuer: Organisation) -> None:
    keep(issuer)
    found = verdict(flipped(signed_specimen("en")), now=ISSUED)
    assert [s.reason_code for s in found.signatures] == [SignatureReason.BROKEN]


def test_file_signed_by_someone_trusted_but_not_kept_is_foreign(db: None) -> None:
    assert verdict(signed_specimen("en"), now=ISSUED).outcome == Outcome.FOREIGN


def test_file_signed_by_nobody_trusted_is_unknown(settings: Settings) -> None:
    settings.SIGNING_KEY_DIR = Path("/nonexistent")
    found = verdict(signed_specimen("en"), now=ISSUED)
    assert (found.outcome, found.signatures[0].reason_code) == (Outcome.UNKNOWN, SignatureReason.UNTRUSTED)


@pytest.mark.parametrize(
    "claimed", [datetime.max.replace(tzinfo=UTC), ISSUED.replace(tzinfo=None)], ids=["end of time", "no zone"]
)
def test_moment_no_clock_can_show_is_left_out(db: None, claimed: datetime) -> None:
    signer = load_signer(1, at=ISSUED).signer
    pdf = sign(unsigned_specimen("en"), signer=signer, field="Seal", reason="", location="", certify=True, at=claimed)
    found = verdict(pdf, now=ISSUED)
    assert (found.outcome, found.signatures[0].at) == (Outcome.FOREIGN, None)
    assert [check.line for check in checks(found) if check.label == "Signature"] == [
        f"Valid: the signed content is intact and the certificate is trusted. Signed by {ISSUER}."
    ]


def test_name_that_turns_the_reading_direction_is_straightened(db: None) -> None:
    issue_demo_key(2, "Hall\u2067 of Records", now=ISSUED)
    found = verdict(seal(unsigned_specimen("en"), organisation_id=2), now=ISSUED)
    assert found.signatures[0].signer == "Hall of Records"


def test_unsigned_file_is_unknown(db: None) -> None:
    assert verdict(unsigned_specimen("en"), now=ISSUED).outcome == Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", FileProblem.EMPTY),
        (b"hello", FileProblem.NOT_PDF),
        (b"PK\x03\x04" + bytes(5000), FileProblem.NOT_PDF),
        (bytes(LARGEST_FILE + 1), FileProblem.TOO_LARGE),
        (b"%PDF-1.7\n", FileProblem.UNREADABLE),
        (b"%PDF-1.7\n" + b"[" * 200_000 + b"\nstartxref\n9\n%%EOF", FileProblem.UNREADABLE),
        (b"%PDF-1.7\ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF", FileProblem.UNREADABLE),
    ],
    ids=["empty", "text", "zip", "large", "head", "nested", "circular"],
)
def test_hostile_file_gets_a_verdict(content: bytes, problem: FileProblem) -> None:
    found = verdict(content, now=ISSUED)
    assert (found.outcome, found.report.problem, found.document) == (Outcome.UNREADABLE, problem, None)
    assert len(checks(found)) == 3


@pytest.mark.slow
def test_file_that_unpacks_to_gigabytes_gets_a_verdict(db: None) -> None:
    assert verdict(bomb(), now=ISSUED).report.problem == FileProblem.UNREADABLE


def test_encrypted_file_gets_a_verdict(db: None) -> None:
    assert verdict(encrypted(), now=ISSUED).report.problem == FileProblem.UNREADABLE


@pytest.mark.parametrize("part", [1, 2, 3, 5, 9])
def test_cut_file_gets_a_verdict(part: int) -> None:
    pdf = signed_specimen("en")
    assert verdict(pdf[: len(pdf) * part // 10], now=ISSUED).is_genuine is False


def test_process_apart_says_what_is_said_here() -> None:
    asked = {"trust_roots": trust_roots(), "moment": ISSUED}
    assert inspect_apart(signed_specimen("zh"), **asked) == inspect(signed_specimen("zh"), **asked)


def test_document_is_found_by_its_code_however_typed(issuer: Organisation) -> None:
    document = keep(issuer)
    assert document_by_code(" abcd efgh-JKLM") == document
    assert document_by_code("ABCD-EFGH-JKLN") is None


def test_one_file_is_kept_for_subject_kind_and_language(issuer: Organisation) -> None:
    first, second = keep(issuer), keep(issuer, code="DDDD-DDDD-DDDD")
    assert (second, SignedDocument.objects.count()) == (first, 1)


def test_two_workers_keep_one_file(transactional_db: None) -> None:
    issuer = make_organisation(name=ISSUER)
    start = Barrier(2)

    def work(code: str) -> int:
        start.wait()
        try:
            return keep(issuer, code=code).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        kept = set(pool.map(work, ["AAAA-AAAA-AAAA", "BBBB-BBBB-BBBB"]))
    assert (len(kept), SignedDocument.objects.count()) == (1, 1)


def test_keeping_needs_an_open_transaction(transactional_db: None) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        keep_signed(
            subject="tests:1",
            kind="letter",
            language="en",
            title="Letter",
            organisation_id=1,
            code=CODE,
            pdf=signed_specimen("en"),
            signed_at=ISSUED,
        )


@pytest.mark.parametrize(
    "spoil",
    [lambda pdf: unsigned_specimen("en"), flipped, lambda pdf: pdf + b"more"],
    ids=["unsigned", "flipped", "more"],
)
def test_only_what_is_signed_as_a_whole_is_kept(issuer: Organisation, spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(NotSigned), transaction.atomic():
        keep_signed(
            subject="tests:1",
            kind="letter",
            language="en",
            title="Letter",
            organisation_id=issuer.pk,
            code=CODE,
            pdf=spoil(signed_specimen("en")),
            signed_at=ISSUED,
        )
    assert SignedDocument.objects.count() == 0


def test_no_key_keeps_nothing(issuer: Organisation) -> None:
    with pytest.raises(CannotSign):
        seal(unsigned_specimen("en"), organisation_id=404)
    assert SignedDocument.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE documents_signeddocument SET content = '\\x00'",
        "UPDATE documents_signeddocument SET sha256 = repeat('0', 64)",
        "UPDATE documents_signeddocument SET code = 'EEEE-EEEE-EEEE'",
        "UPDATE documents_signeddocument SET superseded_by_id = id",
        "DELETE FROM documents_signeddocument",
    ],
)
def test_register_refuses_change_and_removal(issuer: Organisation, change: str) -> None:
    keep(issuer)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_document_is_superseded_once(issuer: Organisation) -> None:
    old, new = keep(issuer), keep(issuer, code="BBBB-BBBB-BBBB", language="zh")
    with transaction.atomic():
        supersede(old, by=new)
        supersede(old, by=old)
    old.refresh_from_db()
    assert old.superseded_by == new
    with pytest.raises(DatabaseError), transaction.atomic():
        SignedDocument.objects.update(superseded_by=None)


def test_lists_leave_the_bytes_in_the_database(issuer: Organisation) -> None:
    keep(issuer)
    assert SignedDocument.objects.get().get_deferred_fields() == {"content"}
    assert bytes(SignedDocument.objects.get().content) == signed_specimen("en")


def test_readiness_names_each_part(settings: Settings, tmp_path: Path) -> None:
    assert readiness(now=ISSUED) == {"fonts": "ready", "subsetter": "ready", "signing_key": "missing"}
    settings.FONT_DIR = tmp_path
    assert readiness(now=ISSUED)["fonts"] == "font_missing"


def test_command_says_genuine_and_ends_well(
    issuer: Organisation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(issuer)
    (tmp_path / "a.pdf").write_bytes(signed_specimen("en"))
    call_command("verify", str(tmp_path / "a.pdf"))
    assert capsys.readouterr().out.splitlines()[0] == "This document is genuine and unchanged"


def test_command_ends_badly_for_a_changed_file(
    issuer: Organisation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(issuer)
    (tmp_path / "a.pdf").write_bytes(flipped(signed_specimen("en")))
    with pytest.raises(SystemExit) as ended:
        call_command("verify", str(tmp_path / "a.pdf"))
    assert ended.value.code == 1
    assert capsys.readouterr().out.splitlines()[0] == "Do not rely on this file: it is not the document as issued"


def test_command_makes_keys_for_operator_and_review_bodies(
    host: Organisation,
    company: Organisation,
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.SIGNING_KEY_DIR = tmp_path
    call_command("make_demo_keys")
    call_command("make_demo_keys")
    assert sorted(file.name for file in tmp_path.glob("organisation-*")) == [
        "organisation-0.p12",
        f"organisation-{host.pk}.p12",
    ]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[1].split(",")[0] for line in lines] == ["made", "made", "kept", "kept"]
    assert {line.rsplit(", ", 1)[1] for line in lines} == {KeyCode.READY.value}
