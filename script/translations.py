"""Keep the Chinese catalogue whole: every message in the code has one translation, and nothing else is kept.

Without arguments it checks and names what is missing; ``--merge DIR`` writes the catalogue anew from the code, the
translations already there and the fragments ``DIR/*.json`` (``{"msgid": "msgstr", "context|msgid": "msgstr"}``).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import polib
from django.conf import settings
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "ethicsreview" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
SOURCES = ("ethicsreview", "assessments", "workflows", "templates")
HEADER = {
    "Project-Id-Version": "ethicsreview",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def messages() -> polib.POFile:
    """What the code asks to have translated, found in a copy so that no file of the project is touched."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for source in SOURCES:
            shutil.copytree(ROOT / source, copy / source, ignore=_not_source)
        locale = copy / "ethicsreview" / "locale"
        locale.mkdir(exist_ok=True)
        settings.configure(USE_I18N=True, LOCALE_PATHS=[str(locale)], STATIC_ROOT=None, MEDIA_ROOT="")
        django.setup()
        os.chdir(copy)
        try:
            call_command("makemessages", locale=["zh_Hans"], keep_pot=True, add_location="file", verbosity=0)
            return polib.pofile(str(locale / "django.pot"))
        finally:
            os.chdir(ROOT)


def _not_source(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in {"__pycache__", "LC_MESSAGES", "zh_Hans"}]


def fragments(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Every (file name, key, translation) of the fragments in ``folder``."""
    for path in sorted(folder.glob("*.json")):
        for key, translation in json.loads(path.read_text(encoding="utf-8")).items():
            yield path.name, key, translation


def key(entry: polib.POEntry) -> str:
    """The key a fragment uses for a message."""
    return f"{entry.msgctxt}|{entry.msgid}" if entry.msgctxt else entry.msgid


def translation(entry: polib.POEntry) -> str:
    """The Chinese of an entry, which has one plural form; empty when fuzzy."""
    if entry.fuzzy:
        return ""
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def catalogue() -> polib.POFile:
    """The catalogue as committed; empty when there is none yet."""
    return polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile()


def merge(found: polib.POFile, folder: Path) -> None:
    """Write the catalogue from code, old translations and fragments; a fragment wins over an old translation."""
    known = {key(entry): translation(entry) for entry in catalogue() if not entry.obsolete}
    origin: dict[str, tuple[str, str]] = {}
    for name, wanted, text in fragments(folder):
        earlier, by = origin.get(wanted, (text, name))
        if earlier != text:
            print(f"two translations of {wanted!r}: {earlier!r} in {by}, {text!r} in {name}; the later one is taken")
        origin[wanted] = (text, name)
        known[wanted] = text
    new = polib.POFile(wrapwidth=0)
    new.metadata = HEADER
    for entry in sorted(found, key=lambda entry: (entry.msgid, entry.msgctxt or "")):
        new.append(_translated(entry, known.get(key(entry), "")))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(CATALOGUE))
    unused = sorted(set(origin) - {key(entry) for entry in found})
    for wanted in unused:
        print(f"in {origin[wanted][1]} but not in the code: {wanted!r}")
    print(f"{len(found)} messages, {len(unused)} unused fragments -> {CATALOGUE.relative_to(ROOT)}")


def _translated(entry: polib.POEntry, text: str) -> polib.POEntry:
    entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
    entry.occurrences = sorted({(path, "") for path, _ in entry.occurrences})
    text = _edges(entry.msgid, text)
    if entry.msgid_plural:
        entry.msgstr_plural = {0: text}
    else:
        entry.msgstr = text
    return entry


def _edges(msgid: str, text: str) -> str:
    """gettext wants a leading or trailing line break on both sides or neither."""
    if not text:
        return text
    head = "\n" if msgid.startswith("\n") else ""
    tail = "\n" if msgid.endswith("\n") else ""
    return head + text.strip("\n") + tail


def faults(found: polib.POFile) -> Iterator[str]:
    """What is wrong with the catalogue as it stands, one line each."""
    current = catalogue()
    by_key = {key(entry): entry for entry in current if not entry.obsolete}
    wanted = {key(entry): entry for entry in found}
    for name, source in wanted.items():
        entry = by_key.get(name)
        if entry is None or not translation(entry):
            places = " ".join(sorted({path for path, _ in source.occurrences}))
            yield f"no translation ({places}): {name!r}"
    for entry in current:
        if entry.obsolete:
            yield f"obsolete: {key(entry)!r}"
        elif key(entry) not in wanted:
            yield f"not in the code any more: {key(entry)!r}"
    if CATALOGUE.exists():
        check = subprocess.run(
            ["msgfmt", "--check-format", "--output-file=-", str(CATALOGUE)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        if check.returncode:
            yield check.stderr.decode()


def main() -> int:
    """Merge if asked, then check; 1 when anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--merge", type=Path, metavar="DIR", help="write the catalogue, taking DIR/*.json in")
    arguments = parser.parse_args()
    found = messages()
    if arguments.merge:
        merge(found, arguments.merge)
    wrong = list(faults(found))
    for line in wrong:
        print(line)
    print(f"{len(wrong)} faults in the catalogue" if wrong else f"the catalogue is whole: {len(found)} messages")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
