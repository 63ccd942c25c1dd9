"""A document with everything a report may hold, for these tests and for script/bench."""

import atexit
import json
import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.test import override_settings

from ethicsreview.documents.authority import issue_demo_key
from ethicsreview.documents.domain import AttachmentData, Furniture
from ethicsreview.documents.keys import load_signer
from ethicsreview.documents.qr import qr_svg
from ethicsreview.documents.rendering import render
from ethicsreview.documents.signing import sign

ISSUED = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ISSUER = "Lakeside Ethics Review Office"
CODE = "ABCD-EFGH-JKLM"
RARE = "䶮㛃𬭊𫖮龘堃喆玥𰻝镕㼆"
RESULT = json.dumps({"code": CODE, "decision": "approve_with_conditions"}).encode()
ATTACHMENT = AttachmentData("result.json", "Machine-readable result", RESULT, "application/json")

POINTS = {
    "en": (
        "Human rights and dignity",
        "Sustainability",
        "Culture and values",
        "Privacy",
        "Fairness",
        "Safety and security",
        "Transparency",
        "Accountability",
    ),
    "zh": ("人权与尊严", "可持续发展", "文化与价值", "隐私保护", "公平公正", "安全可控", "公开透明", "责任可究"),
}
MEANS = (3.4, 2.8, 3.1, 2.2, 2.6, 3.6, 3.0, 3.3)
NOTES = {
    "en": "Evidence is complete; one reviewer asks for figures by age group.",
    "zh": "证据充分；一名审查委员要求补充分年龄段数据。",
}


def furniture(language: str, *, logo: str = "") -> Furniture:
    """Page furniture of a review body by a lake."""
    chinese = language == "zh"
    url = f"https://review.example/verify/{CODE}/"
    return Furniture(
        language=language,
        title="科技伦理审查决定书" if chinese else "Ethics review decision",
        subtitle="门诊分诊助手" if chinese else "Triage assistant for outpatient clinics",
        organisation="湖畔科技伦理审查办公室" if chinese else ISSUER,
        letterhead="上海市湖滨路 1 号　邮编 200000\n电话 021-0000 0000" if chinese else "1 Lakeside Road, Shanghai\n",
        number="LR-2026-0042",
        code=CODE,
        verify_url=url,
        qr=qr_svg(url),
        issued_at=ISSUED,
        logo=logo,
    )


def _rows(language: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "mean": mean,
            "low": round(mean - 0.6, 1),
            "high": round(mean + 0.4, 1),
            "note": NOTES[language],
        }
        for name, mean in zip(POINTS[language], MEANS, strict=True)
    ]


def _bars(language: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "value": mean,
            "y": 8 + 25 * n,
            "text_y": 17.5 + 25 * n,
            "mid": 14 + 25 * n,
            "width": round(80 * mean),
            "low": 128 + round(80 * (mean - 0.6)),
            "high": 128 + round(80 * (mean + 0.4)),
        }
        for n, (name, mean) in enumerate(zip(POINTS[language], MEANS, strict=True))
    ]


def specimen_html(language: str, *, rare: str = RARE, logo: str = "") -> str:
    """The HTML of the specimen."""
    context = {"page": furniture(language, logo=logo), "rows": _rows(language), "bars": _bars(language), "rare": rare}
    return render_to_string("reports/_specimen.html", context)


@cache
def key_folder() -> Path:
    """A folder with a demo authority and the key of organisation 1, for as long as the tests run."""
    folder = tempfile.TemporaryDirectory(prefix="keys-")
    atexit.register(folder.cleanup)
    with override_settings(SIGNING_KEY_DIR=Path(folder.name)):
        issue_demo_key(1, ISSUER, now=ISSUED)
    return Path(folder.name)


@cache
def unsigned_specimen(language: str) -> bytes:
    """The specimen as an unsigned PDF, rendered once."""
    return specimen(language)


@cache
def signed_specimen(language: str) -> bytes:
    """The specimen sealed by organisation 1, certified, at ``ISSUED``."""
    with override_settings(SIGNING_KEY_DIR=key_folder()):
        return seal(unsigned_specimen(language))


def seal(pdf: bytes, *, organisation_id: int = 1) -> bytes:
    """``pdf`` sealed with the key the settings lead to."""
    key = load_signer(organisation_id, at=ISSUED)
    return sign(pdf, signer=key.signer, field="Seal", reason="Decision", location="Shanghai", certify=True, at=ISSUED)


def specimen(language: str, *, html: str = "") -> bytes:
    """The specimen as an unsigned PDF."""
    page = furniture(language)
    return render(
        html=html or specimen_html(language),
        language=language,
        title=page.title,
        created=ISSUED,
        signature_field=page.chair,
        seal_field=page.seal,
        attachments=(ATTACHMENT,),
        code=CODE,
    )
