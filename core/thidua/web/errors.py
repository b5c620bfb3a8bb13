"""How what goes wrong is answered: one page, one JSON shape, the right status, nothing that leaks."""

from __future__ import annotations

import errno
import logging
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]  # ships no annotations
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadHost, HTTPException, InternalServerError

from thidua.errors import NotAllowed, Refused, say
from thidua.services import audit
from thidua.web.context import current_account, current_actor, now, wants_json, write
from thidua.web.security import own_path

log = logging.getLogger(__name__)

TITLES = {
    400: "Yêu cầu chưa hợp lệ",
    401: "Cần đăng nhập",
    403: "Không có quyền",
    404: "Không tìm thấy",
    405: "Yêu cầu chưa hợp lệ",
    413: "Nội dung gửi lên quá lớn",
    414: "Đường dẫn quá dài",
    429: "Thử quá nhiều lần",
    500: "Lỗi ngoài dự kiến",
    503: "Hệ thống đang bận",
    507: "Máy chủ hết chỗ lưu",
}
CODES = {404: "not-found", 405: "method-refused", 413: "body-too-large", 414: "address-too-long"}


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(OSError, _disk)
    app.register_error_handler(Exception, _unexpected)


def answer(code: str, status: int, sentence: str) -> Response:
    """The page (or JSON) that says ``sentence``; the same bytes whatever was asked for."""
    if wants_json():
        response = jsonify(error=sentence, code=code)
    else:
        template = "errors/bare.html" if status >= 500 else "errors/error.html"
        title = TITLES.get(status, "Chưa thực hiện được")
        page = render_template(template, title=title, sentence=sentence, status=status, back=_page_before(status))
        response = make_response(page)
    response.status_code = status
    return response


def _page_before(status: int) -> str:
    """The address of the page on which a refused form stood; ``""`` where it is not known or would say something."""
    before = urlsplit(request.referrer or "")
    if request.method != "POST" or status not in (400, 409, 422) or before.netloc != request.host:
        return ""
    path = own_path(f"{before.path}?{before.query}" if before.query else before.path)
    shown = current_app.url_map.bind("").test(before.path, method="GET")
    return path if shown and path != "/" else ""


def _refused(error: Refused) -> Response:
    if isinstance(error, NotAllowed) and current_account() is not None:
        with write() as session:
            audit.record(session, "denied", by=current_actor(), now=now(), details={"endpoint": request.endpoint or ""})
    return answer(error.code, error.status, str(error))


def _forged(_error: CSRFError) -> Response:
    return answer("form-expired", 400, say("form-expired"))


def _http(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        return _second(error.original_exception)  # raised while another error was being answered
    status = error.code or 500
    if isinstance(error, BadHost):  # no address can be built, so no page of ours either
        return Response(say("bad-request"), status, mimetype="text/plain")
    if status in (301, 302, 303, 307, 308):
        return Response(error.get_response().data, status, error.get_headers())
    code = CODES.get(status, "bad-request")
    response = answer(code, status, say(code))
    if status == 405:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ())
    return response


DATABASE = {"locked": ("busy", 503), "full": ("disk-full-saving", 507), "readonly": ("read-only", 503)}


def _second(error: BaseException) -> Response:
    if isinstance(error, OperationalError):
        return _database(error)
    return _unexpected(error)


def _database(error: OperationalError) -> Response:
    for word, (code, status) in DATABASE.items():
        if word in str(error.orig):
            log.warning("the database is %s at %s", word, request.endpoint)
            return answer(code, status, say(code))
    return _unexpected(error)


DISK = {errno.ENOSPC: DATABASE["full"], errno.EDQUOT: DATABASE["full"]}
DISK |= dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), DATABASE["readonly"])


def _disk(error: OSError) -> Response:
    if error.errno not in DISK:
        return _unexpected(error)
    code, status = DISK[error.errno]
    log.warning("the disk takes nothing at %s: %s", request.endpoint, error.strerror)
    return answer(code, status, say(code))


def _unexpected(error: BaseException) -> Response:
    request_id = g.get("request_id", "-")
    log.error("request %s failed at %s", request_id, request.endpoint, exc_info=error)
    return answer("unexpected", 500, say("unexpected", request_id=request_id))
