"""The texts that search reads: within a scope for everybody, without one for the worker alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from thidua.models import AttachmentRevision, BlobText, Dossier, DossierParty, PersonName, SearchSource
from thidua.permissions.rights import may
from thidua.permissions.scope import Scope, visible_to
from thidua.permissions.selects import dossiers


def naming(scope: Scope, folded: str) -> Select[int]:
    """The ids of visible dossiers about somebody or a collective whose folded name holds these words side by side.

    Of one that is visible only because it is published the title alone counts: who else took part may identify.
    """
    bearers = select(PersonName.person_id).where(PersonName.folded.contains(folded, autoescape=True))
    parties = select(DossierParty.dossier_id).where(DossierParty.person_id.in_(bearers))
    titled = Dossier.title_folded.contains(folded, autoescape=True)
    named: ColumnElement[bool] = Dossier.id.in_(parties)
    if scope.public:
        named = and_(named, visible_to(replace(scope, public=False)))
    return dossiers(scope, Dossier.id).where(or_(titled, named))


def _told(session: Session, scope: Scope, ids: Sequence[int]) -> ColumnElement[bool]:
    """The texts of these dossiers that the reader may see: nothing identifying where the page would not show it."""
    here = Dossier.id.in_(ids)
    if not scope.public and not scope.assigned:  # nobody else reads a dossier without what identifies
        return here
    facts = (Dossier.id, Dossier.owner_unit_id, Dossier.receiving_unit_id, Dossier.state, Dossier.filed)
    rows = session.execute(dossiers(scope, *facts).where(here)).all()
    masked = [row.id for row in rows if not may(scope, "see:identifying", row)]
    return and_(here, or_(~SearchSource.identifying, Dossier.id.not_in(masked)))


def exact_texts(session: Session, scope: Scope, ids: Sequence[int]) -> dict[int, str]:
    """By dossier: its answers as they are written."""
    query = (
        dossiers(scope, SearchSource.dossier_id, SearchSource.text)
        .join(SearchSource, SearchSource.dossier_id == Dossier.id)
        .where(_told(session, scope, ids), SearchSource.sha256.is_(None))
        .order_by(SearchSource.dossier_id, SearchSource.n)
    )
    texts: dict[int, str] = {}
    for dossier_id, text in session.execute(query):
        texts[dossier_id] = f"{texts[dossier_id]}\n{text}" if dossier_id in texts else text
    return texts


def folded_texts(session: Session, scope: Scope, ids: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """Dossier, name of the file (empty: the answers) and folded text, in the order of the dossier."""
    body = func.coalesce(BlobText.folded, SearchSource.folded)
    query = (
        dossiers(scope, SearchSource.dossier_id, SearchSource.label, body)
        .join(SearchSource, SearchSource.dossier_id == Dossier.id)
        .outerjoin(BlobText, BlobText.sha256 == SearchSource.sha256)
        .where(_told(session, scope, ids))
        .order_by(SearchSource.dossier_id, SearchSource.n)
    )
    yield from session.execute(query)


def source_texts(session: Session, scope: Scope, ids: Sequence[int]) -> Iterator[tuple[int, str, str | None, str]]:
    """Dossier, name of the file, its public id and its text, in the order of the dossier."""
    body = func.coalesce(BlobText.text, SearchSource.text)
    query = (
        dossiers(scope, SearchSource.dossier_id, SearchSource.label, AttachmentRevision.public_id, body)
        .join(SearchSource, SearchSource.dossier_id == Dossier.id)
        .outerjoin(BlobText, BlobText.sha256 == SearchSource.sha256)
        .outerjoin(AttachmentRevision, AttachmentRevision.id == SearchSource.revision_id)
        .where(_told(session, scope, ids))
        .order_by(SearchSource.dossier_id, SearchSource.n)
    )
    yield from session.execute(query)


def texts_for_index(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """Dossier, name of the file and text as the worker feeds the engine, for no user's eyes."""
    body = func.coalesce(BlobText.text, SearchSource.text)
    query = (
        select(SearchSource.dossier_id, SearchSource.label, body)
        .outerjoin(BlobText, BlobText.sha256 == SearchSource.sha256)
        .where(SearchSource.dossier_id.in_(ids))
        .order_by(SearchSource.dossier_id, SearchSource.n)
    )
    yield from session.execute(query)
