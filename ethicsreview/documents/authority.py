"""A certificate authority for demonstrations and tests. Its certificates prove nothing to anyone outside."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

from ethicsreview.documents.keys import TRUST, key_file, utc

NAME = "Ethicsreview Demo Authority (not for real documents)"
FILE = "demo-authority.p12"
ROOT_TERM = timedelta(days=3650)
KEY_TERM = timedelta(days=730)
EARLIER = timedelta(days=400)  # demo documents are dated back; their key must have existed


def make_demo_authority(directory: Path, passphrase: str, *, now: datetime) -> x509.Certificate:
    """Makes the authority in ``directory`` and lists it under ``trust/``; one that is there is kept."""
    file = directory / FILE
    if file.is_file():
        return _authority(directory, passphrase)[1]
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(NAME, "Ethicsreview Demo")
    certificate = (
        _begun(name, name, key.public_key(), now, ROOT_TERM)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    (directory / TRUST).mkdir(parents=True, exist_ok=True)
    _write_secret(file, pkcs12.serialize_key_and_certificates(b"authority", key, certificate, None, _lock(passphrase)))
    (directory / TRUST / "demo-authority.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    return certificate


def issue_demo_key(
    organisation_id: int, name: str, *, now: datetime, term: timedelta = KEY_TERM, renew: bool = False
) -> Path:
    """Makes the organisation's key file, signed by the demo authority; one that is there is kept unless ``renew``.

    ``term`` is counted from ``now``; the certificate also covers the 400 days before.
    """
    directory, passphrase = Path(settings.SIGNING_KEY_DIR), settings.SIGNING_KEY_PASSPHRASE
    make_demo_authority(directory, passphrase, now=now)
    file = key_file(organisation_id)
    if file.is_file() and not renew:
        return file
    root_key, root = _authority(directory, passphrase)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _begun(_name(name, name), root.subject, key.public_key(), now, term)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, SHA256())
    )
    packed = pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, [root], _lock(passphrase))
    _write_secret(file, packed)
    return file


def _authority(directory: Path, passphrase: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    packed = (directory / FILE).read_bytes()
    key, certificate, _ = pkcs12.load_key_and_certificates(packed, passphrase.encode() or None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate is None:
        raise ValueError(f"{FILE} is not a demo authority")
    return key, certificate


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, term: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(utc(now - EARLIER))
        .not_valid_after(utc(now + term))
    )


def _name(common: str, organisation: str) -> x509.Name:
    """X.509 allows 64 characters for each of the two."""
    parts = ((NameOID.COMMON_NAME, common), (NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name([x509.NameAttribute(oid, text[:64]) for oid, text in parts])


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _lock(passphrase: str) -> BestAvailableEncryption | NoEncryption:
    return BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()


def _write_secret(file: Path, content: bytes) -> None:
    """Readable by the owner alone from its first moment; whole or absent."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
    unfinished.replace(file)
