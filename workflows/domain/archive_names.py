"""Names of files inside an archive, made of what people wrote: harmless on every file system, each given once."""

import re
import unicodedata

from workflows.domain.archives import CHECKSUMS, MANIFEST

LONGEST, LONGEST_BYTES = 100, 180  # of one name, its ending included
_REFUSED = re.compile(r'[/\\<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def safe_name(text: str, *, otherwise: str = "file") -> str:
    """One step of a path from any text: no folders, nothing invisible, nothing a file system refuses.

    Letters of any script stay; the ending stays when the rest is cut.
    """
    seen = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))
    shown = "".join(c for c in seen if unicodedata.category(c)[0] != "C")
    plain = " ".join(_REFUSED.sub("_", shown).split()).strip(". ").lstrip("-") or otherwise
    stem, dot, ending = plain.rpartition(".")
    if not dot or not ending.isalnum() or len(ending.encode()) > 10:
        stem, ending = plain, ""
    tail = f".{ending}" if ending else ""
    cut = stem[: LONGEST - len(tail)].encode()[: LONGEST_BYTES - len(tail.encode())].decode(errors="ignore")
    kept = cut.rstrip(". ") or otherwise
    return f"{'_' if _RESERVED.match(kept) else ''}{kept}{tail}"


class Names:
    """The paths of one archive: each is given once, whatever case its letters have."""

    def __init__(self) -> None:
        self._taken = {MANIFEST, CHECKSUMS}

    def take(self, *steps: str) -> str:
        """A path of safe steps; a second one of the same name is numbered before its ending."""
        *folders, last = (safe_name(step) for step in steps)
        stem, dot, ending = last.rpartition(".")
        if not dot:
            stem, ending = last, ""
        number, path = 1, "/".join([*folders, last])
        while path.casefold() in self._taken:
            number += 1
            path = "/".join([*folders, f"{stem} ({number}){dot}{ending}"])
        self._taken.add(path.casefold())
        return path
