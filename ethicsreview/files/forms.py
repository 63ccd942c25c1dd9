"""The shape of an upload. Whether the content is fit is told by ``steps.store``."""

from django import forms
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext_lazy as _

from ethicsreview.files.domain.kinds import ACCEPT


class DocumentField(forms.FileField):
    """One file; the browser offers only the kinds that are taken."""

    def __init__(self, **options: object) -> None:
        options.setdefault("label", _("File"))
        options.setdefault("widget", forms.FileInput(attrs={"accept": ACCEPT}))
        super().__init__(**options)  # type: ignore[arg-type]


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
