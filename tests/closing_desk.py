"""The lead at work: dossiers judged alike, the view before closing, closing, publishing, reopening."""

from __future__ import annotations

from judging_round import Round
from thidua.models import Call
from thidua.services import assigning, closing, tally
from thidua.services.tally import Decision, View


def judged(table: Round, *scores: tuple[str, str], track: str = "bai-viet") -> list[str]:
    """Dossiers whose two judges gave the same points each."""
    made = table.dossiers(len(scores), track=track)
    assign(table, made)
    for dossier, (content, form) in zip(made, scores, strict=True):
        table.sheet(dossier, "gk1", content, form)
        table.sheet(dossier, "gk2", content, form)
    return made


def assign(table: Round, made: list[str], *judges: str) -> None:
    chosen = [table.judges[judge] for judge in judges or ("gk1", "gk2")]
    with table.site.database.writing() as session:
        plan = assigning.plan_by_hand(session, dossiers=made, judges=chosen, by=table.manager, now=table.clock())
        assigning.carry_out(session, plan, by=table.manager, now=table.clock())


def view(table: Round, track: str = "bai-viet", *decisions: Decision) -> View:
    with table.site.database.reading() as session:
        call = session.get_one(Call, table.call_id)
        return tally.view(session, call, track, decisions=decisions, by=table.manager, now=table.clock())


def close(table: Round, *decisions: Decision, track: str = "bai-viet", leaving: bool = False) -> int:
    return closing.close(
        table.site,
        call=table.call_id,
        track=track,
        decisions=decisions,
        leaving=leaving,
        by=table.manager,
        now=table.clock(),
    )


def publish(table: Round, *made: str) -> int:
    with table.site.database.writing() as session:
        return closing.publish(session, dossiers=made, by=table.manager, now=table.clock())


def reopen(table: Round, *made: str, reason: str = "Nhập sai điểm.") -> int:
    with table.site.database.writing() as session:
        return closing.reopen(session, dossiers=made, reason=reason, by=table.manager, now=table.clock())


def outcome(table: Round, dossier: str) -> tuple[str, str, int | None, str]:
    result = table.results(dossier)[-1]
    return result.total, result.class_key, result.place, result.prize_label
