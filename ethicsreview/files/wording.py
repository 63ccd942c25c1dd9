"""Why a file is refused and what to do about it, in the reader's language."""

from collections.abc import Callable

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from ethicsreview.files.domain.kinds import BadFile, Fault

Facts = dict[str, str | int]

TAKEN = "PDF, DOCX, XLSX, PPTX, PNG, JPEG, WebP, CSV, TXT"


def _kind(facts: Facts) -> str:
    return _("Files of this kind are not taken. Send one of: %(kinds)s.") % {"kinds": TAKEN}


def _mismatch(facts: Facts) -> str:
    if not facts["found"]:
        return _("The name ends in .%(ending)s, but the content is something else.") % facts
    return _("The name ends in .%(ending)s, but the content is %(found)s.") % facts


def _active(facts: Facts) -> str:
    return {
        "script": _("The file contains scripts. Print it to a new PDF and send that."),
        "launch": _("The file can start programs or load other files. Print it to a new PDF and send that."),
        "media": _("The file contains sound, film or 3D media. Print it to a new PDF and send that."),
        "form": _("The file is a dynamic form that most readers cannot show. Print it to a new PDF and send that."),
        "remote": _("The file fetches parts of itself from elsewhere. Remove linked templates and objects first."),
        "markup": _("The file is a web page or drawing, not plain text."),
    }[str(facts["what"])]


def _plain(code: Fault) -> str:
    return {
        Fault.EMPTY: _("The file is empty."),
        Fault.ENCRYPTED: _("The file is locked with a password or rights. Send it without protection."),
        Fault.MACROS: _("The file contains macros. Save it without macros, as DOCX, XLSX or PPTX."),
        Fault.BOMB: _("The file unpacks to far more than it should, or takes too long to open."),
        Fault.NOT_TEXT: _("The file is not readable text. Save it as CSV or plain text in UTF-8."),
    }[code]


_WITH_FACTS: dict[Fault, Callable[[Facts], str]] = {
    Fault.TOO_LARGE: lambda f: _("The file is larger than %(most)s.") % {"most": filesizeformat(f["most"])},
    Fault.KIND: _kind,
    Fault.LEGACY: lambda f: _("Files ending in .%(ending)s are not taken. Save it as DOCX, XLSX, PPTX or PDF.") % f,
    Fault.MISMATCH: _mismatch,
    Fault.DAMAGED: lambda f: _("The file is damaged: it cannot be read as .%(ending)s.") % f,
    Fault.ACTIVE: _active,
    Fault.ATTACHMENT: lambda f: _("The PDF carries another file inside: %(name)s. Send that file by itself.") % f,
    Fault.TOO_MANY_PAGES: lambda f: _("The PDF has more than %(most)s pages. Send it in parts.") % f,
    Fault.TOO_MANY_PIXELS: lambda f: _("The picture has more than %(most)s pixels. Send a smaller one.") % f,
}


def reason(bad: BadFile) -> str:
    """One or two sentences for the person who sent the file."""
    say = _WITH_FACTS.get(bad.code)
    return say(bad.facts) if say else _plain(bad.code)
