"""Báo cáo: a call's reports on the page, issued as Word and Excel, with what was issued before."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, make_response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from thidua.documents.report import Figure
from thidua.documents.tables import page_rows, page_totals
from thidua.errors import NotFound, Refused, say
from thidua.models import Role, User
from thidua.names import content_disposition
from thidua.services import audit, reports
from thidua.services.report_tables import COVERS, USUAL, build, reports_of
from thidua.services.reports import Facts
from thidua.services.unit_names import names_of
from thidua.times import parse_date
from thidua.web.context import current_actor, current_scope, now, page_number, read, site, today, write
from thidua.web.security import needs

pages = Blueprint("reports", __name__, url_prefix="/bao-cao")
Answer = str | Response | tuple[str, int]
SIZE = 50
UPRIGHT = 8  # columns that an upright page has room for
KINDS = {"docx": "word_sha256", "xlsx": "excel_sha256"}


@pages.get("")
@needs(Role.MANAGER)
def index() -> str:
    """The calls with reports."""
    found = reports.calls_of(read(), current_scope())
    number, size = page_number(), reports.PER_PAGE
    shown = found[(number - 1) * size : number * size]
    names = names_of(read(), {call.unit_id for call in shown}, today())
    return render_template("reports/index.html", calls=shown, names=names, total=len(found), number=number, size=size)


@pages.get("/dot/<call>")
@needs(Role.MANAGER)
def show(call: str) -> str:
    """A call's reports, and what was issued of each."""
    row = reports.find_call(read(), current_scope(), call)
    issued = reports.latest_issues(read(), current_scope(), row)
    return render_template("reports/call.html", call=row, reports=reports_of(read(), row), issued=issued)


@pages.get("/dot/<call>/<report>")
@needs(Role.MANAGER)
def preview(call: str, report: str) -> Answer:
    """The report as it would be issued now."""
    return _preview(call, report, {}, 200)


def _preview(call: str, report: str, errors: dict[str, str], status: int) -> Answer:
    row = reports.find_call(read(), current_scope(), call)
    found = reports.find_report(read(), row, report)
    cover = request.values.get("pham-vi", USUAL)
    cover = cover if cover in COVERS else USUAL
    built = build(read(), current_scope(), row, found, cover)
    number = page_number()
    issued, count = reports.issues(read(), current_scope(), row, report, first=(number - 1) * SIZE, limit=SIZE)
    page = render_template(
        "reports/report.html",
        call=row,
        report=found,
        count=built.count,
        cover=cover,
        covers=[(key, said[0].upper() + said[1:]) for key, (said, _) in COVERS.items()],
        partly=reports.partly(read(), current_scope(), row, cover),
        figures=[_figure(place, figure, number) for place, figure in enumerate(built.figures, start=1)],
        number=number,
        size=SIZE,
        longest=max((len(figure.table.rows) for figure in built.figures), default=0),
        wide=any(len(figure.table.shown_columns) > UPRIGHT for figure in built.figures),
        total=count,
        issued=issued,
        typed=request.form,
        errors=errors,
    )
    return page, status


def _figure(place: int, figure: Figure, number: int) -> dict[str, object]:
    lines = page_rows(figure.table)
    return {
        "title": figure.table.title,
        "columns": figure.table.shown_columns,
        "lines": lines[(number - 1) * SIZE : number * SIZE],
        "headings": _headings(figure.table.headings, (number - 1) * SIZE),
        "totals": page_totals(figure.table) if len(lines) <= number * SIZE else [],
        "notes": figure.table.notes,
        "chart": figure.chart,
        "ident": f"bieu-do-{place}",
    }


def _headings(headings: Mapping[int, str], first: int) -> dict[int, str]:
    """The headings of a page of lines, by line of the page; on top, the one that its first line stands under."""
    shown = {place - first: text for place, text in headings.items() if place >= first}
    above = [place for place in headings if place < first]
    if above and 0 not in shown:
        shown[0] = f"{headings[max(above)]} (tiếp)"
    return shown


@pages.post("/dot/<call>/<report>")
@needs(Role.MANAGER)
def issue(call: str, report: str) -> Answer:
    """Have it issued as Word and Excel."""
    try:
        with write() as session:
            row = reports.ask(session, call=call, report=report, facts=_facts(), by=current_actor(), now=now())
            issued = row.public_id
    except NotFound:
        raise
    except Refused as refused:
        return _preview(call, report, {"so": str(refused)}, refused.status)
    except ValueError:
        return _preview(call, report, {"ngay": say("report-day")}, 422)
    flash("Đang lập báo cáo. Tệp Word và Excel sẽ có ở trang này.", "success")
    return redirect(url_for("reports.issued", report=issued), 303)


def _facts() -> Facts:
    day = request.form.get("ngay", "").strip()
    return Facts(
        number=request.form.get("so", ""),
        day=parse_date(day) if day else None,
        signers=tuple(request.form.getlist("nguoi_ky")),
        copies=tuple(request.form.get("noi_nhan", "").splitlines()),
        cover=request.form.get("pham-vi", USUAL),
    )


@pages.get("/ban/<report>")
@needs(Role.MANAGER)
def issued(report: str) -> Response:
    """An issued report: how far it is, its files, its hash, what differs from the one before."""
    call, row = reports.find_issue(read(), current_scope(), report)
    facts = Facts.read(row.facts)
    page = make_response(
        render_template(
            "reports/issued.html",
            call=call,
            row=row,
            report=reports_of(read(), call).get(row.report),
            by=read().get_one(User, row.asked_by).name,
            facts=facts,
            cover=COVERS[facts.cover][0],
            changed=reports.changes(read(), row),
        )
    )
    if row.done_at is None:
        page.headers["Refresh"] = "3"  # looks again by itself, without scripts
    return page


@pages.get("/ban/<report>/tep.<kind>")
@needs(Role.MANAGER)
def file(report: str, kind: str) -> Response:
    """The Word or Excel file, as it was issued."""
    call, row = reports.find_issue(read(), current_scope(), report)
    sha256 = getattr(row, KINDS[kind]) if kind in KINDS else None
    if sha256 is None:
        raise NotFound
    if not site().store.exists(sha256):
        raise NotFound("blob-missing")
    response = send_file(site().store.path(sha256), mimetype="application/octet-stream", max_age=0, etag=sha256)
    response.headers["Content-Disposition"] = content_disposition(f"Bao-cao-{row.report}-ban-{row.n}.{kind}")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-cache"
    with write() as session:
        details = {"sha256": sha256, "report": row.report, "n": row.n}
        audit.record(session, "download", by=current_actor(), now=now(), subject=("call", call.id), details=details)
    return response
