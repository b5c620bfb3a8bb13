"""The texts that search reads: within a scope for everybody, without one for the worker alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from thidua.models import AttachmentRevision, BlobText, Dossier, DossierParty, PersonName, SearchSource
from thidua.permissions.scope import Scope
from thidua.permissions.selects import dossiers


def naming(scope: Scope, folded: str) -> Select[int]:
    """The ids of visible dossiers about somebody or a collective whose folded name holds these words side by side."""
    bearers = select(PersonName.person_id).where(PersonName.folded.contains(folded, autoescape=True))
    parties = select(DossierParty.dossier_id).where(DossierParty.person_id.in_(bearers))
    titled = Dossier.title_folded.contains(folded, autoescape=True)
    return dossiers(scope, Dossier.id).where(or_(titled, Dossier.id.in_(parties)))


def exact_texts(session: Session, scope: Scope, ids: Sequence[int]) -> dict[int, str]:
    """By dossier: its answers as they are written."""
    query = (
        dossiers(scope, SearchSource.dossier_id, SearchSource.text)
        .join(SearchSource, SearchSource.dossier_id == Dossier.id)
        .where(Dossier.id.in_(ids), SearchSource.n == 0)
    )
    return dict(session.execute(query).all())


def folded_texts(session: Session, scope: Scope, ids: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """Dossier, name of the file (empty: the answers) and folded text, in the order of the dossier."""
    body = func.coalesce(BlobText.folded, SearchSource.folded)
    query = (
        dossiers(scope, SearchSource.dossier_id, SearchSource.label, body)
        .join(SearchSource, SearchSource.dossier_id == Dossier.id)
        .outerjoin(BlobText, BlobText.sha256 == SearchSource.sha256)
        .where(Dossier.id.in_(ids))
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
        .where(Dossier.id.in_(ids))
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
