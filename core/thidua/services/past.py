"""What is on record, as a campaign's checks may ask for it: read-only, scoped to the asking unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from thidua.models import Call, Dossier, DossierParty, PartyRole, State, Unit
from thidua.permissions import Scope, about_person, dossiers, officiates, standing_answers, told_results
from thidua.plugin import PastAward, PastDossier, Ref, Similar
from thidua.services import originality, titles
from thidua.text import folded_words


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
            .where(or_(Dossier.filed > 0, Dossier.state != State.DRAFT))  # drafts are on no record
            .order_by(Call.opens.desc(), Dossier.id.desc())
        )
        if unit is not None:
            query = query.where(Dossier.owner_unit_id.in_(select(Unit.id).where(Unit.public_id == unit)))
        return self._told(self._rows(query))

    def similar(self, text: str, *, field: str, least: int) -> Sequence[Similar]:
        """See :meth:`thidua.plugin.Past.similar`."""
        found = originality.alike(self.session, self.scope, text, but=self.dossier, least=least, field=field)
        told = {past.code: past for past in self._told([one.dossier for one in found])}
        return [Similar(dossier=told[one.dossier.code], field=one.field, percent=one.percent) for one in found]

    def answered(self, slug: str, *, field: str, text: str) -> Sequence[PastDossier]:
        """See :meth:`thidua.plugin.Past.answered`."""
        wanted = _bare(text)
        answers = standing_answers(self.session, self.scope, slug, field)
        ids = {row_id for row_id, answer in answers if wanted and _bare(answer) == wanted}
        query = dossiers(self.scope).where(Dossier.id.in_(ids - {self.dossier.id})).order_by(Dossier.id.desc())
        return self._told(self._rows(query)) if ids else []

    def officiates(self, person: str) -> bool:
        """See :meth:`thidua.plugin.Past.officiates`."""
        return bool(person) and officiates(self.session, self.dossier.call, person)

    def titled(self, text: str, *, least: int) -> Sequence[Similar]:
        """See :meth:`thidua.plugin.Past.titled`."""
        found = titles.titled(self.session, self.scope, text, least=least, but=self.dossier)
        query = dossiers(self.scope).where(Dossier.id.in_([one.dossier for one in found]))
        rows = self._rows(query)
        told = dict(zip((row.id for row in rows), self._told(rows), strict=True))
        return [Similar(dossier=told[one.dossier], field=one.field, percent=one.percent) for one in found]

    def awards(self, person: str) -> Sequence[PastAward]:
        """See :meth:`thidua.plugin.Past.awards`; empty as long as no decisions are recorded."""
        return []

    def _rows(self, query: Select[Dossier]) -> Sequence[Dossier]:
        """The dossiers of ``query`` with what a check is told of each, loaded for all of them together."""
        parties = selectinload(Dossier.parties).joinedload(DossierParty.person)
        told = query.options(joinedload(Dossier.call), joinedload(Dossier.owner_unit), parties)
        return self.session.scalars(told).all()

    def _told(self, rows: Sequence[Dossier]) -> list[PastDossier]:
        told = told_results(self.session, self.scope, {row.id for row in rows}) if rows else {}
        results = {number: result.prize_label or result.class_label for number, result in told.items()}
        return [_past(row, results.get(row.id, ""), self.scope.on) for row in rows]


def refs(dossier: Dossier) -> tuple[Ref, ...]:
    """The nominees as checks see them: a person's public id, or the collective's name."""
    nominees = [p for p in dossier.parties if p.role == PartyRole.NOMINEE]
    return tuple(Ref(id=p.person.public_id if p.person else "", name=p.name_as_printed) for p in nominees)


def _bare(text: str) -> str:
    """Without marks, case and signs: what people take for the same."""
    return " ".join(folded_words(text))


def _past(row: Dossier, result: str, on: date) -> PastDossier:
    return PastDossier(
        code=row.code,
        slug=row.call.slug,
        edition=row.call.edition,
        track=row.track,
        call=row.call.public_id,
        call_period=row.call.period,
        nominees=refs(row),
        unit=Ref(id=row.owner_unit.public_id, name=row.owner_unit.name_on(on)),
        state=row.state.label.lower(),
        result=result,
    )
