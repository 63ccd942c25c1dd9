"""The shape of an upload. Whether the content is fit is told by ``steps.store``."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext_lazy as _

from ethicsreview.files.domain.apart import inspect_apart
from ethicsreview.files.domain.kinds import ACCEPT, BadFile, Fault


class DocumentField(forms.FileField):
    """One file; the browser offers only the kinds that are taken."""

    def __init__(self, **options: object) -> None:
        options.setdefault("label", _("File"))
        options.setdefault("widget", forms.FileInput(attrs={"accept": ACCEPT}))
        super().__init__(**options)  # type: ignore[arg-type]


class ManyFilesInput(forms.FileInput):
    """Offers to choose several files at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files, each a file of its own."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(one, initial) for one in given or [None]]


@contextmanager
def inspected(file: UploadedFile[Any], name: str, *, most: int) -> Iterator[Path]:
    """The file on the disk, checked, for as long as it is read; it is not kept. Raises ``BadFile``."""
    if file.size is None or file.size > most:
        raise BadFile(Fault.TOO_LARGE, most=most)
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        inspect_apart(name, Path(kept.name))
        yield Path(kept.name)


class UploadForm(forms.Form):
    """A single document, for a slot that already exists or a new one."""

    file = DocumentField()


class BoundedUpload(FileUploadHandler):
    """Stops a request whose files are far above the limit while they come in, before they fill the disk.

    A file a little above it is let through, so that ``steps.store`` can refuse it with its reason.
    """

    chunk_size = 1 << 20

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.total = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.total += len(raw_data)
        if self.total > 2 * settings.UPLOAD_MAX_BYTES:
            raise RequestDataTooBig
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
