"""Where signing keys come from: one PKCS#12 file per organisation now, a hardware module behind the same door later.

``<SIGNING_KEY_DIR>/organisation-<id>.p12`` holds key, certificate and chain; ``organisation-0.p12`` is the operator's.
``<SIGNING_KEY_DIR>/trust/*.pem`` are the authorities whose certificates are believed when a file is verified.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

HASHES: dict[str, HashAlgorithm] = {"sha256": SHA256(), "sha384": SHA384(), "sha512": SHA512()}
TRUST = "trust"

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class KeyCode(StrEnum):
    """How an organisation's signing key stands."""

    READY = "ready"
    MISSING = "missing"
    UNREADABLE = "unreadable"  # damaged, or the passphrase does not open it
    UNSUITABLE = "unsuitable"  # neither P-256/384/521 nor RSA from 3072 bits, or a certificate not made for signing
    NOT_YET = "not_yet"  # the certificate's term has not begun
    EXPIRED = "expired"


class CannotSign(Exception):
    """No signature can be made; ``reason`` says why."""

    def __init__(self, reason: KeyCode) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class KeyState:
    """A key as a health check shows it. ``subject`` and ``expires`` are empty when the file cannot be read."""

    code: KeyCode
    subject: str = ""
    expires: datetime | None = None


@dataclass(frozen=True)
class SigningKey:
    """A key ready to sign. ``signer`` goes to ``signing.sign``; ``certificate`` is its certificate's SHA-256."""

    organisation_id: int
    subject: str
    starts: datetime
    expires: datetime
    certificate: str
    signer: Signer


class HeldKeySigner(Signer):  # type: ignore[misc]  # pyHanko's types are not followed
    """Signs with a private key object held in memory; pyHanko's own would parse and check it at each signature."""

    def __init__(self, key: PrivateKey, certificate: asn1.Certificate, chain: list[asn1.Certificate]) -> None:
        super().__init__(signing_cert=certificate, cert_registry=SimpleCertificateStore.from_certs(chain))
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature over ``data``."""
        digest = HASHES[digest_algorithm]
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), digest)
        return self._key.sign(data, ec.ECDSA(digest))


def key_file(organisation_id: int) -> Path:
    """Where the organisation's key stands."""
    return Path(settings.SIGNING_KEY_DIR) / f"organisation-{organisation_id}.p12"


def load_signer(organisation_id: int, *, at: datetime) -> SigningKey:
    """The organisation's key for a signature made ``at``; raises ``CannotSign``."""
    key = _loaded(organisation_id)
    if at < key.starts:
        raise CannotSign(KeyCode.NOT_YET)
    if at >= key.expires:
        raise CannotSign(KeyCode.EXPIRED)
    return key


def key_state(organisation_id: int, *, at: datetime) -> KeyState:
    """How the organisation's key stands ``at``; never raises."""
    try:
        key = _loaded(organisation_id)
    except CannotSign as refused:
        return KeyState(refused.reason)
    code = KeyCode.NOT_YET if at < key.starts else KeyCode.EXPIRED if at >= key.expires else KeyCode.READY
    return KeyState(code, key.subject, key.expires)


def trust_roots() -> tuple[asn1.Certificate, ...]:
    """The authorities believed here; a file that is no certificate is passed over."""
    folder = Path(settings.SIGNING_KEY_DIR) / TRUST
    return tuple(root for file in sorted(folder.glob("*.pem")) for root in _certificates(file))


def _certificates(file: Path) -> list[asn1.Certificate]:
    try:
        return [_to_asn1(found) for found in x509.load_pem_x509_certificates(file.read_bytes())]
    except (OSError, ValueError):
        return []


def _loaded(organisation_id: int) -> SigningKey:
    file = key_file(organisation_id)
    try:
        changed = file.stat().st_mtime_ns
    except OSError as absent:
        raise CannotSign(KeyCode.MISSING) from absent
    return _parsed(organisation_id, file, changed, settings.SIGNING_KEY_PASSPHRASE)


@lru_cache(maxsize=64)
def _parsed(organisation_id: int, file: Path, changed: int, passphrase: str) -> SigningKey:
    """Reads a key file once per process and per change of the file."""
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(file.read_bytes(), passphrase.encode() or None)
    except (OSError, ValueError) as damage:
        raise CannotSign(KeyCode.UNREADABLE) from damage
    strong = _strong(key)
    if certificate is None or strong is None or not _is_for_signing(certificate):
        raise CannotSign(KeyCode.UNSUITABLE)
    return SigningKey(
        organisation_id=organisation_id,
        subject=common_name(certificate),
        starts=certificate.not_valid_before_utc,
        expires=certificate.not_valid_after_utc,
        certificate=certificate.fingerprint(SHA256()).hex(),
        signer=HeldKeySigner(strong, _to_asn1(certificate), [_to_asn1(link) for link in chain]),
    )


def common_name(certificate: x509.Certificate) -> str:
    """The name the certificate is made out to."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _strong(key: Any) -> PrivateKey | None:
    if isinstance(key, rsa.RSAPrivateKey):
        return key if key.key_size >= 3072 else None
    return key if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.key_size >= 256 else None


def _is_for_signing(certificate: x509.Certificate) -> bool:
    """Verifiers want non-repudiation; without the extension the certificate is made for anything."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.content_commitment


def _to_asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))


def utc(moment: datetime) -> datetime:
    """``moment`` in UTC to the second, as certificates write it."""
    return moment.astimezone(UTC).replace(microsecond=0)
