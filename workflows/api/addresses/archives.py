"""Addresses of archives."""

from ethicsreview.interface.api.addresses import Reading, address
from workflows.api import archives

urlpatterns = [
    address(
        "archives",
        archives.ArchivesDoor,
        get=Reading("archives", "The caller's own archives"),
        post=archives.REQUEST,
    ),
    address("archives/<int:archive>", archives.ArchiveDoor, get=Reading("archive", "One archive and its progress")),
    address(
        "archives/<int:archive>/content",
        archives.ArchiveFileDoor,
        get=Reading("archive_content", "The archive, with its manifest of digests"),
    ),
    address("archives/<int:archive>/retry", archives.ArchiveDoor, post=archives.RETRY),
    address("archives/<int:archive>/delete", archives.ArchiveDoor, post=archives.DELETE),
    address("cases/<str:ref>/dossier", archives.DossierDoor, post=archives.DOSSIER),
]
