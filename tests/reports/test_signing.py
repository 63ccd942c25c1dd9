"""A sealed document is accepted by others' tools, and keys that cannot sign say why."""

import io
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pytest_django import Settings

from ethicsreview.documents.authority import FILE, issue_demo_key, make_demo_authority
from ethicsreview.documents.keys import CannotSign, KeyCode, KeyState, key_file, key_state, load_signer, trust_roots
from ethicsreview.documents.signing import sign
from ethicsreview.documents.verifying import inspect
from tests.reports.specimen import ISSUED, ISSUER, key_folder, seal, signed_specimen, unsigned_specimen


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.SIGNING_KEY_DIR = key_folder()


@pytest.fixture
def empty_folder(settings: Settings, tmp_path: Path) -> Path:
    """A key folder of this test's own, with nothing in it."""
    settings.SIGNING_KEY_DIR = tmp_path
    return tmp_path


def full_validation(pdf: bytes) -> list[tuple[str, bool, bool, str]]:
    """pyHanko's whole judgement, comparison of revisions included, of every signature."""
    context = ValidationContext(trust_roots=list(trust_roots()), allow_fetching=False, moment=ISSUED)
    return [
        (found.field_name, status.bottom_line, bool(status.docmdp_ok), status.coverage.name)
        for found in PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        for status in [validate_pdf_signature(found, context)]
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pyhanko_accepts_the_seal_in_full(language: str) -> None:
    assert full_validation(signed_specimen(language)) == [("Seal", True, True, "ENTIRE_FILE")]


def test_chair_can_sign_later_and_the_seal_stays_valid() -> None:
    issue_demo_key(7, "Chen Chair", now=ISSUED)
    later = sign(
        signed_specimen("en"),
        signer=load_signer(7, at=ISSUED).signer,
        field="ChairSignature",
        reason="Issued",
        location="Shanghai",
        certify=False,
        at=ISSUED,
    )
    assert full_validation(later) == [
        ("Seal", True, True, "ENTIRE_REVISION"),
        ("ChairSignature", True, True, "ENTIRE_FILE"),
    ]


def test_poppler_accepts_the_seal(tmp_path: Path) -> None:
    (tmp_path / "sealed.pdf").write_bytes(signed_specimen("en"))
    said = subprocess.run(["pdfsig", "-nocert", tmp_path / "sealed.pdf"], capture_output=True, text=True).stdout
    lines = {line.strip(" -") for line in said.splitlines()}
    assert {
        "Signature Field Name: Seal",
        f"Signer Certificate Common Name: {ISSUER}",
        "Signature Type: ETSI.CAdES.detached",
        "Signing Hash Algorithm: SHA-256",
        "Total document signed",
        "Signature Validation: Signature is Valid.",
        "Signature Field Name: ChairSignature",
        "The signature form field is not signed.",
    } - lines == set()


def test_seal_certifies_for_filling_and_signing_alone() -> None:
    reader = PdfFileReader(io.BytesIO(signed_specimen("en")))
    assert reader.embedded_signatures[0].docmdp_level.value == 2


def test_signature_says_who_when_and_why() -> None:
    found = PdfFileReader(io.BytesIO(signed_specimen("en"))).embedded_signatures[0]
    assert (found.sig_object["/Reason"], found.sig_object["/Location"]) == ("Decision", "Shanghai")
    assert found.self_reported_timestamp == ISSUED


def test_filled_field_cannot_be_signed_again() -> None:
    with pytest.raises(SigningError):
        seal(signed_specimen("en"))


def test_no_key_cannot_sign() -> None:
    with pytest.raises(CannotSign) as refused:
        load_signer(404, at=ISSUED)
    assert refused.value.reason == KeyCode.MISSING
    assert key_state(404, at=ISSUED) == KeyState(KeyCode.MISSING)


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (-401, KeyCode.NOT_YET),
        (-400, KeyCode.READY),
        (29, KeyCode.READY),
        (30, KeyCode.EXPIRED),
        (4000, KeyCode.EXPIRED),
    ],
)
def test_key_signs_within_its_term_alone(empty_folder: Path, days: int, code: KeyCode) -> None:
    issue_demo_key(1, ISSUER, now=ISSUED, term=timedelta(days=30))
    at = ISSUED + timedelta(days=days)
    assert key_state(1, at=at) == KeyState(code, ISSUER, ISSUED + timedelta(days=30))
    if code == KeyCode.READY:
        assert load_signer(1, at=at).subject == ISSUER
    else:
        with pytest.raises(CannotSign) as refused:
            load_signer(1, at=at)
        assert refused.value.reason == code


def test_wrong_passphrase_cannot_sign(settings: Settings, empty_folder: Path) -> None:
    issue_demo_key(1, ISSUER, now=ISSUED)
    settings.SIGNING_KEY_PASSPHRASE = "another"
    assert key_state(1, at=ISSUED).code == KeyCode.UNREADABLE


def test_damaged_key_file_cannot_sign(empty_folder: Path) -> None:
    key_file(1).write_bytes(b"not a key")
    assert key_state(1, at=ISSUED).code == KeyCode.UNREADABLE


@pytest.mark.parametrize(("bits", "code"), [(2048, KeyCode.UNSUITABLE), (3072, KeyCode.READY)])
def test_weak_key_cannot_sign(empty_folder: Path, bits: int, code: KeyCode) -> None:
    key = rsa.generate_private_key(65537, bits)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Lake")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ISSUED - timedelta(days=1))
        .not_valid_after(ISSUED + timedelta(days=1))
        .sign(key, SHA256())
    )
    packed = pkcs12.serialize_key_and_certificates(b"k", key, certificate, None, BestAvailableEncryption(b"test"))
    key_file(1).write_bytes(packed)
    assert key_state(1, at=ISSUED).code == code
    if code == KeyCode.READY:
        (empty_folder / "trust").mkdir()
        (empty_folder / "trust" / "self.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        assert inspect(seal(unsigned_specimen("en")), trust_roots=trust_roots(), moment=ISSUED).signatures[0].valid


def test_authority_itself_cannot_sign_documents(empty_folder: Path) -> None:
    make_demo_authority(empty_folder, "test", now=ISSUED)
    (empty_folder / FILE).rename(key_file(1))
    assert key_state(1, at=ISSUED).code == KeyCode.UNSUITABLE


def test_key_is_read_once_until_its_file_changes(empty_folder: Path) -> None:
    issue_demo_key(1, ISSUER, now=ISSUED)
    first = load_signer(1, at=ISSUED)
    assert load_signer(1, at=ISSUED) is first
    issue_demo_key(1, "Another Name", now=ISSUED, renew=True)
    assert load_signer(1, at=ISSUED).subject == "Another Name"


def test_demo_keys_that_are_there_are_kept(empty_folder: Path) -> None:
    before = issue_demo_key(1, ISSUER, now=ISSUED).read_bytes()
    assert issue_demo_key(1, "Another Name", now=ISSUED).read_bytes() == before


def test_key_files_are_readable_by_their_owner_alone(empty_folder: Path) -> None:
    issue_demo_key(1, ISSUER, now=ISSUED)
    assert {file.name: oct(file.stat().st_mode)[-3:] for file in sorted(empty_folder.glob("*.p12"))} == {
        "demo-authority.p12": "600",
        "organisation-1.p12": "600",
    }


def test_file_under_trust_that_is_no_certificate_is_passed_over(empty_folder: Path) -> None:
    issue_demo_key(1, ISSUER, now=ISSUED)
    (empty_folder / "trust" / "a.pem").write_text("nothing")
    assert [root.subject.native["organization_name"] for root in trust_roots()] == ["Ethicsreview Demo"]
