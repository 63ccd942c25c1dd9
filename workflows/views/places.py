"""Where the parts of a case are read: a party's pages, or those that show the same parts behind another door."""

from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Places:
    """The routes of a case's parts; ``case`` is what stands first in their addresses."""

    case: int | str
    comparison: str = "workflows:comparison"
    file_download: str = "workflows:file-download"
    file_page: str = "workflows:file-page"

    def comparing(self) -> str:
        """The reviews side by side."""
        return reverse(self.comparison, args=[self.case])

    def download(self, file: int, number: int) -> str:
        """One version of a document, as it was sent."""
        return reverse(self.file_download, args=[self.case, file, number])

    def first_page(self, file: int, number: int) -> str:
        """Its first page as a picture."""
        return reverse(self.file_page, args=[self.case, file, number, 1])
