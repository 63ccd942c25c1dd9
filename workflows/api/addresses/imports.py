"""Addresses of the operator's bulk import."""

from ethicsreview.interface.api.addresses import Reading, address
from workflows.api import imports

urlpatterns = [
    address(
        "imports/template",
        imports.TemplateDoor,
        get=Reading("import_template", "An empty workbook for a bulk import, to the operator"),
    ),
    address("imports/preview", imports.ImportThing, post=imports.LOOK),
    address("imports/take", imports.ImportThing, post=imports.TAKE),
]
