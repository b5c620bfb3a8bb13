"""Chốt, công bố, mở lại: the closing page of a call and track."""

from __future__ import annotations

from itertools import chain

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from thidua.errors import NotAllowed, NotFound, Refused, say
from thidua.models import Role, State
from thidua.services import closing, rounds, tally
from thidua.services.rounds import Round
from thidua.services.tally import Decision, View
from thidua.services.unit_names import names_of
from thidua.web.context import current_actor, now, page_number, read, site, stands_at, today, write
from thidua.web.security import needs

pages = Blueprint("closing", __name__, url_prefix="/ket-qua")
Answer = str | Response | tuple[str, int]
SIZE = 50


@pages.get("/dot/<call>/chot/<track>")
@needs(Role.MANAGER)
def show(call: str, track: str) -> Answer:
    """What closing would come to; what has been closed."""
    found = rounds.find(read(), call, by=current_actor(), now=now())
    return _page(found, track, {}, 200)


def _page(found: Round, track: str, errors: dict[str, str], status: int) -> Answer:
    seen = tally.view(read(), found.call, track, by=current_actor(), now=now())
    stands_at(url_for("closing.show", call=found.call.public_id, track=track))
    number = page_number()
    shown = seen.lines[(number - 1) * SIZE : number * SIZE]
    page = render_template(
        "judging/closing.html",
        round=found,
        track=found.track(track),
        seen=seen,
        lines=shown,
        units=names_of(read(), {line.dossier.owner_unit_id for line in chain(shown, *seen.ties)}, today()),
        number=number,
        size=SIZE,
        ranks=seen.form is not None and tally.ranks(seen.form),
        typed=request.form,
        closed_state=State.SCORED,
        errors=errors,
    )
    return page, status


@pages.post("/dot/<call>/chot/<track>")
@needs(Role.MANAGER)
def close(call: str, track: str) -> Answer:
    """Chốt: freeze every result of the track."""
    found = rounds.find(read(), call, by=current_actor(), now=now())
    try:
        seen = tally.view(read(), found.call, track, by=current_actor(), now=now())
        count = closing.close(
            site(),
            call=found.call.id,
            track=track,
            decisions=_decisions(seen),
            leaving=request.form.get("leaving") == "1",
            by=current_actor(),
            now=now(),
        )
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        return _page(found, track, {"": str(refused)}, refused.status)
    flash(f"Đã chốt kết quả của {count} hồ sơ.", "success")
    return redirect(url_for("closing.show", call=call, track=track))


def _decisions(seen: View) -> list[Decision]:
    """The order of each group of equals as it was typed: a number beside every dossier, 1 the best."""
    made = []
    for number, group in enumerate(seen.ties):
        ids = [str(line.dossier.public_id) for line in group]
        at = {request.form.get(f"thutu-{one}", ""): one for one in ids}
        order = [at[str(place)] for place in range(1, len(ids) + 1) if str(place) in at]
        made.append(Decision(tuple(order), request.form.get(f"lydo-{number}", "")))  # of all, or the service refuses it
    return made


@pages.post("/dot/<call>/ket-luan/<track>")
@needs(Role.MANAGER)
def conclude(call: str, track: str) -> Answer:
    """Publish the chosen results or all, or reopen the chosen ones with a reason."""
    found = rounds.find(read(), call, by=current_actor(), now=now())
    do, chosen = request.form.get("_do", ""), request.form.getlist("hoso")
    if do not in ("all", "publish", "reopen"):  # Enter on a ticked row says nothing of what is wished
        return _page(found, track, {"": say("conclude-unsaid")}, 422)
    by, at = current_actor(), now()
    try:
        with write() as session:
            if do == "reopen":
                reason = request.form.get("reason", "")
                count = closing.reopen(session, dossiers=chosen, reason=reason, by=by, now=at)
            else:
                every = closing.closed_in(session, found.call, track, by=by, now=at) if do == "all" else chosen
                count = closing.publish(session, dossiers=every, by=by, now=at)
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        field = "reason" if refused.code.startswith("reason") else ""
        return _page(found, track, {field: str(refused)}, refused.status)
    flash(f"Đã mở lại {count} hồ sơ." if do == "reopen" else f"Đã công bố kết quả của {count} hồ sơ.", "success")
    return redirect(url_for("closing.show", call=call, track=track))
