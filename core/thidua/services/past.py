"""What is on record, as a campaign's checks may ask for it: read-only, scoped to the asking unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from thidua.models import Call, Dossier, DossierParty, PartyRole, Unit
from thidua.permissions import Scope, about_person, dossiers
from thidua.plugin import PastAward, PastDossier, Ref, Similar
from thidua.services import originality

TOLD = (
    joinedload(Dossier.call),
    joinedload(Dossier.owner_unit),
    selectinload(Dossier.parties).joinedload(DossierParty.person),
)
"""What a check is told of each dossier, loaded for all of them together."""


@dataclass(frozen=True)
class RecordedPast:
    """:class:`thidua.plugin.Past` over the database; ``dossier`` itself is never among the answers."""

    session: Session
    scope: Scope
    dossier: Dossier

    def dossiers(self, slug: str, *, person: str | None = None, unit: str | None = None) -> Sequence[PastDossier]:
        """See :meth:`thidua.plugin.Past.dossiers`."""
        found = dossiers(self.scope) if person is None else about_person(self.scope, person)
        query = (
            found.join(Call, Call.id == Dossier.call_id)
            .where(Call.slug == slug, Dossier.id != self.dossier.id)
            .order_by(Call.opens.desc(), Dossier.id.desc())
        )
        if unit is not None:
            query = query.where(Dossier.owner_unit_id.in_(select(Unit.id).where(Unit.public_id == unit)))
        return [_past(row) for row in self.session.scalars(query.options(*TOLD))]

    def similar(self, text: str, *, field: str, least: int) -> Sequence[Similar]:
        """See :meth:`thidua.plugin.Past.similar`."""
        found = originality.alike(self.session, self.scope, text, but=self.dossier, least=least, field=field)
        return [Similar(dossier=_past(one.dossier), field=one.field, percent=one.percent) for one in found]

    def awards(self, person: str) -> Sequence[PastAward]:
        """See :meth:`thidua.plugin.Past.awards`; empty as long as no decisions are recorded."""
        return []


def refs(dossier: Dossier) -> tuple[Ref, ...]:
    """The nominees as checks see them: a person's public id, or the collective's name."""
    nominees = [p for p in dossier.parties if p.role == PartyRole.NOMINEE]
    return tuple(Ref(id=p.person.public_id if p.person else "", name=p.name_as_printed) for p in nominees)


def _past(row: Dossier) -> PastDossier:
    return PastDossier(
        code=row.code,
        slug=row.call.slug,
        edition=row.call.edition,
        track=row.track,
        call=row.call.public_id,
        call_period=row.call.period,
        nominees=refs(row),
        unit=Ref(id=row.owner_unit.public_id, name=row.owner_unit.name),
        state=row.state.label.lower(),
    )
