"""Webhooks: what is told, how it is signed, when it is tried again, and where it may not go.

Names and signature follow the Standard Webhooks specification: a receiver checks ``webhook-signature`` with any
library of that kind.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

LONGEST_ADDRESS = 500
# after each failure the next wait; with the last one gone a delivery is given up, after almost three days
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 840, 1200, 1200))
ATTEMPTS = len(WAITS) + 1
PREFIX = "whsec_"
Networks = Iterable[IPv4Network | IPv6Network]


class DeliveryState(StrEnum):
    """Where one message stands."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    FAILED = "failed"  # given up; it can be sent again by hand


class AddressFault(StrEnum):
    """Why an address is no receiver's."""

    NOT_HTTPS = "not_https"
    NO_HOST = "no_host"
    WITH_PASSWORD = "with_password"  # noqa: S105  a code, no secret
    TOO_LONG = "too_long"
    PRIVATE = "private"


class Failure(StrEnum):
    """Why a receiver was not reached; what it answered is kept as its status."""

    ADDRESS_REFUSED = "address_refused"
    NAME_NOT_FOUND = "name_not_found"
    PRIVATE_NETWORK = "private_network"
    NOT_LISTENING = "not_listening"
    TOO_SLOW = "too_slow"
    NOT_TRUSTED = "not_trusted"  # no certificate that proves its name
    BROKEN_OFF = "broken_off"


def address_fault(address: str, allowed: Networks = ()) -> AddressFault | None:
    """What is wrong with a receiver's address as it is written; where its name leads is asked when it is called.

    Plain HTTP is for networks that the operator allowed alone.
    """
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return AddressFault.NO_HOST
    if len(address) > LONGEST_ADDRESS:
        return AddressFault.TOO_LONG
    if not host or any(letter.isspace() or not letter.isprintable() for letter in address):
        return AddressFault.NO_HOST
    if parts.username is not None or parts.password is not None:
        return AddressFault.WITH_PASSWORD
    number = _number(host)
    if parts.scheme == "http" and number is not None and _is_in(number, allowed):
        return None
    if parts.scheme != "https":
        return AddressFault.NOT_HTTPS
    if number is not None and not may_reach(number, allowed):
        return AddressFault.PRIVATE
    return None


def may_reach(number: IPv4Address | IPv6Address, allowed: Networks = ()) -> bool:
    """Whether a message may go to this address: a public one, or one the operator allowed."""
    if _is_in(number, allowed):
        return True
    mapped = number.ipv4_mapped if isinstance(number, IPv6Address) else None
    plain = mapped or number
    return plain.is_global and not plain.is_multicast


def _is_in(number: IPv4Address | IPv6Address, allowed: Networks) -> bool:
    return any(number.version == network.version and number in network for network in allowed)


def _number(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def message(
    *, identity: str, verb: str, at: datetime, organisation: int, subject: str, number: int, digest: str
) -> bytes:
    """What is told of an event: that it happened, to what, and its place in the chain; never by whom or how.

    Whoever receives it reads the rest through the interface, with rights of its own.
    """
    told = {
        "type": verb,
        "timestamp": at.isoformat(),
        "data": {"id": identity, "organisation": organisation, "subject": subject, "number": number, "digest": digest},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def spell(key: bytes) -> str:
    """The secret as the receiver keeps it."""
    return PREFIX + base64.b64encode(key).decode()


def signature(key: bytes, identity: str, moment: datetime, body: bytes) -> str:
    """``v1,`` and the HMAC-SHA256 of identity, Unix seconds and body, in base64."""
    told = f"{identity}.{int(moment.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()


def next_try(attempts: int, moment: datetime) -> datetime | None:
    """When to try again after this many failures; None when no more."""
    return moment + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def wanted(verb: str, chosen: Iterable[str]) -> bool:
    """Whether a verb is among the chosen ones: the verb itself, or ``case.*`` for all of its kind; none means all."""
    names = tuple(chosen)
    return not names or any(verb == name or (name.endswith(".*") and verb.startswith(name[:-1])) for name in names)


# Milestones that everybody concerned is told anyway. Votes, ratings, rounds, findings being written and who has which
# part stay inside: a chain holds them, and its organisation's manager need not be somebody who may know them.
TELLABLE = (
    *(f"case.{deed}" for deed in ("submit", "request_supplement", "answer_supplement", "accept", "decline", "extend")),
    *("case.withdraw", "case.resubmit", "decision.issue", "modification.confirm", "modification.return"),
    *("self_assessment.submit", "verification.request", "verification.accept", "verification.return"),
    *("verification.withdraw", "verification.decide", "findings.release", "certificate.issue"),
    *("certificate.suspend", "certificate.lapse", "certificate.withdraw", "certificate.replace"),
    *("certificate.surveil", "report.sign", "case.read", "verification.read", "report.downloaded"),
    *("membership.started", "membership.ended", "invitation.sent", "organisation.changed"),
    *("token.made", "token.revoked", "webhook.made", "webhook.ended"),
)


def may_be_told(verb: str) -> bool:
    """Whether an event may be told outside at all."""
    return verb in TELLABLE


def known_verb(chosen: str) -> bool:
    """Whether a chosen verb, or kind as ``case.*``, is one of those that can be told."""
    return any(wanted(verb, (chosen,)) for verb in TELLABLE)
