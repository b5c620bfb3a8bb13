"""The tables, a file per subject; importing this package knows them all."""

from thidua.models.base import Base, Json, among, canonical_json, listed, pair_among, table_of
from thidua.models.calls import Call, Definition, Extension
from thidua.models.database import Database, rows
from thidua.models.dossiers import CodeCounter, Dossier, DossierParty, Part, PartyRole, Submission, Version, VersionFile
from thidua.models.events import Event, Outbox, SearchSource
from thidua.models.files import Attachment, AttachmentRevision, Blob, BlobText, TextState
from thidua.models.judging import Assignment, Conflict, ConflictKind, IssuedReport, Result, Score, Scoresheet, Stage
from thidua.models.originality import Fingerprint, StandingText
from thidua.models.people import Grant, LoginTry, Membership, Person, PersonName, Role, User
from thidua.models.review import Outcome, Review, ReviewItem, Verdict
from thidua.models.states import EDITABLE, TRANSITIONS, Action, State, Transition, transition
from thidua.models.units import RelationKind, Succession, Unit, UnitEvent, UnitEventKind, UnitName, UnitRelation

__all__ = [
    "EDITABLE",
    "TRANSITIONS",
    "Action",
    "Assignment",
    "Attachment",
    "AttachmentRevision",
    "Base",
    "Blob",
    "BlobText",
    "Call",
    "CodeCounter",
    "Conflict",
    "ConflictKind",
    "Database",
    "Definition",
    "Dossier",
    "DossierParty",
    "Event",
    "Extension",
    "Fingerprint",
    "Grant",
    "IssuedReport",
    "Json",
    "LoginTry",
    "Membership",
    "Outbox",
    "Outcome",
    "Part",
    "PartyRole",
    "Person",
    "PersonName",
    "RelationKind",
    "Result",
    "Review",
    "ReviewItem",
    "Role",
    "Score",
    "Scoresheet",
    "SearchSource",
    "Stage",
    "StandingText",
    "State",
    "Submission",
    "Succession",
    "TextState",
    "Transition",
    "Unit",
    "UnitEvent",
    "UnitEventKind",
    "UnitName",
    "UnitRelation",
    "User",
    "Verdict",
    "Version",
    "VersionFile",
    "among",
    "canonical_json",
    "listed",
    "pair_among",
    "rows",
    "table_of",
    "transition",
]
