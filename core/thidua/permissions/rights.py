"""The one table of rights: which role, standing where, may do what in which states.

``may`` answers; ``require`` refuses in the right way: what one may not see does not
exist (404), what one sees but may not do is forbidden (403), what the state of the
dossier does not allow now is a conflict (409).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from thidua.errors import NotAllowed, NotFound, Refused
from thidua.models import EDITABLE, TRANSITIONS, Role, Stage, State
from thidua.permissions.scope import OFFICE_ROLES, SCHOOL_ROLES, DossierFacts, Scope

ALL = frozenset(State)


ROOMS: dict[str, frozenset[Role]] = {
    "school": SCHOOL_ROLES,  # the own unit's dossiers, letters and staff
    "appraisal": OFFICE_ROLES,
    "scoring": frozenset({Role.JUDGE}),
    "judging": frozenset({Role.MANAGER}),
    "calls": frozenset({Role.MANAGER, Role.ADMIN}),
    "site": frozenset({Role.ADMIN}),
}
"""Parts of the site that are somebody's place of work, and who finds the way there in the menu."""


class Place(enum.Enum):
    """Where a role must be held for a right to count."""

    OWNER = "owner"  # at the unit that owns the dossier
    RECEIVED = "received"  # at the unit that the dossier was filed with
    CUSTODY = "custody"  # at the unit that has custody of the filed dossier, or above it
    ABOVE = "above"  # at a unit the owner stands under today, the dossier being filed
    ASSIGNED = "assigned"  # as a judge to whom the dossier is assigned
    UNBLINDED = "unblinded"  # the same, on a track that is not blind
    ANYWHERE = "anywhere"  # wherever it is held


@dataclass(frozen=True)
class Right:
    """``roles`` held at ``place`` while the dossier is in one of ``states``."""

    roles: frozenset[Role]
    place: Place
    states: frozenset[State] = ALL


CLERK, HEAD, APPRAISER, READER = (frozenset({r}) for r in (Role.CLERK, Role.HEAD, Role.APPRAISER, Role.READER))
JUDGE, MANAGER = frozenset({Role.JUDGE}), frozenset({Role.MANAGER})
PUBLISHED = frozenset({State.PUBLISHED})
DECIDED = frozenset({State.SCORED, State.PUBLISHED})

_OWNER = Right(SCHOOL_ROLES, Place.OWNER)
_OFFICE = tuple(Right(OFFICE_ROLES, place) for place in (Place.RECEIVED, Place.CUSTODY, Place.ABOVE))
_PUBLIC = Right(READER, Place.ANYWHERE, PUBLISHED)
_JUDGE = Right(JUDGE, Place.ASSIGNED)

RIGHTS: dict[str, tuple[Right, ...]] = {
    "see": (_OWNER, *_OFFICE, _PUBLIC, _JUDGE),
    "see:answers": (_OWNER, *_OFFICE, _PUBLIC, _JUDGE),
    "see:files": (_OWNER, *_OFFICE, _PUBLIC, _JUDGE),
    "see:identifying": (_OWNER, *_OFFICE, Right(JUDGE, Place.UNBLINDED)),
    "see:checklist": (_OWNER, *_OFFICE),  # the school is given ended appraisals only: see reviews_of
    "see:working": (_OWNER,),
    "see:history": (_OWNER, *_OFFICE),
    "export": (_OWNER, *_OFFICE),
    "edit": (Right(CLERK, Place.OWNER, EDITABLE),),
    "see:result": (
        Right(SCHOOL_ROLES, Place.OWNER, PUBLISHED),
        *(Right(OFFICE_ROLES, right.place, DECIDED) for right in _OFFICE),
        _PUBLIC,
        Right(JUDGE, Place.ASSIGNED, PUBLISHED),
    ),
    "see:sheets": tuple(Right(MANAGER, right.place) for right in _OFFICE),
    "judging": (Right(MANAGER, Place.CUSTODY, frozenset({State.ELIGIBLE, State.JUDGING})),),
    "score": (Right(JUDGE, Place.ASSIGNED, frozenset({State.JUDGING})),),
    "score:office": (
        Right(APPRAISER, Place.CUSTODY, frozenset({State.APPRAISING, State.ELIGIBLE})),
        Right(MANAGER, Place.CUSTODY, frozenset({State.APPRAISING, State.ELIGIBLE, State.JUDGING})),
    ),
    "review": (Right(APPRAISER, Place.CUSTODY, frozenset({State.APPRAISING})),),
}
SCORE_RIGHTS: dict[Stage, str] = {Stage.JUDGE: "score", Stage.OFFICE: "score:office"}
"""By stage: the action that lets a scorer write a sheet of it."""

_PLACE_OF = {
    Role.CLERK: Place.OWNER,
    Role.HEAD: Place.OWNER,
    Role.APPRAISER: Place.CUSTODY,
    Role.MANAGER: Place.CUSTODY,
}
for _row in TRANSITIONS:
    _right = Right(frozenset({_row.role}), _PLACE_OF[_row.role], frozenset({_row.state}))
    RIGHTS[_row.action] = (*RIGHTS.get(_row.action, ()), _right)


def may(scope: Scope, action: str, dossier: DossierFacts) -> bool:
    """Whether ``scope`` allows ``action`` on ``dossier`` as it stands now.

    ``action`` is a key of :data:`RIGHTS`; an unknown one raises ``KeyError``.
    """
    rights = RIGHTS[action]
    if dossier.id in scope.conflicts:
        return False
    return any(dossier.state in right.states and _holds(scope, right, dossier) for right in rights)


def _holds(scope: Scope, right: Right, dossier: DossierFacts) -> bool:
    if right.place is Place.ANYWHERE:
        return any(scope.has(role) for role in right.roles)
    if right.place in (Place.ASSIGNED, Place.UNBLINDED):
        mine = scope.assigned if right.place is Place.ASSIGNED else scope.assigned - scope.blind
        return dossier.filed > 0 and dossier.id in mine
    if right.place is Place.OWNER:
        unit: int | None = dossier.owner_unit_id
    elif dossier.filed == 0:
        return False
    elif right.place is Place.ABOVE:
        unit = dossier.owner_unit_id
    elif right.place is Place.RECEIVED:
        unit = dossier.receiving_unit_id
    else:
        unit = scope.custodian(dossier.receiving_unit_id, dossier.owner_unit_id)
    return unit is not None and any((role, unit) in scope.roles for role in right.roles)


def enters(scope: Scope, room: str) -> bool:
    """Whether somebody of ``scope`` works in ``room``, a key of :data:`ROOMS`; an unknown one raises ``KeyError``."""
    return any(scope.has(role) for role in ROOMS[room])


def require(scope: Scope, action: str, dossier: DossierFacts) -> None:
    """Raise unless :func:`may`: ``NotFound`` for the hidden, ``NotAllowed`` for the
    forbidden, ``Refused("wrong-state")`` where only the state stands in the way.
    """
    if may(scope, action, dossier):
        return
    if not may(scope, "see", dossier):
        raise NotFound
    if any(_holds(scope, right, dossier) for right in RIGHTS[action]):
        raise Refused("wrong-state", state=dossier.state.label)
    raise NotAllowed


def actions_for(scope: Scope, dossier: DossierFacts) -> frozenset[str]:
    """Every action of :data:`RIGHTS` that is allowed now; pages draw their buttons from it."""
    return frozenset(action for action in RIGHTS if may(scope, action, dossier))
