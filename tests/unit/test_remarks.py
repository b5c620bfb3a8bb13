"""What the office wants mended, as the check before handing over says it."""

from __future__ import annotations

from desk import FIELD, SECTION, Desk, filled
from thidua.models import Action, Verdict
from thidua.permissions import find_dossier, scope_of
from thidua.services import checking
from thidua.services.reviews import Finding
from thidua.times import local_day


def warned(desk: Desk, dossier: str) -> list[tuple[str, str]]:
    with desk.site.database.reading() as session:
        scope = scope_of(session, desk.actor, local_day(desk.clock()))
        found = checking.check(session, desk.site.registry, scope, find_dossier(session, scope, dossier))
    assert found.errors == []
    return [(problem.field, problem.message) for problem in found.problems]


def test_notes_that_nobody_has_touched_are_warned_of(clerk: Desk, head: Desk, office: Desk) -> None:
    dossier = filled(clerk)
    assert warned(clerk, dossier) == []
    clerk.hand_over(dossier)
    head.submit(dossier)
    office.take_up(dossier)
    office.end(
        dossier,
        Action.RETURN,
        **{
            f"field__{FIELD}": Finding(Verdict.MORE, "Ghi rõ tổ chuyên môn."),
            "document__bao_cao": Finding(Verdict.FAILED, ""),
            f"section__{SECTION}": Finding(Verdict.PASSED, "Rõ ràng."),
        },
    )
    want = "Cơ quan thẩm định đã ghi “{}” mà mục này chưa được sửa. Hãy sửa, hoặc bổ sung rồi trình lại."
    field, document = (FIELD, want.format("Ghi rõ tổ chuyên môn.")), ("document:bao_cao", want.format("Không đạt"))
    assert sorted(warned(clerk, dossier)) == sorted([field, document])
    clerk.save(dossier, SECTION, {FIELD: "Giáo viên, tổ Toán – Tin"})
    assert warned(clerk, dossier) == [document]
