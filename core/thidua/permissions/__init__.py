"""The one permission policy: :func:`scope_of` and :func:`may`, and the selects that start from them."""

from thidua.permissions.rights import RIGHTS, actions_for, may, require
from thidua.permissions.scope import Actor, DossierFacts, Scope, scope_of, terms_of, tokens_of, visible_to
from thidua.permissions.selects import (
    PROTECTED,
    dossiers,
    find_attachment,
    find_dossier,
    find_dossiers,
    find_revision,
    find_submission,
    find_version,
    inbox,
    latest_version,
    reviews_of,
    submissions,
)

__all__ = [
    "PROTECTED",
    "RIGHTS",
    "Actor",
    "DossierFacts",
    "Scope",
    "actions_for",
    "dossiers",
    "find_attachment",
    "find_dossier",
    "find_dossiers",
    "find_revision",
    "find_submission",
    "find_version",
    "inbox",
    "latest_version",
    "may",
    "require",
    "reviews_of",
    "scope_of",
    "submissions",
    "terms_of",
    "tokens_of",
    "visible_to",
]
