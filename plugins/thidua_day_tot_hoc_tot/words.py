"""The material of the samples: names, subjects, deeds. All of it is made up."""

from __future__ import annotations

from dataclasses import dataclass

FAMILIES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Doãn",
    "Đoàn",
    "Bùi",
    "Đỗ",
    "Ngô",
    "Dương",
    "Đinh",
    "Lý",
)
WOMEN = (
    "Thị Hoà",
    "Thị Hòa",
    "Thị Điệp",
    "Thị Diệp",
    "Thuý Hằng",
    "Thúy Hằng",
    "Thị Thanh Thuỷ",
    "Thị Thanh Thủy",
    "Khánh Ly",
    "Thị Mai",
    "Ngọc Ánh",
    "Thị Ân",
    "Bích Đào",
    "Thị Dung",
    "Minh Nguyệt",
    "Thu Quý",
)
MEN = (
    "Văn Dũng",
    "Văn Đũng",
    "Minh Đức",
    "Đức Toàn",
    "Văn Khoẻ",
    "Văn Khỏe",
    "Quang Huy",
    "Hữu Đạt",
    "Xuân Trường",
    "Văn Hoà",
    "Văn Hòa",
    "Tiến Dân",
)
COMMON_NAMES = ("Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "Nguyễn Văn Dũng", "Trần Thị Mai")
"""Given often, so that a site of sixty dossiers has namesakes."""

PLACES = (
    "Đông Anh, Hà Nội",
    "Gia Lâm, Hà Nội",
    "Từ Sơn, Bắc Ninh",
    "Ý Yên, Nam Định",
    "Kim Bảng, Hà Nam",
    "Đô Lương, Nghệ An",
)
PEOPLES = ("Kinh", "Kinh", "Kinh", "Tày", "Mường", "Nùng")


@dataclass(frozen=True)
class Subject:
    """What somebody teaches, and what can be told of it."""

    name: str
    team: str
    levels: tuple[str, ...]
    indicators: tuple[str, ...]
    deeds: tuple[str, ...]
    initiatives: tuple[str, ...]
    contests: tuple[str, ...]


SUBJECTS = (
    Subject(
        "Toán",
        "Tổ Toán – Tin",
        ("thcs", "thpt"),
        (
            "Tỉ lệ học sinh đạt điểm khá, giỏi môn Toán",
            "Tỉ lệ học sinh đạt điểm từ trung bình trở lên khi thi vào lớp 10",
        ),
        (
            "Tôi phân hoá bài tập theo ba mức, mỗi tiết dành mười phút cuối để học sinh tự chữa lỗi sai của mình.",
            "Mỗi tuần tôi mở một buổi phụ đạo không thu tiền "
            "cho nhóm học sinh còn hổng kiến thức về phân thức và phương trình.",
            "Học sinh lập sổ ghi lỗi sai, cuối tháng trao đổi theo cặp và tự ra đề cho nhau.",
        ),
        (
            "Dùng sổ ghi lỗi sai để nâng kết quả học đại số lớp 8",
            "Thiết kế phiếu học tập phân hoá trong dạy hình học lớp 9",
        ),
        ("Nhì môn Toán kì thi học sinh giỏi lớp 9 cấp thành phố", "Ba cuộc thi giải toán qua mạng"),
    ),
    Subject(
        "Ngữ văn",
        "Tổ Ngữ văn",
        ("thcs", "thpt"),
        ("Tỉ lệ học sinh đạt điểm khá, giỏi môn Ngữ văn", "Tỉ lệ học sinh đọc đủ năm cuốn sách trong năm"),
        (
            "Tôi tổ chức góc đọc mở ngay tại lớp, "
            "mỗi học sinh giới thiệu một cuốn sách trong tiết sinh hoạt cuối tháng.",
            "Trong giờ viết, học sinh nhận xét bài của bạn theo bảng kiểm rồi mới nộp bản hoàn chỉnh cho giáo viên.",
            "Các em sân khấu hoá trích đoạn truyện dân gian, tự viết lời thoại và làm đạo cụ từ vật liệu cũ.",
        ),
        (
            "Bảng kiểm tự đánh giá bài viết nghị luận cho học sinh lớp 9",
            "Sân khấu hoá tác phẩm văn học dân gian ở lớp 10",
        ),
        (
            "Nhất cuộc thi viết thư quốc tế UPU cấp thành phố",
            "Khuyến khích môn Ngữ văn kì thi học sinh giỏi cấp thành phố",
        ),
    ),
    Subject(
        "Khoa học tự nhiên",
        "Tổ Khoa học tự nhiên",
        ("thcs",),
        ("Tỉ lệ học sinh đạt mức tốt môn Khoa học tự nhiên", "Tỉ lệ tiết dạy có thí nghiệm thực hành"),
        (
            "Tôi tận dụng chai nhựa, ống hút và pin cũ để làm bộ thí nghiệm về áp suất, mạch điện cho cả khối.",
            "Nhóm học sinh theo dõi chất lượng nước của con mương sau trường suốt một học kì "
            "và báo cáo trước toàn trường.",
            "Vườn rau thuỷ canh sau dãy nhà C trở thành nơi học sinh đo, ghi chép và so sánh sự sinh trưởng của cây.",
        ),
        (
            "Bộ thí nghiệm từ vật liệu tái chế trong dạy Khoa học tự nhiên lớp 7",
            "Dự án quan trắc nước mương cùng học sinh lớp 8",
        ),
        ("Ba cuộc thi khoa học kĩ thuật cấp thành phố", "Nhì hội thi đồ dùng dạy học tự làm"),
    ),
    Subject(
        "Tiếng Anh",
        "Tổ Ngoại ngữ",
        ("tieu-hoc", "thcs", "thpt"),
        ("Tỉ lệ học sinh đạt chuẩn đầu ra môn Tiếng Anh", "Tỉ lệ học sinh tham gia câu lạc bộ tiếng Anh"),
        (
            "Câu lạc bộ tiếng Anh sinh hoạt chiều thứ năm, học sinh lớp lớn dẫn chương trình cho lớp nhỏ.",
            "Tôi ghi âm bài nghe ngắn bằng giọng của chính học sinh, giúp các em bớt ngại nói trước lớp.",
            "Mỗi tháng một lớp kết nối trực tuyến với trường bạn ở tỉnh khác để trò chuyện theo chủ đề.",
        ),
        ("Nhật kí nói một phút mỗi ngày cho học sinh lớp 6", "Kết nối lớp học trực tuyến trong dạy nói tiếng Anh"),
        ("Nhì cuộc thi Olympic tiếng Anh cấp thành phố", "Ba hội thi hùng biện tiếng Anh"),
    ),
    Subject(
        "Giáo viên chủ nhiệm lớp 1",
        "Tổ chuyên môn khối 1",
        ("tieu-hoc",),
        ("Tỉ lệ học sinh hoàn thành tốt môn Tiếng Việt", "Tỉ lệ học sinh hoàn thành tốt môn Toán"),
        (
            "Tôi kèm riêng từng em đọc chậm mười lăm phút đầu giờ, ghi tiến bộ vào cuốn sổ hoa gửi về gia đình.",
            "Bộ thẻ chữ bằng nam châm do phụ huynh cùng làm giúp các em ghép vần mà không sợ sai.",
            "Góc đồ chơi dân gian trong giờ ra chơi giúp những em mới chuyển đến làm quen với bạn.",
        ),
        ("Sổ hoa tiến bộ giúp học sinh lớp 1 đọc trôi chảy", "Bộ thẻ chữ nam châm trong dạy học vần"),
        ("Nhất giao lưu Viết chữ đẹp cấp thành phố", "Nhì ngày hội Trạng nguyên nhỏ tuổi"),
    ),
    Subject(
        "Giáo viên mẫu giáo 5 tuổi",
        "Tổ mẫu giáo lớn",
        ("mam-non",),
        ("Tỉ lệ trẻ đạt bộ chuẩn phát triển trẻ 5 tuổi", "Tỉ lệ chuyên cần của trẻ"),
        (
            "Sân chơi cát và nước do cô và phụ huynh cùng dựng là nơi trẻ học đong, đếm và so sánh mỗi ngày.",
            "Tôi kể chuyện bằng rối tay làm từ tất cũ, trẻ tự đặt lời thoại và đổi đoạn kết.",
            "Mỗi sáng thứ hai, trẻ chọn việc tự phục vụ của tuần và tự dán hình vào bảng khi làm xong.",
        ),
        (
            "Rối tay từ tất cũ giúp trẻ 5 tuổi phát triển ngôn ngữ",
            "Góc cát và nước trong giáo dục trẻ làm quen với toán",
        ),
        ("Nhì hội thi giáo viên dạy giỏi mầm non cấp thành phố", "Ba hội thi đồ dùng đồ chơi tự tạo"),
    ),
    Subject(
        "Tin học",
        "Tổ Toán – Tin",
        ("tieu-hoc", "thcs", "thpt"),
        ("Tỉ lệ học sinh hoàn thành sản phẩm số cuối kì", "Tỉ lệ giáo viên dùng kho học liệu số của trường"),
        (
            "Tôi dựng kho học liệu số dùng chung cho cả trường, xếp theo bài học và có hướng dẫn ngắn cho đồng nghiệp.",
            "Học sinh lập trình trò chơi ôn tập các môn rồi tặng lại cho lớp dưới dùng trong giờ tự học.",
            "Tôi tập huấn bốn buổi cho giáo viên lớn tuổi về ra đề và chấm bài trên nền tảng số.",
        ),
        ("Kho học liệu số môn Tin học dùng chung", "Học sinh lập trình trò chơi ôn tập cho lớp dưới"),
        ("Nhì hội thi Tin học trẻ cấp thành phố", "Ba cuộc thi thiết kế bài giảng điện tử"),
    ),
)

GRADES = {
    "mam-non": ("5 tuổi ",),
    "tieu-hoc": ("1", "2", "3"),
    "thcs": ("6", "7", "8", "9"),
    "thpt": ("10", "11", "12"),
}
DUTIES = ("bồi dưỡng học sinh giỏi", "phụ đạo học sinh còn chậm", "dạy thay khi đồng nghiệp nghỉ thai sản")
OFFICES = ("tham gia ban chấp hành Công đoàn", "phụ trách câu lạc bộ của trường", "hướng dẫn giáo viên mới")

OPENINGS = (
    "Trong kỳ đề nghị, tôi luôn hoàn thành nhiệm vụ được giao, chấp hành quy chế chuyên môn và nền nếp của nhà trường.",
    "Tôi xác định việc dạy tốt bắt đầu từ việc hiểu từng học trò, "
    "nên đầu năm nào cũng dành hai tuần khảo sát và gặp gỡ gia đình.",
    "Bám sát kế hoạch năm học của nhà trường, "
    "tôi đặt ba việc phải làm được: lớp có nền nếp, giờ học có thực hành, không em nào bị bỏ lại.",
)
SOCIAL = (
    "Tôi cùng Công đoàn vận động được 42 suất quà Tết cho học sinh có hoàn cảnh khó khăn.",
    "Tôi hiến máu tình nguyện hai lần và tham gia đội thanh niên xung kích khi bão số 3 gây ngập sân trường.",
    "Tôi nhận đỡ đầu một học sinh mồ côi, hỗ trợ sách vở và học phí cả năm học.",
    "Tôi phụ trách tủ sách dùng chung, quyên góp thêm 310 đầu sách cho học sinh.",
)
DIGITAL = (
    "Sổ điểm, kế hoạch bài dạy và học bạ đều được thực hiện trên phần mềm của ngành, đúng hạn.",
    "Ngân hàng 600 câu hỏi do tôi xây dựng được đồng nghiệp trong cụm trường dùng chung.",
    "Tôi dùng bảng tương tác và lớp học trực tuyến để giao bài, nhận xét từng em trong ngày.",
)
OPINIONS = (
    "Tổ chuyên môn nhất trí đề nghị; thành tích kê khai đúng thực tế.",
    "Đồng nghiệp tin tưởng, phụ huynh quý mến. Tổ nhất trí 100 % đề nghị khen thưởng.",
    "Công đoàn nhà trường nhất trí với nội dung báo cáo và đề nghị cấp trên xem xét.",
)
ISSUERS = ("Hiệu trưởng nhà trường", "Chủ tịch UBND quận", "Giám đốc Sở Giáo dục và Đào tạo", "Chủ tịch UBND thành phố")
TITLES = (
    "Lao động tiên tiến",
    "Chiến sĩ thi đua cơ sở",
    "Giáo viên dạy giỏi cấp trường",
    "Giáo viên dạy giỏi cấp thành phố",
)
AWARDS = ("Giấy khen của Hiệu trưởng", "Giấy khen của Chủ tịch UBND quận", "Bằng khen của Chủ tịch UBND thành phố")
