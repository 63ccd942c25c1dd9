"""The words of this room's codes, in the reader's language."""

from collections.abc import Iterable

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Problem

PROBLEMS: dict[Problem, Promise] = {
    Problem.NOT_ALLOWED: _("Only a manager of this organisation or the operator may do this."),
    Problem.ROLE_NOT_FOR_KIND: _("An organisation of this kind has no such role."),
    Problem.ALREADY_MEMBER: _("This person already holds this role here."),
    Problem.INVITATION_UNKNOWN: _("There is no such invitation. Please check the link in the mail."),
    Problem.INVITATION_USED: _("This invitation has already been accepted. You can simply sign in."),
    Problem.INVITATION_EXPIRED: _("This invitation has expired. Please ask for a new one."),
    Problem.INVITATION_WITHDRAWN: _("This invitation was withdrawn or replaced by a newer one."),
    Problem.INVITATION_FOREIGN: _("This invitation is for another mail address than the one you are signed in with."),
    Problem.SIGN_IN_FIRST: _("There is already an account with this mail address. Please sign in to accept."),
    Problem.ACCOUNT_CLOSED: _("The account with this mail address is closed. Please turn to the operator."),
    Problem.ADDRESS_TAKEN: _("There is already an account with this mail address."),
    Problem.NOT_CURRENT: _("This membership has already ended."),
    Problem.LAST_DAY_TOO_EARLY: _("The last day lies too far back: a term can be ended from yesterday on."),
    Problem.NAME_TAKEN: _("A token of this name is running. Revoke it first if its secret is lost."),
    Problem.TERM_WRONG: _("A token ends after today and within 366 days."),
    Problem.LAST_MANAGER: _("The last manager stays until there is another one."),
    Problem.OWN_RIGHTS: _("Nobody closes the account or gives up the operator's rights that are being used."),
}

LOGO_FAULTS: dict[str, Promise] = {
    "too_large": _("The file is larger than 2 MB."),
    "too_many_pixels": _("The image has too many pixels; please send a smaller one."),
    "not_an_image": _("This is not a PNG, JPEG or WebP image."),
}

ROLES: dict[MemberRole, Promise] = {
    MemberRole.MANAGER: pgettext_lazy("role", "manager"),
    MemberRole.APPLICANT: pgettext_lazy("role", "applicant"),
    MemberRole.SECRETARY: pgettext_lazy("role", "secretary"),
    MemberRole.MEMBER: pgettext_lazy("role", "committee member"),
    MemberRole.ASSESSOR: pgettext_lazy("role", "maturity assessor"),
    MemberRole.ENTERPRISE: pgettext_lazy("role", "enterprise representative"),
    MemberRole.REGULATOR: pgettext_lazy("role", "regulator"),
}

KINDS: dict[OrganisationKind, Promise] = {
    OrganisationKind.ENTERPRISE: pgettext_lazy("organisation", "enterprise"),
    OrganisationKind.REVIEW_BODY: pgettext_lazy("organisation", "review body"),
    OrganisationKind.SERVICE_CENTRE: pgettext_lazy("organisation", "service centre"),
    OrganisationKind.AUTHORITY: pgettext_lazy("organisation", "authority"),
}


def sentences(problems: Iterable[Problem]) -> list[str]:
    """What to tell a person whose wish was refused."""
    return [str(PROBLEMS[problem]) for problem in problems]


def in_both(words: Promise) -> dict[str, str]:
    """The same words in English and in Chinese, for a notice that is read later."""
    both = {}
    for code, language in (("en", "en"), ("zh", "zh-hans")):
        with translation.override(language):
            both[code] = str(words)
    return both


# GB/T 2260, the first level
PROVINCES = {
    "110000": _("Beijing"),
    "120000": _("Tianjin"),
    "130000": _("Hebei"),
    "140000": _("Shanxi"),
    "150000": _("Inner Mongolia"),
    "210000": _("Liaoning"),
    "220000": _("Jilin"),
    "230000": _("Heilongjiang"),
    "310000": _("Shanghai"),
    "320000": _("Jiangsu"),
    "330000": _("Zhejiang"),
    "340000": _("Anhui"),
    "350000": _("Fujian"),
    "360000": _("Jiangxi"),
    "370000": _("Shandong"),
    "410000": _("Henan"),
    "420000": _("Hubei"),
    "430000": _("Hunan"),
    "440000": _("Guangdong"),
    "450000": _("Guangxi"),
    "460000": _("Hainan"),
    "500000": _("Chongqing"),
    "510000": _("Sichuan"),
    "520000": _("Guizhou"),
    "530000": _("Yunnan"),
    "540000": _("Tibet"),
    "610000": _("Shaanxi"),
    "620000": _("Gansu"),
    "630000": _("Qinghai"),
    "640000": _("Ningxia"),
    "650000": _("Xinjiang"),
    "710000": _("Taiwan"),
    "810000": _("Hong Kong"),
    "820000": _("Macao"),
}
