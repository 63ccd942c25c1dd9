"""The words of problems and scopes."""

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ethicsreview.interface.domain.problems import Kind
from ethicsreview.interface.domain.tokens import Scope
from ethicsreview.interface.domain.webhooks import AddressFault, DeliveryState, Failure

TITLES: dict[Kind, str | Promise] = {
    Kind.BAD_INPUT: _("Something in the request is wrong"),
    Kind.BAD_REQUEST: _("The request cannot be read"),
    Kind.NOT_SIGNED_IN: _("A valid token is needed"),
    Kind.NOT_ALLOWED: _("This is not yours to do"),
    Kind.SCOPE_MISSING: _("The token does not cover this"),
    Kind.NOT_FOUND: _("There is nothing here that you may see"),
    Kind.NO_SUCH_METHOD: _("This cannot be asked of this address"),
    Kind.NOT_ACCEPTABLE: _("There is no answer in the form that was asked for"),
    Kind.REFUSED: _("This cannot be done now"),
    Kind.OVERTAKEN: _("Somebody else was quicker"),
    Kind.IN_PROGRESS: _("The same call is being answered"),
    Kind.ALREADY_DONE: _("The same call was carried out, and its answer was lost"),
    Kind.CHANGED_MEANWHILE: _("It has changed since it was read"),
    Kind.TOO_LARGE: _("The request is too large"),
    Kind.MEDIA_TYPE: _("The body has a form that is not taken here"),
    Kind.KEY_REUSED: _("The key of this call was used for another one"),
    Kind.TOO_MANY: _("Too many calls in a short time"),
    Kind.FILE_LOST: _("The file is gone from the store"),
}
MEANINGS: dict[Kind, str | Promise] = {
    Kind.BAD_INPUT: _("Each fault names the place in the body or the parameter, and the reason. Nothing was changed."),
    Kind.BAD_REQUEST: _("The body is not the JSON it says it is. Nothing was changed."),
    Kind.NOT_SIGNED_IN: _("Send “Authorization: Bearer” and a token that is neither revoked nor expired."),
    Kind.NOT_ALLOWED: _("The person behind the token has no part in this that would allow it. Nothing was changed."),
    Kind.SCOPE_MISSING: _("Make a token with the scope that is named."),
    Kind.NOT_FOUND: _("What does not exist and what may not be seen answer alike."),
    Kind.NO_SUCH_METHOD: _("The header Allow names the methods of this address."),
    Kind.NOT_ACCEPTABLE: _("Answers are JSON, files are what they are."),
    Kind.REFUSED: _("Each missing thing is named with its article. Nothing was changed."),
    Kind.OVERTAKEN: _("Read what stands there now, then decide anew. Nothing was changed."),
    Kind.IN_PROGRESS: _("Wait a second and repeat the call with the same key."),
    Kind.ALREADY_DONE: _("Do not repeat it: read the thing to see how it stands."),
    Kind.CHANGED_MEANWHILE: _("Read it again and send its new ETag as If-Match. Nothing was changed."),
    Kind.TOO_LARGE: _("Send less. Nothing was changed."),
    Kind.MEDIA_TYPE: _("Send JSON, or multipart/form-data where a file is asked for."),
    Kind.KEY_REUSED: _("A key belongs to one call: make a new one for each."),
    Kind.TOO_MANY: _("The header Retry-After says in how many seconds to go on."),
    Kind.FILE_LOST: _("The operator can bring it back from a backup: tell them its address."),
}
SCOPES: dict[Scope, str | Promise] = {
    Scope.CASES_READ: pgettext_lazy("scope", "Read cases, committees and meetings"),
    Scope.CASES_WRITE: pgettext_lazy("scope", "Act on cases, committees and meetings"),
    Scope.MATURITY_READ: pgettext_lazy("scope", "Read maturity assessments and verifications"),
    Scope.MATURITY_WRITE: pgettext_lazy("scope", "Act on maturity assessments and verifications"),
    Scope.PEOPLE_READ: pgettext_lazy("scope", "Read organisations, people and the history"),
    Scope.PEOPLE_WRITE: pgettext_lazy("scope", "Act on organisations, people and webhooks"),
}
CHAPTERS: dict[str, str | Promise] = {
    "assessments": pgettext_lazy("chapter", "Maturity assessments"),
    "cases": pgettext_lazy("chapter", "Cases"),
    "certificates": pgettext_lazy("chapter", "Certificates"),
    "committees": pgettext_lazy("chapter", "Committees"),
    "archives": pgettext_lazy("chapter", "Archives"),
    "decisions": pgettext_lazy("chapter", "Decisions and reports"),
    "figures": pgettext_lazy("chapter", "Figures"),
    "history": pgettext_lazy("chapter", "History"),
    "meetings": pgettext_lazy("chapter", "Meetings and votes"),
    "people": pgettext_lazy("chapter", "Organisations and people"),
    "register": pgettext_lazy("chapter", "Public register"),
    "rulebooks": pgettext_lazy("chapter", "Rulebooks and instruments"),
    "verifications": pgettext_lazy("chapter", "Verifications"),
    "webhooks": pgettext_lazy("chapter", "Webhooks"),
}
ADDRESS_FAULTS: dict[AddressFault, str | Promise] = {
    AddressFault.NOT_HTTPS: _("The address must begin with https://."),
    AddressFault.NO_HOST: _("This is no address of the web."),
    AddressFault.WITH_PASSWORD: _("An address must not carry a name or a password."),
    AddressFault.TOO_LONG: _("The address has more than 500 characters."),
    AddressFault.PRIVATE: _("The address lies inside a private network; the operator can allow it."),
}
DELIVERY_STATES: dict[DeliveryState, str | Promise] = {
    DeliveryState.QUEUED: pgettext_lazy("message", "waiting"),
    DeliveryState.DELIVERED: pgettext_lazy("message", "delivered"),
    DeliveryState.FAILED: pgettext_lazy("message", "given up"),
}
FAILURES: dict[Failure, str | Promise] = {
    Failure.ADDRESS_REFUSED: pgettext_lazy("message", "The address is no longer allowed."),
    Failure.NAME_NOT_FOUND: pgettext_lazy("message", "The name of the receiver was not found."),
    Failure.PRIVATE_NETWORK: pgettext_lazy("message", "The name leads into a private network."),
    Failure.NOT_LISTENING: pgettext_lazy("message", "Nobody answers at the address."),
    Failure.TOO_SLOW: pgettext_lazy("message", "The receiver was too slow."),
    Failure.NOT_TRUSTED: pgettext_lazy("message", "The receiver's certificate is not to be trusted."),
    Failure.BROKEN_OFF: pgettext_lazy("message", "The connection broke off."),
}


def unknown_verb(verb: str) -> str:
    """A verb that no event has, or that is not told."""
    return gettext("No event that can be told is named “%(verb)s”.") % {"verb": verb}
