"""The material of the samples: initiatives, schools' means. All of it is made up."""

from __future__ import annotations

from dataclasses import dataclass

FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Đinh")
WOMEN = ("Thị Hoà", "Thị Điệp", "Thuý Hằng", "Thị Thanh Thuỷ", "Thị Mai", "Ngọc Ánh", "Bích Đào", "Thu Quý")
MEN = ("Văn Dũng", "Minh Đức", "Đức Toàn", "Quốc Khánh", "Quang Huy", "Hữu Đạt", "Xuân Trường", "Tiến Dân")
POSTS = ("Giáo viên", "Giáo viên", "Tổ trưởng chuyên môn", "Phó Hiệu trưởng", "Nhân viên thư viện")


@dataclass(frozen=True)
class Idea:
    """An initiative: what it is called, what it was, what it does, and what it changed."""

    titles: tuple[str, ...]
    levels: tuple[str, ...]
    areas: tuple[str, ...]
    before: str
    solution: tuple[str, ...]
    fresh: str
    effect: str
    figures: tuple[tuple[str, str, int, int], ...]
    personal: bool


IDEAS = (
    Idea(
        (
            "Kho học liệu số môn Tin học dùng chung cho cụm trường",
            "Kho học liệu số môn Tin dùng chung trong tổ chuyên môn",
            "Xây dựng kho học liệu số môn Tin học có kiểm duyệt chéo",
        ),
        ("tieu-hoc", "thcs", "thpt"),
        ("day-hoc",),
        "Mỗi giáo viên giữ bài giảng trên máy riêng; cùng một bài mà cả tổ soạn lại nhiều lần, "
        "khi đổi máy thì mất. Giáo viên mới không có nơi tham khảo.",
        (
            "Tổ lập một kho chung, xếp theo lớp, chủ đề và yêu cầu cần đạt; mỗi bài có phiếu mô tả ngắn.",
            "Bài đưa lên được hai đồng nghiệp đọc trước khi dùng, góp ý ngay trên phiếu; "
            "bài quá hai năm không sửa được chuyển sang mục lưu.",
            "Học sinh xem lại bài ở nhà bằng mã QR in trên phiếu học tập, không cần tài khoản.",
        ),
        "Khác với các kho tải lên tự do, bài nào cũng có người duyệt và hạn dùng, nên không bị cũ và không trùng.",
        "Giáo viên dành thời gian soạn bài cho việc theo dõi học sinh; các tiết dạy thay không còn bị trống.",
        (("Thời gian soạn một bài", "phút", 120, 45), ("Bài có học liệu dùng chung", "bài", 18, 164)),
        personal=False,
    ),
    Idea(
        (
            "Sổ theo dõi tiến bộ điện tử giúp học sinh lớp 1 đọc trôi chảy",
            "Ghi tiến bộ đọc của học sinh lớp 1 bằng bảng tính dùng chung",
        ),
        ("tieu-hoc",),
        ("kiem-tra", "phu-huynh"),
        "Nhận xét ghi trong vở, gia đình chỉ biết con đọc chậm khi họp phụ huynh giữa kì.",
        (
            "Mỗi ngày giáo viên ghi một dòng cho năm em: đọc được mấy tiếng, vướng vần nào; "
            "bảng tự tô màu những em ba ngày chưa tiến bộ.",
            "Cuối tuần gia đình nhận nhận xét riêng của con cùng hai vần cần luyện.",
        ),
        "Nhận xét ngắn, đều và gắn với từng vần, thay cho nhận xét chung cuối tháng.",
        "Không còn học sinh phải rèn đọc trong hè; phụ huynh chủ động luyện cùng con mỗi tối.",
        (("Học sinh đọc đạt yêu cầu cuối kì I", "%", 71, 94), ("Phụ huynh phản hồi hằng tuần", "người", 6, 31)),
        personal=True,
    ),
    Idea(
        (
            "Đăng kí suất ăn bán trú và báo vắng qua biểu mẫu trực tuyến",
            "Biểu mẫu trực tuyến báo vắng, đăng kí suất ăn bán trú",
        ),
        ("mam-non", "tieu-hoc"),
        ("quan-tri", "phu-huynh"),
        "Giáo viên gọi điện từng phụ huynh, cộng tay rồi báo bếp; hay thừa suất ăn, chậm giờ học.",
        (
            "Phụ huynh báo vắng trước bảy giờ sáng bằng một biểu mẫu; bảng tổng hợp theo lớp hiện ngay ở bếp.",
            "Kế toán đối chiếu cuối tháng từ cùng bảng đó nên không phải nhập lại.",
        ),
        "Một lần nhập dùng cho bốn người: giáo viên, bếp, kế toán, phụ huynh.",
        "Bếp nấu đủ suất, phụ huynh được trừ tiền đúng ngày, giáo viên đón trẻ thay vì gọi điện.",
        (("Suất ăn thừa mỗi tuần", "suất", 37, 4), ("Thời gian tổng hợp mỗi sáng", "phút", 40, 5)),
        personal=True,
    ),
    Idea(
        (
            "Ngân hàng câu hỏi Toán có ma trận và lời giải gợi ý trên phòng máy",
            "Kiểm tra thường xuyên môn Toán trên phòng máy với ngân hàng câu hỏi chung",
        ),
        ("thcs", "thpt"),
        ("kiem-tra", "day-hoc"),
        "Đề in giấy, chấm tay, trả bài sau một tuần; học sinh không nhớ mình sai ở đâu.",
        (
            "Tổ xây dựng 640 câu hỏi theo ma trận, mỗi câu có gợi ý từng bước và lỗi hay gặp.",
            "Làm xong học sinh biết ngay bước sai và được giao ba câu cùng dạng; giáo viên thấy lỗi chung của lớp.",
        ),
        "Gợi ý gắn với lỗi chứ không chỉ báo đúng sai; đề của hai lớp tương đương nhờ ma trận.",
        "Học sinh tự ôn nhiều hơn, giờ chữa bài tập trung vào ba lỗi phổ biến nhất.",
        (("Thời gian trả bài", "ngày", 7, 0), ("Học sinh đạt từ trung bình trở lên", "%", 78, 91)),
        personal=True,
    ),
    Idea(
        (
            "Thí nghiệm ảo kết hợp thí nghiệm thật trong dạy Khoa học tự nhiên",
            "Chuẩn bị giờ thực hành Khoa học tự nhiên bằng mô phỏng trực tuyến",
        ),
        ("thcs",),
        ("day-hoc", "an-toan"),
        "Bộ thí nghiệm dùng chung cho nhiều lớp, mỗi nhóm chỉ làm được một lần và hay làm hỏng.",
        (
            "Trước giờ thực hành, học sinh làm thử trên mô phỏng, ghi dự đoán vào phiếu.",
            "Trong giờ, các em làm thí nghiệm thật rồi so với dự đoán; chênh lệch được đem ra bàn.",
        ),
        "Mô phỏng dùng để đặt câu hỏi cho thí nghiệm thật, không thay thế nó.",
        "Dụng cụ ít hỏng hơn, nhóm nào cũng hoàn thành; học sinh biết giải thích sai số.",
        (("Nhóm hoàn thành thí nghiệm trong giờ", "%", 55, 92), ("Dụng cụ hỏng mỗi học kì", "chiếc", 23, 6)),
        personal=False,
    ),
)

SPREAD = (
    "Chỉ cần máy tính có mạng và tài khoản miễn phí của ngành; tập huấn trong một buổi chiều.",
    "Tài liệu hướng dẫn dài bốn trang, kèm ba đoạn phim ngắn; trường bạn tự làm được trong hai tuần.",
    "Đã báo cáo tại sinh hoạt chuyên môn cụm; các trường nhận bộ mẫu để điền tên lớp của mình.",
)
CARE = (
    "Dữ liệu lưu trong tài khoản của ngành, chỉ giáo viên chủ nhiệm và ban giám hiệu xem được; "
    "cuối năm xoá phần nhận xét, giữ số liệu không tên. Cha mẹ kí phiếu đồng ý đầu năm.",
    "Bảng chung chỉ ghi mã số của học sinh; danh sách mã do văn thư giữ. Sao lưu mỗi tuần vào ổ của trường.",
)
AI = (
    "Dùng để gợi ý câu hỏi nháp; hai giáo viên kiểm tra từng câu trước khi đưa vào kho, không đưa tên học sinh vào.",
    "Dùng để chuyển bài đọc thành âm thanh; giáo viên nghe lại toàn bộ trước khi phát cho học sinh.",
)
NEIGHBOURS = ("Trường Tiểu học Bồ Đề", "Trường THCS Sông Đuống", "Trường Mầm non Bình Minh", "Trường THPT Cổ Loa")
PLATFORMS = ("Nền tảng họp trực tuyến của ngành", "Phần mềm lớp học trực tuyến do Sở cấp")
GOOD = (
    "Giáo viên lớn tuổi được một đồng nghiệp trẻ kèm theo cặp nên cả trường dùng được hệ thống trong một học kì.",
    "Học bạ điện tử kí số đúng hạn; phụ huynh tra cứu không cần đến trường.",
    "Phòng máy cũ, đường truyền chậm vào giờ cao điểm; trường chia ca để lớp nào cũng được học.",
)
COLLECTIVES = (
    "Tập thể nhà trường",
    "Tập thể cán bộ, giáo viên, nhân viên",
    "Ban chỉ đạo chuyển đổi số của trường",
    "Tổ công nghệ số của trường",
    "Nhà trường và tổ công nghệ số",
)
SUBJECTS = {
    "mam-non": ("Làm quen với toán", "Kể chuyện, thơ", "Âm nhạc", "Khám phá khoa học"),
    "tieu-hoc": ("Toán", "Tiếng Việt", "Tiếng Anh", "Tin học và Công nghệ"),
    "thcs": ("Toán", "Ngữ văn", "Khoa học tự nhiên", "Tiếng Anh", "Tin học"),
}
GRADES = {
    "mam-non": ("Mẫu giáo bé", "Mẫu giáo nhỡ", "Mẫu giáo lớn"),
    "tieu-hoc": ("Khối 1", "Khối 2", "Khối 3", "Khối 4", "Khối 5"),
    "thcs": ("Tổ tự nhiên", "Tổ xã hội", "Tổ ngoại ngữ"),
}
