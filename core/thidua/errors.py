"""Everything that may be refused, and how it is said.

An error is a class with a ``code`` and parameters; its wording stands here and
nowhere else, in Vietnamese: what is wrong, where, and what to do about it.

Who reads which:

* :class:`Refused` and its children: the user whose action is not possible now.
* :class:`Problem` lists (``thidua.plugin.Problem``): the user at the form.
* ``thidua.plugin.ContractError``: the author of a campaign and the administrator.
* anything else is a bug and goes to the log.
"""

from __future__ import annotations

from typing import ClassVar

from thidua.wording import FORM_BOOKS, JUDGING, PAGES, PAPERS

WORDING: dict[str, str] = {}


def say(code: str, **params: object) -> str:
    """Return the Vietnamese sentence of ``code`` with its parameters filled in.

    >>> say("file-empty", name="a.docx")
    'Tệp “a.docx” rỗng (0 byte). Hãy kiểm tra lại tệp trên máy và chọn lại.'
    """
    return WORDING[code].format_map({key: str(value) for key, value in params.items()})


class Refused(Exception):
    """An action that the rules do not allow now; nothing has been changed.

    ``code`` picks the sentence in :data:`WORDING`; ``params`` fill it in.
    ``status`` is the HTTP status a web front end answers with.
    """

    status: ClassVar[int] = 409

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code, params)

    def __str__(self) -> str:
        return say(self.code, **self.params)


class NotFound(Refused):
    """It does not exist, or the actor may not know that it does: both look alike."""

    status = 404

    def __init__(self, code: str = "not-found", **params: object) -> None:
        super().__init__(code, **params)


class NotSignedIn(Refused):
    """Nobody is signed in, or the session has ended, or name and password do not fit."""

    status = 401

    def __init__(self, code: str = "session-ended", **params: object) -> None:
        super().__init__(code, **params)


class NotAllowed(Refused):
    """The actor sees the thing but has no right to do this to it."""

    status = 403

    def __init__(self, code: str = "not-allowed", **params: object) -> None:
        super().__init__(code, **params)


class TooLarge(Refused):
    """A body or a file over its limit."""

    status = 413


class BadFile(Refused):
    """A file that is not what it claims to be, or is not accepted in this place."""

    status = 415


class Invalid(Refused):
    """What was sent cannot be understood; the sentence says which part."""

    status = 422


class Throttled(Refused):
    """Too many tries; the sentence says when to come back."""

    status = 429


class Busy(Refused):
    """What was asked for takes seconds, and others are at it already; the same a little later will do."""

    status = 503


class NoRoom(Refused):
    """The disk is full: what was sent has not been kept, what was kept before still is."""

    status = 507


WORDING |= {
    "not-found": "Không tìm thấy trang hoặc hồ sơ này. Hãy kiểm tra lại đường dẫn hoặc dùng ô tìm kiếm.",
    "not-allowed": "Tài khoản của bạn không có quyền làm việc này. Nếu cần, hãy liên hệ quản trị của đơn vị.",
    "unexpected": "Hệ thống gặp lỗi ngoài dự kiến; dữ liệu đã lưu không bị ảnh hưởng. "
    "Hãy thử lại; nếu vẫn lỗi, báo quản trị mã {request_id}.",
    # dossiers
    "wrong-state": "Hồ sơ đang ở trạng thái “{state}” nên chưa làm được việc này. Hãy tải lại trang để xem tình "
    "trạng mới.",
    "reason-missing": "Chưa ghi lý do. Hãy ghi rõ lý do để bên nhận biết cần làm gì.",
    "reason-too-long": "Lý do dài quá {limit} ký tự. Hãy viết gọn lại hoặc đính kèm tệp.",
    "campaign-out": "“{campaign}” tạm thời chưa dùng được nên chưa lập được hồ sơ mới. Hãy báo quản trị.",
    "campaign-out-now": "Bộ quy tắc của “{campaign}” đang tạm dừng nên chưa kiểm tra và gửi hồ sơ được. "
    "Nội dung đã nhập vẫn được giữ; hãy báo quản trị rồi gửi lại sau.",
    "reference-unknown": "“{label}”: không có “{name}” trong danh sách. Hãy gõ tên rồi chọn một dòng được gợi ý.",
    "person-line-unknown": "“{label}”: không có “{name}” trong danh sách nhân sự của đơn vị. Hãy sửa tên, hoặc thêm "
    "người này ở Nhân sự; người của đơn vị khác thì ghi kèm mã nhân sự, ví dụ “{bare} (GV-105)”.",
    "person-line-many": "“{label}”: danh sách nhân sự có {count} người tên “{name}”. Hãy ghi kèm mã nhân sự của đúng "
    "người: {codes}.",
    "nominee-missing": "Chưa chọn người được đề nghị trong danh sách của đơn vị. Hãy chọn một người, hoặc thêm mới.",
    "group-missing": "Chưa nhập tên tập thể được đề nghị. Hãy nhập tên, ví dụ “Tổ Toán – Tin”.",
    "name-too-long": "Tên dài quá {limit} ký tự. Hãy viết gọn lại.",
    "slot-full": "Mục “{label}” nhận nhiều nhất {limit} tệp. Hãy thay tệp đã có, hoặc bỏ bớt trước khi thêm.",
    "unit-quota": "Đơn vị đã dùng hết {limit_mb} MB dung lượng được cấp. Hãy báo quản trị để được cấp thêm.",
    "document-missing": "“{label}” là tài liệu bắt buộc nhưng chưa có tệp. Hãy tải tệp lên ở phần Tài liệu kèm theo.",
    "check-found": "Hồ sơ còn {count} điểm cần sửa trước khi gửi. Hãy xem danh sách và sửa từng điểm.",
    "changed-meanwhile": "Hồ sơ {dossier} vừa được sửa trong lúc bạn thao tác. Hãy tải lại trang, xem lại rồi làm "
    "lần nữa.",
    "job-cut-off": "tiến trình bị ngắt khi đang làm, chưa kịp báo lỗi",
    "nothing-chosen": "Chưa chọn hồ sơ nào. Hãy đánh dấu ít nhất một hồ sơ.",
    "mixed-calls": "Một tờ trình chỉ gồm các hồ sơ của cùng một đợt và cùng một đơn vị. Hãy nộp riêng từng đợt.",
    "letter-number": "Chưa nhập số, ký hiệu tờ trình (nhiều nhất 60 ký tự), ví dụ 05/TTr-THHS.",
    "letter-title": "Chưa nhập chức vụ người ký (nhiều nhất 100 ký tự), ví dụ Hiệu trưởng, Phó Hiệu trưởng.",
    "letter-signer": "Chưa nhập họ tên người ký tờ trình.",
    "no-receiving-unit": "Chưa xác định được cơ quan tiếp nhận hồ sơ của đơn vị vào hôm nay. "
    "Hãy báo quản trị cập nhật quan hệ đơn vị; hồ sơ vẫn còn nguyên.",
    "see-notes": "Đề nghị bổ sung theo ghi chú ở từng mục.",
    "place-unknown": "Mục “{place}” không có trong mẫu hồ sơ này. Hãy tải lại trang.",
    "not-passed": "Chưa kết luận “Đủ điều kiện” được vì còn mục chưa đạt: {places}.",
    "not-looked-at": "Chưa kết luận “Đủ điều kiện” được vì còn mục chưa xem: {places}.",
    "place-contested": "“{label}”: người khác vừa ghi “{theirs}” trong lúc bạn làm. Phiếu đang giữ ghi nhận đó; "
    "phần bạn vừa ghi vẫn còn trong ô. Hãy giữ hoặc sửa lại rồi lưu lần nữa.",
    "reason-met": "Người khác vừa ghi lý do trong lúc bạn làm; ô này giữ lời của cả hai. Hãy xem lại rồi kết luận.",
    "review-contested": "Người khác vừa ghi ở cùng mục: {places}. Hãy tải lại trang, xem lại rồi kết luận.",
    # files
    "file-empty": "Tệp “{name}” rỗng (0 byte). Hãy kiểm tra lại tệp trên máy và chọn lại.",
    "file-too-large": "Tệp “{name}” vượt giới hạn {limit_mb} MB của mục này. "
    "Hãy giảm dung lượng (quét ở 150–200 dpi, nén ảnh) hoặc tách tệp rồi tải lại.",
    "file-length-unknown": "Trình duyệt không cho biết dung lượng tệp. Hãy chọn lại tệp và tải lên lần nữa.",
    "file-as-form": "Máy chủ nhận được một biểu mẫu chứ không phải nội dung tệp. Hãy chọn tệp trên trang Tài liệu; "
    "chương trình tự gửi tệp thì ghi Content-Type: application/octet-stream.",
    "file-cut-short": "Tệp “{name}” bị đứt giữa chừng khi tải lên (nhận {got} trên {expected} byte). Hãy tải lại.",
    "file-type-refused": "Mục này không nhận tệp loại “{extension}”. Các loại được nhận: {accepted}.",
    "file-type-mismatch": "Nội dung của “{name}” không phải là tệp {extension}. "
    "Hãy mở tệp bằng phần mềm gốc, lưu lại đúng loại rồi tải lên.",
    "file-truncated": "Tệp “{name}” bị hỏng hoặc thiếu phần cuối. Hãy mở thử trên máy, lưu lại rồi tải lên.",
    "file-encrypted": "Tệp “{name}” có đặt mật khẩu nên không đọc được. Hãy bỏ mật khẩu rồi tải lại.",
    "file-macros": "Tệp “{name}” có chứa macro nên không được nhận. Hãy lưu lại thành loại .docx hoặc .xlsx thường.",
    "file-bomb": "Tệp “{name}” bung ra quá lớn so với dung lượng nén nên không được nhận. "
    "Hãy lưu lại tệp bằng Word hoặc Excel rồi tải lên.",
    "file-nested": "Tệp “{name}” chứa thành phần không được phép bên trong ({what}). Hãy lưu lại tệp rồi tải lên.",
    "disk-full": "Máy chủ đã hết chỗ lưu nên chưa nhận được tệp này; những gì đã lưu trước đó vẫn còn nguyên. "
    "Hãy báo quản trị rồi tải lại sau.",
    "blob-damaged": "Tệp lưu trên máy chủ không còn khớp mã kiểm tra SHA-256. Hãy báo quản trị: cần khôi phục từ bản "
    "sao lưu.",
}

WORDING |= {
    # a dossier as ZIP
    "zip-unreadable": "“{name}” không phải là tệp ZIP đọc được (có thể bị hỏng hoặc tải về chưa hết). "
    "Hãy tải lại từ hệ thống.",
    "zip-too-many": "Tệp ZIP có {count} mục, vượt giới hạn {limit}; không kiểm tra tiếp.",
    "zip-too-large": "Nội dung tệp ZIP vượt giới hạn {limit_mb} MB; không kiểm tra tiếp.",
    "zip-no-manifest": "Không có “{manifest}” trong tệp ZIP: tệp tải về chưa hết hoặc không do hệ thống này tạo ra. "
    "Hãy tải lại từ hệ thống.",
    "zip-bad-manifest": "“{manifest}” bị hỏng nên không đối chiếu được. Hãy tải lại tệp ZIP từ hệ thống.",
    "zip-newer": "Tệp ZIP theo định dạng {format}, bản này chỉ đọc được định dạng {known}. "
    "Hãy dùng bản mới hơn để kiểm tra.",
    "zip-missing": "Thiếu tệp “{path}” có ghi trong danh mục.",
    "zip-unknown": "Tệp “{path}” không có trong danh mục.",
    "zip-twice": "Tệp “{path}” xuất hiện nhiều lần.",
    "zip-unsafe-path": "Đường dẫn “{path}” không an toàn: đừng giải nén tệp ZIP này.",
    "zip-entry-damaged": "Tệp “{path}” đã bị thay đổi hoặc hỏng: mã SHA-256 không khớp danh mục.",
    "zip-entry-size": "Tệp “{path}” đã bị thay đổi: dung lượng khác {expected} byte ghi trong danh mục.",
    # Excel sheets that are read in
    "sheet-unreadable": "“{name}” không phải là bảng tính .xlsx đọc được. "
    "Hãy mở bằng Excel, chọn “Lưu thành” loại .xlsx rồi chọn lại tệp.",
    "sheet-too-large": "Bảng tính “{name}” quá lớn để đọc. Hãy chỉ giữ lại các dòng cần nhập trong một tệp mới.",
    "sheet-too-long": "Bảng tính “{name}” có dữ liệu quá dòng {limit}. Hãy chia thành nhiều tệp nhỏ hơn.",
    "sheet-too-wide": "Bảng tính “{name}” có dữ liệu quá cột thứ {limit}. Hãy xóa các cột thừa ở bên phải.",
    "sheet-missing": "Tệp không có trang tính “{sheet}”; các trang tính đang có: {names}. "
    "Hãy đổi tên trang tính hoặc dùng mẫu tải về.",
    "sheet-no-header": "Không tìm thấy dòng tiêu đề có các cột: {columns}. "
    "Hãy kiểm tra tên cột trong {rows} dòng đầu hoặc dùng mẫu tải về.",
    "sheet-columns-missing": "Dòng tiêu đề (dòng {row}) thiếu cột: {columns}. Hãy thêm cột hoặc dùng mẫu tải về.",
    "sheet-column-twice": "Cột “{column}” xuất hiện hai lần ở dòng tiêu đề (dòng {row}). Hãy xóa hoặc đổi tên một cột.",
    "blob-missing": "Tệp này không còn trên máy chủ. Hãy báo quản trị: cần khôi phục từ bản sao lưu.",
    # reading the text of files: notes beside a file that is kept, not refusals
    "text-none": "Tệp không có lớp chữ (bản quét hoặc ảnh) nên không tìm được theo nội dung. "
    "Nếu có bản gốc Word hoặc PDF xuất từ Word, hãy đính kèm thêm.",
    "text-encrypted": "Tệp có đặt mật khẩu nên hệ thống không đọc được chữ bên trong. "
    "Hãy bỏ mật khẩu rồi tải lại nếu cần tìm theo nội dung.",
    "text-too-heavy": "Tệp quá lớn hoặc quá phức tạp nên hệ thống đã dừng đọc chữ bên trong; tệp vẫn được giữ nguyên. "
    "Hãy lưu lại tệp gọn hơn hoặc tách tệp nếu cần tìm theo nội dung.",
    "text-failed": "Hệ thống không đọc được chữ bên trong tệp; tệp vẫn được giữ nguyên. "
    "Hãy mở tệp, lưu lại rồi tải lên nếu cần tìm theo nội dung.",
    "text-cut": "Tệp rất dài: chỉ {characters} ký tự đầu được dùng để tìm kiếm.",
}

WORDING |= {
    # the fields of a form
    "form-missing": "“{label}” chưa được nhập. Hãy nhập mục này.",
    "form-not-chosen": "“{label}” chưa được chọn. Hãy chọn một trong các lựa chọn.",
    "form-not-picked": "“{label}”: “{name}” chưa được chọn từ danh sách. Hãy tìm và chọn đúng tên, hoặc đăng ký mới.",
    "form-unreadable": "“{label}”: dữ liệu gửi lên không đọc được. Hãy tải lại trang và nhập lại mục này.",
    "form-too-long": "“{label}” dài {count} {what}, vượt giới hạn {limit} {what}. "
    "Hãy rút gọn; nội dung đã nhập vẫn còn trong ô.",
    "form-not-a-number": "“{label}”: “{value}” không phải là số. Hãy nhập số, ví dụ 12 hoặc 9,5.",
    "form-number-low": "“{label}”: {value} nhỏ hơn mức thấp nhất là {limit}. Hãy kiểm tra lại số liệu.",
    "form-number-high": "“{label}”: {value} lớn hơn mức cao nhất là {limit}. Hãy kiểm tra lại số liệu.",
    "form-number-whole": "“{label}”: {value} không phải là số nguyên. Hãy nhập số không có phần thập phân.",
    "form-number-decimals": "“{label}”: {value} có quá {limit} chữ số sau dấu phẩy. Hãy làm tròn lại.",
    "form-not-a-date": "“{label}”: “{value}” không phải là một ngày có thật. "
    "Hãy nhập theo dạng ngày/tháng/năm, ví dụ 17/06/2026.",
    "form-not-a-period": "“{label}”: “{value}” chưa đúng dạng. Hãy nhập {example}.",
    "form-not-an-option": "“{label}”: “{value}” không có trong các lựa chọn. Hãy chọn lại.",
    "form-not-a-link": "“{label}”: “{value}” không phải là đường dẫn. Hãy nhập đầy đủ, ví dụ "
    "https://truong.edu.vn/bai-viet.",
    "form-rows-none": "“{label}” chưa có dòng nào. Hãy thêm ít nhất một dòng.",
    "form-rows-few": "“{label}” mới có {count} dòng, cần ít nhất {limit} dòng. Hãy bổ sung.",
    "form-rows-many": "“{label}” có {count} dòng, vượt giới hạn {limit} dòng. Hãy bỏ bớt hoặc gộp các dòng.",
    # campaigns
    "text-alike": "“{label}” giống {percent} % với hồ sơ {dossier} ({title}, {unit}, {call}). "
    "Hãy viết lại phần giống, hoặc ghi rõ phần trích dẫn trong ngoặc kép.",
    "check-failed": "Một quy tắc kiểm tra của phong trào ({check}) gặp lỗi nên chưa chạy được; hồ sơ vẫn nộp được. "
    "Hãy tự rà lại nội dung và báo quản trị.",
    "check-slow": "Một quy tắc kiểm tra của phong trào ({check}) chạy quá lâu nên đã bỏ qua; hồ sơ vẫn nộp được. "
    "Hãy tự rà lại nội dung và báo quản trị.",
}

WORDING |= {
    # signing in, sessions, requests
    "session-ended": "Phiên làm việc đã kết thúc. Hãy đăng nhập lại; nội dung đang soạn vẫn được giữ trên máy này.",
    "sign-in-failed": "Tên đăng nhập hoặc mật khẩu chưa đúng. Hãy kiểm tra phím Caps Lock và bộ gõ tiếng Việt "
    "rồi thử lại; nếu quên mật khẩu, hãy nhờ quản trị của đơn vị cấp mật khẩu dùng một lần.",
    "sign-in-throttled": "Đã thử đăng nhập quá nhiều lần. Hãy chờ {minutes} phút rồi thử lại, "
    "hoặc nhờ quản trị cấp mật khẩu dùng một lần.",
    "password-throttled": "Đã nhập sai mật khẩu hiện tại quá nhiều lần. Hãy chờ {minutes} phút rồi thử lại.",
    "form-expired": "Trang này đã mở quá lâu hoặc bạn đã đăng nhập lại ở cửa sổ khác. "
    "Hãy quay lại, tải lại trang rồi gửi lần nữa.",
    "bad-request": "Máy chủ không hiểu yêu cầu này. Hãy quay lại trang trước và thử lại.",
    "method-refused": "Trang này không nhận cách gửi vừa dùng. Hãy quay lại trang trước và bấm nút trên trang.",
    "body-too-large": "Nội dung gửi lên vượt giới hạn của trang này nên chưa được nhận. Hãy rút gọn hoặc chia nhỏ "
    "rồi gửi lại.",
    "disk-full-saving": "Máy chủ đã hết chỗ lưu nên thay đổi này chưa được lưu; những gì đã lưu trước đó vẫn còn "
    "nguyên. Hãy quay lại trang trước để giữ nội dung vừa nhập, báo quản trị rồi thử lại sau.",
    "read-only": "Máy chủ đang chỉ cho đọc nên thay đổi này chưa được lưu; những gì đã lưu trước đó vẫn còn nguyên. "
    "Hãy quay lại trang trước để giữ nội dung vừa nhập, báo quản trị rồi thử lại sau.",
    "address-too-long": "Đường dẫn này dài quá mức máy chủ nhận. Hãy bớt điều kiện lọc rồi thử lại.",
    "busy": "Hệ thống đang có nhiều người lưu cùng lúc nên chưa lưu được. Hãy thử lại sau ít giây.",
    "reading-busy": "Máy chủ đang dựng hình hoặc đọc nhiều tệp khác cùng lúc. Hãy tải lại trang này sau ít giây.",
    "password-wrong": "Mật khẩu hiện tại chưa đúng.",
    "password-short": "Mật khẩu cần ít nhất {least} ký tự; nên dùng một câu ngắn dễ nhớ từ 15 ký tự.",
    "password-long": "Mật khẩu dài quá {most} ký tự.",
    "password-common": "Mật khẩu này quá phổ biến nên dễ bị đoán. Hãy chọn mật khẩu khác, ví dụ một câu ngắn chỉ bạn "
    "nhớ.",
    "password-context": "Mật khẩu không nên là tên đăng nhập, họ tên, tên đơn vị hay tên hệ thống. Hãy chọn mật khẩu "
    "khác.",
    "password-same": "Mật khẩu mới phải khác mật khẩu hiện tại.",
    "password-differs": "Hai lần nhập mật khẩu mới chưa giống nhau.",
    "password-must-change": "Hãy đổi mật khẩu dùng một lần trước khi làm việc khác.",
}

WORDING |= {
    # accounts, units, people, calls, imports
    "login-unfit": "Tên đăng nhập “{login}” chưa dùng được: chỉ gồm chữ thường không dấu, số, dấu chấm, gạch ngang, "
    "gạch dưới (tối đa 60).",
    "login-taken": "Tên đăng nhập “{login}” đã có người dùng. Hãy chọn tên khác.",
    "name-odd": "Họ tên “{name}” chỉ có một từ hoặc viết toàn chữ thường; hồ sơ và văn bản sẽ in đúng như vậy. "
    "Nếu ghi nhầm, hãy nhờ quản trị sửa trước khi nộp.",
    "name-missing": "Chưa ghi tên, hoặc tên quá dài. Hãy ghi đầy đủ như trên giấy tờ.",
    "user-self": "Không thể tự khóa tài khoản hoặc tự bỏ vai trò quản trị của mình. Hãy nhờ một quản trị khác.",
    "person-has-account": "{name} đã gắn với tài khoản {login}. Hãy gỡ ở tài khoản đó trước.",
    "grant-held": "Tài khoản đã có vai trò {role} ở đơn vị này trong khoảng thời gian đó. Hãy đổi ngày hoặc kết thúc "
    "vai trò cũ trước.",
    "dates-reversed": "Ngày bắt đầu phải trước ngày kết thúc và không sớm hơn lần thay đổi trước. Hãy kiểm tra lại "
    "ngày.",
    "date-unreadable": "Không đọc được ngày “{text}”. Hãy ghi theo mẫu 17/06/2026.",
    "instant-unreadable": "Không đọc được thời điểm “{text}”. Hãy ghi theo mẫu 17/06/2026 hoặc 17/06/2026 16:30.",
    "period-unreadable": "Không đọc được kỳ “{text}”. Hãy ghi năm học như 2025-2026 hoặc năm như 2026.",
    "choice-missing": "Chưa chọn {what}.",
    "unit-code-missing": "Chưa ghi mã đơn vị, hoặc mã dài quá 40 ký tự.",
    "unit-code-taken": "Mã đơn vị “{unit_code}” đã được dùng. Hãy chọn mã khác.",
    "unit-code-unknown": "Không có đơn vị nào mang mã “{unit_code}”. Hãy kiểm tra lại mã hoặc thêm đơn vị trước.",
    "unit-kind-missing": "Chưa ghi loại đơn vị (ví dụ: trường, cơ quan).",
    "unit-circle": "Một đơn vị không thể trực thuộc chính nó hoặc đơn vị cấp dưới của nó. Hãy chọn đơn vị cấp trên "
    "khác.",
    "unit-ended": "{name} đã kết thúc hoạt động, hoặc chưa thành lập vào ngày đó. Hãy kiểm tra lại ngày.",
    "unit-successors-missing": "Chưa chỉ rõ đơn vị nào tiếp nhận hồ sơ của {name} đối với: {schools}. Hãy chọn đơn "
    "vị kế thừa cho từng trường.",
    "unit-successor-ended": "Đơn vị kế thừa của {name} phải là một đơn vị khác còn hoạt động vào ngày đó.",
    "person-maybe-known": "Đã có người tên {name}, cùng ngày sinh. Hãy chọn người đó nếu đúng, hoặc xác nhận "
    "đây là người khác.",
    "leave-early": "Ngày thôi công tác sớm hơn ngày bắt đầu làm việc tại đơn vị ({since}). Hãy kiểm tra lại ngày.",
    "birth-unlikely": "Ngày sinh chưa đúng. Hãy ghi đủ ngày, tháng và năm bốn chữ số, ví dụ 05/02/1985.",
    "staff-code-long": "Mã nhân sự dài quá {limit} ký tự. Hãy kiểm tra lại mã.",
    "staff-code-unknown": "Danh bạ không có mã nhân sự “{staff_code}”. Hãy ghi người đó ở trang Nhân sự, "
    "hoặc để trống mã.",
    "staff-code-taken": "Mã nhân sự “{staff_code}” đã thuộc về người khác. Hãy kiểm tra lại mã.",
    "basis-missing": "Chưa ghi văn bản làm căn cứ (số, ngày, cơ quan ban hành).",
    "call-not-yet": "“{call}” chưa mở, bắt đầu nhận từ {opens}. Hồ sơ nháp vẫn còn nguyên.",
    "deadline-passed": "“{call}” đã hết hạn nhận ({closes}). Hồ sơ nháp vẫn còn nguyên; "
    "nếu có lý do chính đáng, hãy gửi đề nghị nộp muộn cho phụ trách đợt.",
    "title-missing": "Chưa ghi tên đợt, hoặc tên dài quá 300 ký tự.",
    "call-dates-reversed": "Thời điểm đóng phải sau thời điểm mở. Hãy kiểm tra lại.",
    "call-grace-early": "Hạn nộp muộn phải sau thời điểm đóng, hoặc để trống.",
    "parameter-unlikely": "{label} phải là một số từ {least} đến {most}.",
    "extension-waiting": "Đơn vị đã có một đề nghị nộp muộn đang chờ trả lời cho đợt này.",
    "extension-decided": "Đề nghị này đã được trả lời trước đó.",
    "extension-early": "Hạn gia hạn phải sau hạn của đợt ({closes}) và sau lúc này.",
    "role-unknown": "Không có vai trò “{role}”. Các vai trò: {known}.",
    "import-row": "{said}",
    "import-twice": "“{value}” xuất hiện nhiều lần trong tệp (dòng {row}). Hãy chỉ giữ một dòng.",
    "import-changed": "Dữ liệu trên hệ thống đã thay đổi sau lần kiểm tra, hoặc tệp còn lỗi. Hãy kiểm tra lại tệp "
    "rồi nhập.",
    "import-gone": "Tệp đã kiểm tra không còn trên máy chủ. Hãy chọn lại tệp và kiểm tra lần nữa.",
    "import-empty": "Tệp không có dòng nào để nhập. Hãy điền vào mẫu tải về rồi chọn lại.",
    "file-missing": "Chưa chọn tệp. Hãy chọn tệp rồi gửi lại.",
}

WORDING |= {
    # the shell: demo, backup, restore
    "demo-over-real": "Thư mục “{folder}” đang chứa một trang thật nên không đặt dữ liệu mẫu vào đó. "
    "Hãy chọn thư mục khác bằng --instance.",
    "backup-not-empty": "Thư mục “{folder}” đã có tệp khác. Hãy chọn một thư mục trống để mỗi bản sao lưu nằm riêng.",
    "backup-damaged": "Bản sao lưu không còn nguyên vẹn: tệp “{path}” thiếu hoặc không khớp mã SHA-256. "
    "Chưa có gì được khôi phục; hãy dùng bản sao lưu khác.",
    "backup-none": "“{folder}” không phải là bản sao lưu hoàn chỉnh: thiếu hoặc hỏng {manifest}. "
    "Hãy chỉ đúng thư mục mà “thidua backup” đã tạo.",
    "backup-newer": "Bản sao lưu theo định dạng {format}, bản này chỉ đọc được định dạng {known}. "
    "Hãy nâng cấp thidua rồi khôi phục.",
    "backup-blob-damaged": "Tệp {sha256} trong kho thiếu hoặc không khớp mã SHA-256 nên chưa sao lưu xong. "
    "Hãy chạy “thidua doctor --full” để biết các tệp hỏng.",
    "restore-not-empty": "Thư mục “{folder}” đã có dữ liệu nên không khôi phục đè lên. "
    "Hãy khôi phục vào một thư mục trống, ví dụ: thidua --instance thu-muc-moi restore BẢN-SAO.",
}

WORDING |= {
    # scores
    "score-missing": "“{label}” chưa được chấm. Hãy nhập số từ 0 đến {limit}; không có điểm thì nhập 0.",
    "score-not-a-number": "“{label}”: “{value}” không phải là số. Hãy nhập số, ví dụ 9 hoặc 9,5.",
    "score-negative": "“{label}”: {value} nhỏ hơn 0. Hãy nhập số từ 0 đến {limit}; điểm trừ cũng nhập không kèm dấu "
    "trừ.",
    "score-too-high": "“{label}”: {value} vượt mức tối đa {limit}. Hãy nhập số từ 0 đến {limit}.",
    "score-off-step": "“{label}”: {value} không theo bước {step} điểm. Hãy nhập {below} hoặc {above}.",
    "score-gate-missing": "“{label}” chưa được xác nhận. Hãy chọn “Đạt” hoặc “Không đạt”.",
    "score-gate-unread": "“{label}”: không hiểu “{value}”. Hãy chọn “Đạt” hoặc “Không đạt”.",
    "score-unknown": "Mục “{place}” không có trong phiếu chấm này. Hãy tải lại trang.",
    "score-evidence": "“{label}” đã được cho điểm nhưng hồ sơ chưa có “{evidence}” làm minh chứng. "
    "Hãy kiểm tra lại điểm, hoặc đề nghị bổ sung minh chứng.",
    "score-not-on-scale": "Điểm của mục “{place}” không nằm trên thang điểm này: phiếu được chấm theo bộ tiêu chí "
    "khác. Hãy chấm lại mục này hoặc báo quản trị.",
    "score-no-sheets": "Chưa có phiếu chấm nào được hoàn thành. Hãy chờ giám khảo gửi phiếu hoặc phân công lại.",
    "score-few-sheets": "Mới có {count} phiếu chấm; cần ít nhất {need} phiếu để bỏ điểm cao nhất và thấp nhất. "
    "Hãy chờ hoặc phân công thêm giám khảo.",
    "score-unfinished": "Có phiếu chấm còn thiếu {count} mục. Hãy chấm đủ rồi gửi phiếu trước khi tổng hợp.",
    "result-unreadable": "Kết quả đã lưu không đọc được. Hãy báo quản trị: cần khôi phục từ bản sao lưu.",
    "result-other-rubric": "Kết quả này được tính theo bộ tiêu chí khác (SHA-256 {sha256}…). "
    "Hãy đối chiếu với đúng bộ tiêu chí của hồ sơ.",
    "result-altered": "Kết quả đã lưu không khớp khi tính lại từ các phiếu chấm. Hãy báo quản trị: nội dung đã bị thay "
    "đổi hoặc hỏng.",
    # the whole site looked through
    "verify-missing": "Thiếu tệp {what}: có trong cơ sở dữ liệu, không có trong kho. Hãy khôi phục từ bản sao lưu.",
    "verify-altered": "Tệp {what} đã bị thay đổi: mã SHA-256 không khớp. Hãy khôi phục từ bản sao lưu.",
    "verify-size": "Tệp {what} có dung lượng khác với ghi trong cơ sở dữ liệu.",
    "verify-orphan": "Tệp {what} có trong kho nhưng không hồ sơ nào nhắc đến (tải lên dở dang). "
    "Cất riêng bằng: thidua verify --set-aside",
    "verify-unused": "Tệp {what} hiện không hồ sơ, tờ trình hay báo cáo nào dùng; vẫn được giữ.",
    "verify-version": "Phiên bản {what}: nội dung không còn khớp mã SHA-256 lúc nộp.",
    "verify-files": "Phiên bản {what}: danh sách tệp không còn khớp nội dung đã nộp.",
    "verify-definition": "Phiên bản {what}: mẫu hồ sơ không còn khớp mã SHA-256 lúc nộp.",
    "verify-result": "Kết quả {what}: {why}",
    "database-newer": "Cơ sở dữ liệu đã được một bản thidua mới hơn nâng cấp (cấu trúc {revision}). "
    "Hãy cài lại bản mới đó, hoặc khôi phục bản sao lưu làm trước khi nâng cấp; dữ liệu chưa bị động đến.",
}

WORDING |= FORM_BOOKS | JUDGING | PAGES | PAPERS
