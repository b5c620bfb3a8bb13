"""Việc cần làm: the first page, by role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from thidua.models import Call, Extension, Grant, Result, Role, State
from thidua.permissions import Scope, enters, told_results
from thidua.services import accounts, calls, doctor, judge_queue, lists, remarks, rounds, timeline
from thidua.services.calls import OpenCall
from thidua.services.judge_queue import Queue
from thidua.services.lists import Listing, Page, Wanted
from thidua.services.rounds import Round
from thidua.web.context import current_account, current_actor, current_scope, now, office_inbox, read, site
from thidua.web.security import needs, public

pages = Blueprint("home", __name__)
SHOWN = 8
TOLD = timedelta(days=14)
SENT = frozenset({State.SUBMITTED, State.APPRAISING, State.ELIGIBLE, State.INELIGIBLE, State.JUDGING, State.SCORED})


@dataclass(frozen=True)
class SchoolWork:
    """What waits at a school."""

    returned: Page
    notes: dict[int, int]
    drafts: Page
    done: dict[int, tuple[int, int]]
    awaiting: Page
    calls: list[OpenCall]
    late: list[tuple[Extension, Call]]
    sent: Page
    ways: dict[int, list[timeline.Step]]
    published: Page
    results: dict[int, Result]


@dataclass(frozen=True)
class OfficeWork:
    """What waits at an office."""

    new: Page
    under_way: Page


@pages.get("/")
@needs("login")
def home() -> str:
    """Where one starts: what waits, the most urgent first."""
    scope = current_scope()
    return render_template(
        "home/home.html",
        school=_school(scope) if scope.own else None,
        office=_office() if scope.has(Role.APPRAISER) else None,
        queue=_queue() if scope.has(Role.JUDGE) else None,
        late=calls.waiting(read(), scope) if enters(scope, "calls") else 0,
        rounds=_rounds(scope) if scope.has(Role.MANAGER) else [],
        may_start=_starts(scope),
        offered={(one.slug, one.edition) for one in site().registry.campaigns},
        is_head=scope.has(Role.HEAD),
        is_admin=scope.has(Role.ADMIN),
        ended=[] if scope.roles else _ended(),
        idle=not scope.roles,
    )


def _ended() -> list[tuple[Grant, str]]:
    """The roles that somebody without any today has had, the latest first, with the unit as it was called then."""
    account = current_account()
    held = accounts.grants_of(read(), accounts.find_user(read(), account.public_id)) if account else []
    return [(one, unit.name_on(one.valid_to - timedelta(days=1))) for one, unit in held if one.valid_to][:3]


@pages.get("/healthz")
@public
def alive() -> Response:
    """For whoever watches the site: whether it can read and keep, and not a word more."""
    well = doctor.alive(site())
    response = Response("ok\n" if well else "not ok\n", 200 if well else 503, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("/viec")
@needs("login")
def work() -> Response:
    """The address people remember."""
    return redirect(url_for("home.home"))


def _starts(scope: Scope) -> bool:
    unit_id = current_actor().unit_id
    return unit_id is not None and scope.has(Role.CLERK, unit_id)


def _school(scope: Scope) -> SchoolWork:
    own = Listing.of(read(), lists.own_dossiers(scope), scope.on)
    signing = Listing.of(read(), lists.awaiting(scope), scope.on) if scope.has(Role.HEAD) else own
    returned = own.page(Wanted(states=frozenset({State.RETURNED}), order="oldest"), SHOWN)
    drafts = own.page(Wanted(states=frozenset({State.DRAFT})), SHOWN)
    sent = own.page(Wanted(states=SENT), SHOWN)
    published = own.page(Wanted(states=frozenset({State.PUBLISHED})), SHOWN)
    unit_id = current_actor().unit_id
    return SchoolWork(
        returned=returned,
        notes=remarks.notes_counted(read(), scope, [r.id for r in returned.rows]),
        drafts=drafts,
        done={r.id: r.done for r in drafts.rows},
        awaiting=signing.page(Wanted(states=frozenset({State.AWAITING}), order="oldest"), SHOWN),
        calls=calls.open_calls_for(read(), [unit_id], now()) if unit_id in scope.own else [],
        late=calls.answers_for(read(), unit_id, now() - TOLD, SHOWN) if unit_id in scope.own else [],
        sent=sent,
        ways=timeline.ways(read(), {r.id: r.state for r in sent.rows}),
        published=published,
        results=told_results(read(), scope, [r.id for r in published.rows]),
    )


def _queue() -> Queue:
    return judge_queue.queue(read(), by=current_actor(), now=now())


def _rounds(scope: Scope) -> list[Round]:
    """The calls in which something waits for the office that runs them."""
    waiting = (State.ELIGIBLE, State.JUDGING, State.SCORED)
    return [one for one in rounds.rounds(read(), scope) if one.all.of(*waiting)][:SHOWN]


def _office() -> OfficeWork:
    inbox = office_inbox()
    new = Wanted(states=frozenset({State.SUBMITTED}), order="oldest")
    under_way = Wanted(states=frozenset({State.APPRAISING}), order="oldest")
    return OfficeWork(inbox.page(new, SHOWN), inbox.page(under_way, SHOWN))
