"""Sentences that :mod:`thidua.errors` speaks, kept apart by subject so that no file grows too long."""

from __future__ import annotations

JUDGING: dict[str, str] = {
    # a judge's sheet
    "sheet-closed": "Việc chấm hồ sơ này đã chốt nên phiếu không sửa được nữa. Nếu cần chấm lại, hãy đề nghị phụ "
    "trách đợt mở lại.",
    "sheet-taken-away": "Hồ sơ này không còn được phân công cho bạn nên phần vừa nhập chưa được lưu. Nội dung vẫn còn "
    "bên dưới để bạn chép lại; nếu có nhầm lẫn, hãy liên hệ phụ trách đợt.",
    "sheet-final": "Phiếu này đã gửi nên chưa lưu được phần vừa nhập; nội dung vẫn còn trong ô. "
    "Hãy bấm “Sửa lại phiếu” trước, rồi lưu.",
    "sheet-contested": "Mục này vừa được sửa ở một cửa sổ khác thành “{theirs}”; phiếu đang giữ nội dung đó. Điểm bạn "
    "vừa nhập vẫn còn trong ô: hãy giữ hoặc sửa lại rồi lưu lần nữa.",
    "no-clean-copy": "Chưa tạo được bản không nêu tên của tệp này nên không tải về được. Hãy đọc phần chữ của tệp; nếu "
    "cần cả tệp, hãy báo phụ trách đợt.",
    "note-unmended": "Cơ quan thẩm định đã ghi “{note}” mà mục này chưa được sửa. Hãy sửa, hoặc bổ sung rồi trình lại.",
    "unit-later-fact": "Hệ thống đã ghi một thay đổi của đơn vị từ ngày {day}, sau ngày này. Hãy kiểm tra lại ngày, "
    "hoặc ghi sự kiện với ngày muộn hơn.",
    "blind-name": "“{label}” có ghi “{name}”, trong khi loại hồ sơ này được chấm không nêu tên. Hãy bỏ tên người, tên "
    "đơn vị khỏi nội dung, ví dụ viết “tác giả”, “nhà trường”.",
    "blind-name-file": "Trong tệp “{file}” có ghi “{name}”, trong khi loại hồ sơ này được chấm không nêu tên. Hãy bỏ "
    "tên người, tên đơn vị khỏi tệp rồi thay tệp.",
    "sheet-comment-long": "Nhận xét dài quá {limit} ký tự nên chưa gửi được phiếu; nội dung vẫn được giữ. "
    "Hãy viết gọn lại.",
    "conflict-own_unit": "cùng đơn vị với hồ sơ",
    "conflict-nominee": "là người được đề nghị",
    "conflict-author": "là tác giả, thành viên hoặc nhân vật của hồ sơ",
    "conflict-declared": "có xung đột lợi ích đã khai",
    "judging-ended-removed": "đã được cơ quan cho thôi chấm",
    "judging-ended-abstained": "đã từ chối chấm",
    "judging-ended-conflict": "có xung đột lợi ích",
    "judging-unassigned": "Chưa phân công giám khảo (cần {planned}).",
    "judging-few-judges": "Mới có {count} trên {planned} giám khảo. Hãy phân công thêm.",
    "judging-sheet-wanting": "Giám khảo {place} ({judge}) chưa gửi phiếu.",
    "office-sheet-missing": "Cơ quan chưa gửi phiếu chấm bên cạnh phiếu tự chấm của trường. "
    "Hãy chấm đủ và gửi phiếu trước khi kết luận đủ điều kiện.",
    "judging-office-sheet-wanting": "Cơ quan chưa gửi phiếu chấm của hồ sơ này.",
    "judging-sheet-conflict": "Phiếu của {judge} không được tính: {why}.",
    "judging-sheet-left-out": "Phiếu của {judge} không được tính: giám khảo {why}.",
    "judging-needs-third": "Chênh lệch {gap} điểm, mức cho phép là {limit}. Hãy mời giám khảo thứ ba.",
    "assign-not-a-judge": "Người được chọn không phải giám khảo của cơ quan đang thụ lý hồ sơ này.",
    "assign-nobody": "Chưa chọn giám khảo nào. Hãy đánh dấu người cần ghi.",
    "assign-conflict": "{judge} không được chấm hồ sơ này: {why}.",
    "assign-gone": "{judge} {why} ở hồ sơ này nên không phân công lại được. Hãy chọn người khác.",
    "assign-held": "Hồ sơ đã đủ giám khảo, hoặc người được chọn đã được phân công.",
    "assign-too-many": "Hồ sơ cần {planned} giám khảo và đã có {count}. Hãy chọn bớt người.",
    "assign-too-few": "Cần thêm {room} giám khảo nhưng chỉ có {count} người không vướng xung đột lợi ích.",
    "assign-not-now": "Hồ sơ đang ở trạng thái “{state}” nên không phân công chấm được.",
    "assign-no-judging": "Loại hồ sơ này không chấm bằng giám khảo.",
    "assign-nothing": "Chưa phân công được hồ sơ nào. {why}",
    "assign-changed": "Tình hình đã thay đổi sau khi xem trước. Hãy xem lại bảng dự kiến rồi xác nhận lần nữa.",
    "assignment-ended": "Giám khảo này đã thôi chấm hồ sơ từ trước.",
    "third-not-needed": "Hồ sơ này chưa cần giám khảo thứ ba: các phiếu chưa đủ, không chênh lệch quá mức, "
    "hoặc đã mời rồi.",
    "third-nobody": "Không còn giám khảo nào mời được: người đã chấm hồ sơ này và người có xung đột lợi ích "
    "không được mời. Hãy thêm giám khảo ở mục Tài khoản.",
    "third-taken": "Người được chọn đã chấm hồ sơ này hoặc có xung đột lợi ích. Hãy chọn người khác, hoặc không "
    "chọn ai để mời người đang chấm ít hồ sơ nhất.",
    "closing-hidden": "Có hồ sơ trong loại này mà bạn không được xử lý (xung đột lợi ích, hoặc thuộc cơ quan khác). "
    "Hãy nhờ một phụ trách đợt khác chốt.",
    "closing-moves-frozen": "Chốt bây giờ sẽ làm thay đổi hạng hoặc giải của hồ sơ đã có kết quả: {codes}. "
    "Hãy mở lại các hồ sơ đó rồi chốt cùng lúc.",
    "closing-nothing": "Không còn hồ sơ nào chờ chốt.",
    "closing-blocked": "Chưa chốt được. {why}",
    "closing-not-ready": "Chưa chốt được: {count} hồ sơ chưa sẵn sàng. {dossier}: {why}",
    "closing-tied": "Chưa chốt được: các hồ sơ {codes} bằng điểm ở mọi tiêu chí phụ mà chỉ một số được giải. "
    "Hãy xếp thứ tự và ghi lý do.",
    "closing-unfinished": "Còn {count} hồ sơ chưa thẩm định xong hoặc đang trả bổ sung. Hãy thẩm định xong, "
    "hoặc đánh dấu đồng ý chốt mà không có các hồ sơ đó.",
    "conclude-unsaid": "Chưa làm gì với các hồ sơ đã chọn. Hãy bấm “Công bố” hoặc “Mở lại”.",
    "closing-done": "{who} vừa chốt loại hồ sơ này. Hãy tải lại trang để xem kết quả.",
    "closing-changed": "Vừa có thay đổi (phiếu chấm, phân công, hồ sơ hoặc quy định của đợt) trong lúc chốt nên chưa "
    "ghi kết quả. Hãy xem lại bảng rồi chốt lần nữa.",
    "tie-order": "Thứ tự các hồ sơ bằng điểm chưa đúng: mỗi hồ sơ một thứ hạng khác nhau. Hãy xếp lại.",
    "call-scored": "Không đổi được {labels}: đã có phiếu chấm trong đợt này, đổi lúc này thì các phiếu trước và sau "
    "không còn theo cùng một quy định. Nếu bắt buộc phải đổi, hãy mở một đợt mới.",
}

FORM_BOOKS: dict[str, str] = {
    "form-book-foreign": "“{name}” không phải mẫu Excel của hồ sơ này. Hãy tải mẫu từ trang hồ sơ, điền vào đó rồi "
    "tải lên; không chép sang tệp khác.",
    "form-book-other-track": "Mẫu Excel này của phong trào hoặc loại hồ sơ khác; hồ sơ này là “{campaign}”, loại "
    "“{track}”. Hãy tải mẫu từ chính hồ sơ này.",
    "form-book-other-edition": "Mẫu Excel này thuộc phiên bản {given}, hồ sơ này theo phiên bản {own}. Hãy tải mẫu "
    "mới từ trang hồ sơ rồi chép nội dung sang.",
    "form-book-other-dossier": "Mẫu Excel này của hồ sơ {given}, không phải của {own}. Hãy mở đúng hồ sơ {given}, "
    "hoặc tải mẫu từ hồ sơ này.",
    "reuse-unchanged": "Còn nguyên như khi lấy lại từ hồ sơ {dossier}: {labels}. Hãy xem lại từng mục.",
    "reuse-nothing": "Không còn mục trống nào điền được từ hồ sơ trước. Hãy nhập tiếp các mục còn lại.",
    "paste-many": "“{label}”: phần dán có {count} dòng, bảng đang có {before} dòng và chỉ nhận nhiều nhất {limit} dòng "
    "nên chưa dòng nào được thêm. Hãy dán ít dòng hơn; nội dung đã dán vẫn còn trong ô.",
    "paste-wide": "“{label}”: dòng {row} của phần dán có {count} ô, bảng chỉ có {limit} cột nên chưa dòng nào được "
    "thêm. Hãy chép đúng các cột của bảng.",
}

PAPERS: dict[str, str] = {
    # reports
    "report-facts": "Mỗi dòng của số, người ký, nơi nhận có nhiều nhất {limit} ký tự, nơi nhận có nhiều nhất "
    "{lines} dòng. Hãy viết gọn lại.",
    "report-choice": "Phụ trách đợt quyết định thứ tự giữa các hồ sơ bằng điểm: {names}. Lý do: {why}",
    "report-count": "Báo cáo gồm {count} hồ sơ ({cover}).",
    "report-cover": "Chưa chọn phạm vi hồ sơ của báo cáo. Hãy chọn lại.",
    "report-build-failed": "Văn bản riêng của phong trào chưa lập được vì phần mềm của phong trào gặp lỗi; tệp Word ở "
    "đây là mẫu chung. Hãy báo người quản trị, sau đó lập lại báo cáo.",
    "report-build-slow": "Văn bản riêng của phong trào chưa lập xong sau {seconds} giây nên đã dừng; tệp Word ở đây là "
    "mẫu chung. Hãy báo người quản trị, sau đó lập lại báo cáo.",
    "report-build-heavy": "Văn bản riêng của phong trào quá lớn nên đã dừng; tệp Word ở đây là mẫu chung. Hãy báo "
    "người quản trị, sau đó lập lại báo cáo.",
    "report-partly": "Báo cáo không gồm một số hồ sơ cùng phạm vi mà người lập báo cáo không được xem.",
    "report-day": "Ngày chưa đúng. Hãy viết ngày/tháng/năm, ví dụ 05/03/2026.",
    "report-failed": "Chưa lập được báo cáo. Hệ thống sẽ tự thử lại; nếu vẫn không được, hãy báo người quản trị "
    "xem trang “Tình trạng”.",
    # what thidua check-docx finds
    "docx-unreadable": "“{name}” không phải tệp Word đọc được. Hãy mở bằng Word và lưu lại thành .docx.",
    "docx-right": "“{name}”: đúng thể thức ở mọi điểm soát được.",
    "docx-wrong": "“{name}”: {count} chỗ chưa đúng thể thức.",
    "docx-place": "Đoạn {n} “{text}”",
    "docx-place-section": "Phần (section) {n}",
    "docx-place-whole": "Toàn văn bản",
    "docx-more": "còn {found} chỗ nữa cùng loại",
    "docx-page": "khổ giấy {found} mm, cần A4 ({wanted} mm)",
    "docx-margin-top": "lề trên {found} mm, cần {wanted} mm",
    "docx-margin-bottom": "lề dưới {found} mm, cần {wanted} mm",
    "docx-margin-left": "lề trái {found} mm, cần {wanted} mm",
    "docx-margin-right": "lề phải {found} mm, cần {wanted} mm",
    "docx-number-none": "thiếu số trang; đặt chữ số Ả Rập ở giữa lề trên, từ trang 2",
    "docx-number-below": "số trang nằm ở chân trang; chuyển lên giữa lề trên",
    "docx-number-first": "số trang hiện cả ở trang đầu; chọn “Different First Page” để trang 1 không có số",
    "docx-number-align": "số trang chưa canh giữa (đang là {found})",
    "docx-number-size": "số trang cỡ {found}, cần cỡ {wanted}",
    "docx-font": "phông chữ {found}, cần {wanted}",
    "docx-color": "chữ màu {found}, cần màu đen",
    "docx-size": "cỡ chữ {found}, nội dung cần cỡ {wanted}",
    "docx-align": "nội dung chưa canh đều hai lề (đang là {found})",
    "docx-indent": "dòng đầu lùi {found} mm, cần {wanted} mm",
    "docx-line": "các dòng cách nhau {found} lần dòng đơn, cần {wanted}",
    "docx-gap": "cách đoạn trước {found} pt, cần ít nhất {wanted} pt",
    "docx-nation": "Quốc hiệu",
    "docx-motto": "Tiêu ngữ",
    "docx-issuer": "tên cơ quan ban hành",
    "docx-reference": "số, ký hiệu",
    "docx-day": "địa danh và thời gian ban hành",
    "docx-title": "tên loại văn bản",
    "docx-about": "trích yếu nội dung",
    "docx-copies": "Nơi nhận",
    "docx-signer": "chức vụ, họ tên người ký",
    "docx-part-none": "thiếu {part}",
    "docx-part-wording": "{part} ghi “{found}”, cần “{wanted}”",
    "docx-part-size": "{part} cỡ {found}, cần cỡ {wanted}",
    "docx-part-bold": "{part} chưa in đậm",
    "docx-part-italic": "{part} chưa in nghiêng",
    "docx-reference-form": "số, ký hiệu ghi “{found}”, cần theo mẫu “{wanted}”",
    "docx-reference-zero": "số nhỏ hơn 10 ghi “{found}”, cần thêm số 0: “{wanted}”",
    "docx-reference-blank": "ký hiệu “{found}” có khoảng trắng cạnh dấu gạch nối; bỏ khoảng trắng",
    "docx-day-zero": "ngày nhỏ hơn 10, tháng 1 và 2 phải thêm số 0 phía trước (đang ghi {found})",
    "docx-copies-line": "dòng nơi nhận cỡ {found}, cần cỡ {wanted}",
    "docx-copies-kept": "nơi nhận thiếu dòng “Lưu: …”",
    "docx-signer-name": "dưới chức vụ thiếu họ tên người ký",
}

SETTINGS: dict[str, str] = {
    "secret": "secret_key còn thiếu hoặc quá yếu: cần ít nhất {least} ký tự ngẫu nhiên. Lệnh “thidua init” tạo sẵn "
    "khóa này.",
    "address": "address phải bắt đầu bằng http:// hoặc https://; đang ghi “{value}”.",
    "colour": "colour phải có dạng #9B1C1C; đang ghi “{value}”.",
    "search-engine": "search_engine phải là tên của một bộ tìm kiếm (chữ thường, số, gạch ngang); đang ghi “{value}”.",
    "log-format": "log_format phải là “text” hoặc “json”; đang ghi “{value}”.",
    "least": "{name} phải từ {least} trở lên; đang ghi {value}.",
    "none": "không có tệp {file} trong “{folder}”. Hãy chạy “thidua init” ở đó trước.",
    "toml": "{path} không đúng cú pháp TOML ({why}).",
    "plugins": "{path}: plugins phải là một bảng, ví dụ dòng [plugins] rồi dòng off = [].",
    "unknown": "{where}: không có mục cài đặt tên “{name}”. Các mục có thể ghi: {known}.",
    "kind": "{where}: {name} phải là {kind}; đang ghi {value}.",
    "variable": "biến {name}",
    "str": "chữ trong ngoặc kép",
    "int": "số nguyên không kèm ngoặc kép",
    "bool": "true hoặc false",
    "frozenset[str]": 'danh sách tên, ví dụ ["ten-goi"]',
}
"""What is wrong with the settings of a site; read by whoever runs it."""

PAGES: dict[str, str] = {
    # pages of the dossier's life
    "letter-day-ahead": "Ngày tờ trình ở sau ngày nộp. Hãy ghi ngày hôm nay ({today}) hoặc ngày trước đó.",
    "letter-day": "Ngày tờ trình chưa đúng. Hãy nhập theo dạng ngày/tháng/năm, ví dụ 10/03/2026.",
    "scan-missing": "Chưa chọn tệp bản ký, đóng dấu. Hãy chọn tệp .pdf, .jpg hoặc .png rồi bấm “Đính kèm”.",
    "files-too-many": "Mỗi lần chỉ nhận {limit} tệp mà bạn chọn {count} tệp nên chưa tệp nào được nhận. Hãy chia ra "
    "nhiều lần.",
    "file-not-chosen": "Chưa chọn tệp nào. Hãy chọn tệp trên máy rồi bấm “Tải lên”.",
    "part-conflict": "“{label}” vừa được người khác sửa. Hãy chọn bản cần giữ rồi lưu lại.",
    "part-unknown": "{count} mục gửi lên không có trong mẫu nên đã được bỏ qua; các mục khác đã lưu.",
}
