"""What makes two files the same version."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def content_digest(content: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, over JSON with sorted keys and no blanks: spelling and comments do not count."""
    form = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(form.encode()).hexdigest()
