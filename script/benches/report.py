"""Rendering, signing and verifying of the specimen document."""

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path

from django.test import override_settings

from benches.measuring import measured
from ethicsreview.documents.authority import issue_demo_key
from ethicsreview.documents.keys import trust_roots
from ethicsreview.documents.verifying import inspect, inspect_apart
from tests.reports.specimen import ISSUED, ISSUER, seal, specimen, specimen_html


def main(asked: argparse.Namespace) -> int:
    """The way of one report, in both languages."""
    with tempfile.TemporaryDirectory() as folder, override_settings(SIGNING_KEY_DIR=Path(folder)):
        issue_demo_key(1, ISSUER, now=ISSUED, term=timedelta(days=30))
        for language in ("en", "zh"):
            _measure(language, asked.times)
    return 0


def _measure(language: str, times: int) -> None:
    unsigned = specimen(language)
    signed, roots = seal(unsigned), trust_roots()
    print(f"{language}: {len(unsigned) / 1000:.0f} kB unsigned, {len(signed) / 1000:.0f} kB signed")
    measured("  HTML from template", lambda: specimen_html(language), times)
    measured("  HTML to PDF/A-3a and PDF/UA-1", lambda: specimen(language), times)
    measured("  seal", lambda: seal(unsigned), times)
    measured("  verify", lambda: inspect(signed, trust_roots=roots, moment=ISSUED), times)
    apart = "  verify in a process of its own"
    measured(apart, lambda: inspect_apart(signed, trust_roots=roots, moment=ISSUED), times)
