"""Webhooks: signature, addresses that are refused, waits, and what is never told."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethicsreview.interface.domain import webhooks
from ethicsreview.interface.domain.webhooks import AddressFault, address_fault, may_reach

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
INSIDE = (ip_network("10.1.0.0/16"),)


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://example.org/hook", None),
        ("https://example.org:8443/hook?x=1", None),
        ("http://example.org/hook", AddressFault.NOT_HTTPS),
        ("ftp://example.org/", AddressFault.NOT_HTTPS),
        ("https://", AddressFault.NO_HOST),
        ("https://exa mple.org/", AddressFault.NO_HOST),
        ("https://example.org:99999/", AddressFault.NO_HOST),
        ("https://[::1", AddressFault.NO_HOST),
        ("https://user:word@example.org/", AddressFault.WITH_PASSWORD),
        ("https://example.org/" + "a" * 500, AddressFault.TOO_LONG),
        ("https://127.0.0.1/", AddressFault.PRIVATE),
        ("https://[::1]/", AddressFault.PRIVATE),
        ("https://[::ffff:10.0.0.1]/", AddressFault.PRIVATE),
        ("https://169.254.169.254/latest", AddressFault.PRIVATE),
        ("https://10.1.2.3/", AddressFault.PRIVATE),
    ],
)
def test_addresses_that_are_no_receivers(address: str, fault: AddressFault | None) -> None:
    assert address_fault(address) == fault


def test_operator_allows_a_network_and_plain_http_in_it() -> None:
    assert address_fault("http://10.1.2.3/hook", INSIDE) is None
    assert address_fault("http://10.2.2.3/hook", INSIDE) is AddressFault.NOT_HTTPS
    assert may_reach(ip_address("10.1.2.3"), INSIDE)
    assert not may_reach(ip_address("10.2.2.3"), INSIDE)


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.1.1", "192.0.2.1", "224.0.0.1", "::1", "fe80::1", "fc00::1"],
)
def test_private_numbers_are_not_reached(number: str) -> None:
    assert not may_reach(ip_address(number))


def test_signature_is_the_one_receivers_compute() -> None:
    key, body = bytes(range(32)), b'{"type":"case.accept"}'
    kept = webhooks.spell(key)
    secret = base64.b64decode(kept.removeprefix("whsec_"))
    told = b"msg_7." + str(int(NOW.timestamp())).encode() + b"." + body
    expected = base64.b64encode(hmac.new(secret, told, hashlib.sha256).digest()).decode()
    assert webhooks.signature(key, "msg_7", NOW, body) == f"v1,{expected}"


def test_message_tells_that_and_not_how() -> None:
    body = webhooks.message(
        identity="msg_1", verb="case.accept", at=NOW, organisation=3, subject="case:9", number=12, digest="ab"
    )
    assert json.loads(body) == {
        "type": "case.accept",
        "timestamp": "2026-11-25T08:00:00+00:00",
        "data": {"id": "msg_1", "organisation": 3, "subject": "case:9", "number": 12, "digest": "ab"},
    }


def test_waits_grow_and_end() -> None:
    waits = [webhooks.next_try(n, NOW) for n in range(1, webhooks.ATTEMPTS + 1)]
    assert waits[0] == NOW + timedelta(minutes=1)
    assert waits[-1] is None
    known = [wait for wait in waits if wait is not None]
    assert (len(known), known == sorted(known)) == (9, True)


@pytest.mark.parametrize(
    ("verb", "chosen", "found"),
    [
        ("case.accept", (), True),
        ("case.accept", ("case.accept",), True),
        ("case.accept", ("case.*",), True),
        ("casefile.add", ("case.*",), False),
        ("case.accept", ("case.decline", "meeting.*"), False),
    ],
)
def test_verbs_are_chosen_by_name_or_kind(verb: str, chosen: tuple[str, ...], found: bool) -> None:
    assert webhooks.wanted(verb, chosen) is found


def test_votes_and_ratings_are_never_told() -> None:
    assert [webhooks.may_be_told(verb) for verb in ("vote.cast", "review.rate", "case.accept")] == [False, False, True]


@given(st.text(max_size=600))
def test_any_text_is_an_address_or_a_fault(text: str) -> None:
    fault = address_fault(text)
    assert fault is None or fault in AddressFault
