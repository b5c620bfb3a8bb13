"""The material of the samples: people written about, and what can be told of them. All of it is made up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hero:
    """Somebody written about. ``{ten}`` in the paragraphs stands for how the text calls them."""

    kind: str
    names: tuple[tuple[str, str], ...]
    """As printed, and as the text calls them."""
    unit: str
    address: str
    district: str
    commune: str
    work: str
    titles: tuple[str, ...]
    deeds: tuple[str, ...]


HEROES = (
    Hero(
        "ca-nhan",
        (("Nguyễn Thị Nhài", "cô Nhài"), ("Đặng Thị Mùi", "cô Mùi")),
        "Lớp học tình thương thôn Bãi Giữa",
        "Thôn Bãi Giữa, ven sông Đuống",
        "Huyện Gia Lâm",
        "Xã Phù Đổng",
        "hoc-sinh",
        ("Lớp học trên gác chợ", "Người thắp đèn ở xóm vạn đò", "Con chữ qua mùa nước nổi"),
        (
            "Tối nào cũng vậy, cơm nước xong {ten} lại đạp xe ra xóm vạn đò, chiếc đèn tích điện buộc ở ghi đông. "
            "Lớp có mười bốn em, đứa lớn nhất mười ba tuổi mới biết đánh vần, đứa bé nhất ngồi trong lòng chị. Bàn "
            "là ván thuyền cũ gác lên gạch, bảng là cánh cửa sơn đen. Mưa thì dột, nhưng hiếm khi sĩ số vơi.",
            "Mùa nước lên, bãi ngập trắng, lớp dời lên gác chợ. {ten} đi xin điện của trạm bơm, mượn bạt của ban "
            "quản lý, tự tay quây ba phía cho kín gió. Có hôm nước về nhanh, phụ huynh chèo thuyền đón con, {ten} ở "
            "lại sau cùng để đếm đủ từng em một rồi mới xuống bến.",
            "Dạy chữ chưa đủ, {ten} lần theo từng gia đình làm giấy khai sinh cho các em. Tám hồ sơ, mười một lần "
            "lên xã, hai lần về tận Thái Bình xin xác nhận quê quán. Ngày cầm tờ giấy đầu tiên, bố của Tí khóc, vì "
            "từ nay con ông có tên trong sổ hộ tịch và được đến trường như mọi đứa trẻ khác.",
            "Sau bốn năm, chín em của lớp đã vào trường công lập. Em Lụa, ngày trước nhặt ve chai ở chân cầu, năm "
            "ngoái thi đỗ lớp 10 với điểm Văn cao nhất cụm. Thư em gửi về chỉ có một dòng: em sẽ học sư phạm để về "
            "dạy lại đúng cái gác chợ ấy. {ten} ép bức thư vào trang đầu sổ điểm danh.",
            "Lương giáo viên hợp đồng không nhiều, {ten} vẫn trích mỗi tháng ba trăm nghìn mua vở. Biết chuyện, các "
            "tiểu thương góp nhau hộp bút, tấm áo mưa; ông chủ vựa cá cho mượn hẳn một gian kho. Từ một người thành "
            "ba mươi người, lớp học nhỏ có thêm thư viện hai trăm đầu sách xếp trong thùng xốp.",
        ),
    ),
    Hero(
        "ca-nhan",
        (("Trần Văn Lục", "bác Lục"), ("Phùng Văn Bảo", "bác Bảo")),
        "Tổ dân phố số 7",
        "Số 12 ngõ Trường, tổ dân phố số 7",
        "Quận Long Biên",
        "Phường Bồ Đề",
        "cong-dong",
        ("Tiệm sửa xe không bảng giá", "Những vòng xe đến lớp", "Người ráp xe ở đầu ngõ"),
        (
            "Tiệm của {ten} rộng chừng bốn mét vuông, không biển hiệu, chỉ có tấm bìa viết phấn: học sinh vá săm "
            "miễn phí. Từ bốn rưỡi chiều, trước cửa đã dựng một hàng xe nghiêng ngả. Đôi bàn tay đen dầu của người "
            "thợ ngoài sáu mươi cứ thoăn thoắt, miệng vẫn hỏi hôm nay cháu được mấy điểm.",
            "Ba năm trước, thấy một cậu bé lớp 6 đi bộ bảy cây số tới trường, {ten} gom khung cũ từ bãi phế liệu, "
            "cạo gỉ, sơn lại, lắp thành chiếc xe đầu tiên để tặng. Đến nay đã có một trăm linh sáu chiếc lăn bánh "
            "khỏi tiệm, chiếc nào cũng dán tên người nhận và một câu dặn: nhớ đi bên phải đường.",
            "Thứ bảy hằng tuần, {ten} mở lớp dạy nghề cho những em bỏ học giữa chừng. Không thu học phí, lại nuôi "
            "cơm trưa. Bốn học trò đầu tiên giờ có tiệm riêng ở Đông Anh, Sóc Sơn; mỗi tháng các em quay về một buổi "
            "phụ thầy ráp xe tặng, coi như trả lại phần cơm đã ăn.",
            "Ít ai biết {ten} là thương binh hạng ba, chân trái còn mảnh đạn. Trời trở lạnh, ông ngồi sửa xe với "
            "chiếc chăn quấn ngang gối. Hỏi sao không nghỉ, ông cười: ngày xưa đồng đội cõng mình qua suối, nay mình "
            "cõng lũ trẻ qua quãng đường tới lớp, có gì đâu mà kể.",
            "Từ tiệm xe của {ten}, tổ dân phố lập quỹ mang tên Vòng xe đến lớp. Mỗi nhà góp một vật cũ dùng được: "
            "chiếc yên, đôi bàn đạp, cái chuông. Nhà trường nhận việc rà danh sách học sinh ở xa, đoàn thanh niên lo "
            "chở xe. Một việc riêng đã thành việc của cả phố như thế.",
        ),
    ),
    Hero(
        "ca-nhan",
        (("Lê Minh Trí", "thầy Trí"), ("Hoàng Công Sơn", "thầy Sơn")),
        "Trường Tiểu học Ngọc Lâm",
        "Phố Ngọc Lâm",
        "Quận Long Biên",
        "Phường Bồ Đề",
        "chuyen-doi-so",
        (
            "Kho bài giảng của người thầy không màn hình",
            "Thầy giáo và chiếc máy tính hồi sinh",
            "Bài giảng đi trước bình minh",
        ),
        (
            "Năm học trực tuyến, trường có bốn mươi mốt học sinh không máy. {ten} xin máy hỏng của các cơ quan, thay "
            "ổ cứng, cài hệ điều hành nhẹ, rồi chở tới từng nhà. Chiếc đầu tiên bật lên sau hai đêm thức trắng. Đến "
            "hết học kì, cả bốn mươi mốt em đều có mặt trong lớp học trên màn hình.",
            "Từ những bài giảng ghi vội bằng điện thoại, {ten} dựng thành kho học liệu xếp theo từng tiết, mỗi tiết "
            "một phim ngắn năm phút và ba phiếu bài tập vừa sức. Giáo viên ở mười hai trường bạn đang dùng chung; "
            "bài nào được góp ý sửa ngay trong tuần, có ghi tên người góp.",
            "{ten} không giữ nghề. Chiều thứ tư, phòng tin học sáng đèn cho các cô lớn tuổi tập ra đề, chấm bài trên "
            "máy. Cô Thoa còn hai năm nữa nghỉ hưu, ngày đầu cầm chuột run tay, nay tự làm được đoạn phim dạy tập "
            "viết mà học trò thích nhất khối.",
            "Em Đức khiếm thị bẩm sinh, học bằng tai. {ten} ghi âm trọn bộ sách lớp 4, tả từng hình vẽ bằng lời: "
            "hình tròn như miệng bát, góc nhọn như mái chòi. Hai trăm mười bài đọc ấy nay nằm trong thư viện của hội "
            "người mù, có em ở tận Cà Mau viết thư cảm ơn.",
            "Điều khiến đồng nghiệp nể là sự ngăn nắp. Dữ liệu học sinh được {ten} cất riêng, có mật khẩu, không một "
            "tấm ảnh nào lên mạng khi chưa hỏi gia đình. Phần mềm đều dùng bản hợp pháp hoặc mã nguồn mở. Làm việc "
            "mới mà vẫn giữ nếp cũ cẩn trọng, đó là bài học thầm lặng nhất.",
        ),
    ),
    Hero(
        "ca-nhan",
        (("Bùi Thị Thơm", "cô Thơm"), ("Vũ Thị Hợi", "cô Hợi")),
        "Trường Mầm non Hoa Hồng",
        "Xóm Đình, xã Đông Dư cũ",
        "Huyện Gia Lâm",
        "Xã Bát Tràng",
        "day-hoc",
        ("Bếp trưởng của hai trăm cái miệng xinh", "Người giữ lửa bếp ăn bán trú", "Bữa cơm mang vị quê nhà"),
        (
            "Bốn giờ rưỡi sáng, bếp bán trú đã lên lửa. {ten} tự ra ruộng nhận rau, cân từng mớ, ghi sổ tên người "
            "trồng. Hai mươi hai năm đứng bếp, chưa một lần để xảy ra ngộ độc. Quyển sổ giao nhận của cô dày bằng "
            "viên gạch, trang nào cũng có chữ kí của phụ huynh trực.",
            "Có bé Bon dị ứng sữa, bé Na ăn chay theo nhà, bé Tũn chỉ chịu nuốt cháo. {ten} thuộc khẩu phần của cả "
            "hai trăm linh ba cháu. Những khay ăn dán hình con vật là để các bé tự nhận phần của mình, không bao giờ "
            "nhầm, cũng không bé nào thấy mình bị khác bạn.",
            "Vườn rau sau dãy lớp Mẫu giáo lớn là sáng kiến của {ten}. Trẻ gieo hạt, tưới nước, đo cây bằng gang tay "
            "rồi chính tay hái vào rổ. Từ ngày có vườn, những bé lười rau nhất cũng đòi ăn bát canh do mình trồng. "
            "Cha mẹ học sinh góp đất, góp phân, góp cả buổi sáng chủ nhật.",
            "Khi giá thực phẩm tăng, {ten} ngồi tính lại thực đơn suốt ba đêm: cá sông thay cá biển, đậu phụ làng "
            "bên thay thịt hộp, mà lượng đạm không giảm một gam. Bảng tính viết tay ấy được phòng y tế học đường "
            "nhân bản cho mười sáu trường cùng làm theo.",
            "Ngày lũ cô lập thôn ngoài đê, {ten} cùng chị em nấu ba trăm suất cơm một bữa, gói lá chuối cho khỏi "
            "nguội. Thuyền của dân quân chở đi, người bếp trưởng đứng trên bờ đếm từng gói, sợ thiếu mất phần của "
            "một cụ già nào đó. Năm ngày liền như vậy, giọng cô khản đặc.",
        ),
    ),
    Hero(
        "tap-the",
        (("Đội Thanh niên xung kích cổng trường", "đội"), ("Tổ An toàn cổng trường", "tổ")),
        "Trường THCS Đa Tốn",
        "Đường Đa Tốn",
        "Huyện Gia Lâm",
        "Xã Bát Tràng",
        "moi-truong",
        ("Bảy giờ kém mười lăm ở cổng trường", "Vạch sơn và nụ cười", "Chiếc còi bên cổng trường"),
        (
            "Cổng trường quay ra tỉnh lộ, ngày trước mỗi tháng một vụ va chạm. Hai mươi bốn thành viên của {ten} "
            "chia ca, sáu giờ bốn mươi lăm đã đứng ở vạch sơn với cờ và còi. Một nghìn hai trăm học sinh qua đường "
            "trong mười tám phút, không chen, không hét. Ba năm nay con số tai nạn là không.",
            "Rác ở cổng từng là chuyện nhức đầu của cả khu. {ten} không phạt ai mà đổi chai nhựa lấy cây con: mười "
            "chai một chậu mười giờ. Một học kì đổi được bốn nghìn ba trăm chậu. Bờ tường loang lổ ngày nào giờ "
            "thành dải hoa, hàng quán bên đường cũng tự quét phần vỉa hè của mình.",
            "Điều khó nhất là thuyết phục phụ huynh dừng xe đúng chỗ. {ten} vẽ bản đồ đón con theo khối, in ra bốn "
            "trăm tờ, đứng phát suốt hai tuần. Ai đỗ sai được tặng một tấm thiệp do học sinh vẽ, ghi dòng chữ cháu "
            "chờ bác ở vạch xanh. Đến tuần thứ ba thì thiệp thừa.",
            "Mùa mưa bão, cống trước cổng nghẹt, sân ngập tới gối. {ten} cùng bác bảo vệ khơi dòng lúc nửa đêm, kê "
            "cao chín trăm bộ sách ở tầng một. Sáng hôm sau nước rút, lớp học đã lau khô. Nhiều em đến trường mà "
            "không biết đêm qua các anh chị vừa lội bùn.",
            "Từ kinh nghiệm ấy, {ten} soạn cẩm nang mười hai trang bằng tranh, gửi tặng các trường cùng tuyến đường. "
            "Có nơi xin đội về tập huấn, các em dạy lại chính những anh chị lớp trên của mình cách thổi còi, cách "
            "giơ cờ, cách mỉm cười khi bị người lớn gắt.",
        ),
    ),
    Hero(
        "ca-nhan",
        (("Đỗ Thị Lành", "bà Lành"), ("Ngô Thị Sáu", "bà Sáu")),
        "Hội Cựu giáo chức thị trấn",
        "Khu tập thể Công nghiệp thực phẩm",
        "Huyện Gia Lâm",
        "Xã Gia Lâm",
        "cong-dong",
        ("Thư viện trong căn nhà cấp bốn", "Bà giáo già và tủ sách ngõ nhỏ", "Ba nghìn cuốn sách một tấm lòng"),
        (
            "Căn nhà cấp bốn của {ten} có ba gian thì hai gian là sách. Ngày về hưu, bà không nhận quà, chỉ xin học "
            "trò cũ mỗi người một cuốn. Tủ sách ban đầu có một trăm sáu mươi cuốn, nay hơn ba nghìn, xếp theo màu "
            "gáy để trẻ chưa biết chữ cũng biết đặt lại đúng chỗ.",
            "Chủ nhật là ngày kể chuyện. {ten} ngồi ghế mây, hai chục đứa trẻ ngồi chiếu. Bà kể nửa chừng thì dừng, "
            "đứa nào muốn biết đoạn kết phải tự tìm trong sách. Mẹo nhỏ ấy khiến phiếu mượn mỗi tháng tăng từ ba "
            "mươi lên bốn trăm, có cuốn rách bìa phải dán đi dán lại bảy lần.",
            "Mắt kém dần, {ten} học cách dùng máy đọc, rồi rủ các cụ trong hội ghi âm truyện cổ cho trẻ khiếm thị. "
            "Người bảy mươi tám tuổi tập ngắt câu trước điện thoại, sai thì đọc lại từ đầu, có truyện đọc tới lần "
            "thứ mười. Một trăm hai mươi truyện đã được gửi tới ba trung tâm.",
            "Mùa thi, sân nhà {ten} thành phòng tự học. Điện bật tới mười giờ đêm, chè đỗ đen để sẵn trong tủ lạnh. "
            "Bà không dạy thêm, chỉ ngồi đan áo ở góc, thi thoảng hỏi một câu khiến lũ trẻ phải giở sách tìm. Năm "
            "qua, mười chín em ngồi sân ấy đều đỗ trường mình chọn.",
            "Có lần kẻ gian vào nhà lấy chiếc quạt, không lấy sách. {ten} cười, viết lên cửa: cần quạt xin gõ cửa, "
            "cần sách cứ vào. Tuần sau, chiếc quạt trở về trước hiên, buộc kèm một tờ giấy gấp tư chỉ có hai chữ "
            "cháu xin lỗi. Từ đó cửa nhà chẳng mấy khi khoá.",
        ),
    ),
    Hero(
        "ca-nhan",
        (("Phạm Quang Vinh", "anh Vinh"), ("Tạ Đình Khang", "anh Khang")),
        "Trạm Y tế xã",
        "Thôn Kim Sơn",
        "Huyện Gia Lâm",
        "Xã Thuận An",
        "cong-dong",
        ("Chiếc ba lô của người y sĩ", "Phòng y tế biết đi", "Người đo huyết áp cho cả làng"),
        (
            "Ba trường học, một nghìn chín trăm học sinh, chỉ có một y sĩ. {ten} chia tuần thành lịch kín, sáng "
            "trường này, chiều trường kia, ba lô nặng bảy cân lúc nào cũng sẵn bông băng. Hồ sơ sức khoẻ được lập "
            "cho từng em, cân đo mỗi quý, em nào gầy quá, béo quá đều có thư riêng gửi về nhà.",
            "Nhờ lần khám sàng lọc ấy, {ten} phát hiện bảy em cong vẹo cột sống, ba em có tiếng thổi ở tim. Hai em "
            "nhà nghèo được anh nối với quỹ phẫu thuật, tự chở lên viện, ngồi chờ ngoài phòng mổ như người ruột "
            "thịt. Cả hai giờ chạy nhảy giữa sân trường, vết sẹo nhỏ giấu dưới khăn quàng.",
            "Những buổi nói chuyện tuổi dậy thì, ban đầu học sinh cúi gằm mặt. {ten} đổi cách: mỗi em viết câu hỏi "
            "bỏ vào hộp, không ghi tên, anh trả lời hết, không cười, không né. Chiếc hộp giấy đã nhận hơn hai nghìn "
            "câu hỏi và trở thành người bạn tin cậy nhất của lớp 8, lớp 9.",
            "Đêm có ca đuối nước ở ao đình, {ten} chạy bộ tám trăm mét, ép tim suốt hai mươi phút cho tới khi cậu bé "
            "ho bật nước. Sau lần ấy, anh xin xã rào ao, mở lớp bơi trong bể bạt, dạy kĩ năng cứu đuối cho cả thầy "
            "cô. Hai mùa hè, ba trăm tám mươi em biết bơi.",
            "Ở nhà, {ten} chăm mẹ già nằm liệt sáu năm. Hỏi lấy đâu ra thời gian, anh bảo ngủ ít đi một chút là đủ "
            "cho mọi người. Người làng gọi anh là phòng y tế biết đi, còn lũ trẻ thì bảo thấy ba lô xanh là hết sợ "
            "tiêm.",
        ),
    ),
)

OPENINGS = (
    "Tôi gặp {ten} lần đầu vào một chiều cuối đông, khi sương xuống lẫn với khói bếp. Người ta chỉ cho tôi lối đi "
    "bằng một câu rất lạ: cứ hỏi lũ trẻ, đứa nào cũng biết nhà. Quả vậy, ba đứa trẻ tranh nhau dẫn đường, vừa đi vừa "
    "kể, và câu chuyện của chúng hay hơn mọi bản báo cáo tôi từng đọc.",
    "Nếu phải chọn một người để kể cho học trò nghe trong tiết chào cờ, tôi sẽ chọn {ten}. Không phải vì những tấm "
    "giấy khen treo kín tường, mà vì những việc chẳng ai bắt làm, chẳng ai chấm công, cứ lặng lẽ nối nhau hết năm "
    "này sang năm khác như nước ngấm vào đất.",
    "Trong cuốn sổ tay đi cơ sở của tôi, tên {ten} được gạch chân hai lần. Lần thứ nhất vì lời giới thiệu của bác tổ "
    "trưởng: người này không thích được viết đâu. Lần thứ hai, sau ba ngày ở lại, vì tôi hiểu tại sao cả một vùng "
    "quê nhắc tới với vẻ trìu mến đến thế.",
    "Có những con người mà khi họ đi vắng ta mới nhận ra họ quan trọng nhường nào. Tuần {ten} phải nằm viện, cả xóm "
    "bỗng ngơ ngác: việc gì cũng thấy thiếu một bàn tay. Khi ấy mọi người mới ngồi đếm lại, và con số khiến chính "
    "những người ở cạnh bấy lâu phải giật mình.",
    "Câu chuyện tôi sắp kể không có tình tiết li kì. Nó bắt đầu bằng một việc nhỏ, nhỏ đến mức người làm nó cũng "
    "không nhớ đã bắt đầu từ hôm nào. {ten} chỉ nhớ hôm ấy trời mưa, và có một đứa trẻ đứng nép dưới hiên, ướt sũng, "
    "không dám xin vào.",
    "Người ta thường bảo việc tốt phải lớn mới đáng viết. Gặp {ten} rồi, tôi nghĩ khác. Việc tốt đáng viết nhất là "
    "việc ai cũng có thể làm mà ít ai chịu làm mỗi ngày; là sự bền bỉ không ồn ào, giống như người giữ giếng làng, "
    "chẳng ai để ý cho tới mùa hạn.",
)
TROUBLES = (
    "Không phải lúc nào cũng thuận. Có người bảo {ten} rỗi hơi, có kẻ đồn làm vì danh. Năm đầu tiên, số người ủng hộ "
    "đếm trên đầu ngón tay. Những đêm mệt quá, ngồi tựa cột mà ngủ, sáng ra lại bắt đầu như chưa hề có lời nói nào. "
    "Thời gian trả lời thay, và những người từng lắc đầu nay là người đến giúp sớm nhất.",
    "Khó khăn lớn nhất là tiền. Mọi thứ phải xin, phải mượn, phải chữa đi chữa lại. {ten} ghi từng khoản vào cuốn vở "
    "kẻ ô, ai góp một cân gạo cũng có tên, cuối năm đọc công khai giữa nhà văn hoá. Sự rõ ràng ấy khiến lòng tin lớn "
    "dần, và cái quỹ con con chưa bao giờ cạn hẳn.",
    "Dịch bệnh ập tới, mọi việc tưởng phải dừng. {ten} xoay cách khác: chia nhóm, đổi giờ, gửi lời dặn qua loa "
    "truyền thanh. Hai tháng giãn cách không ai bị bỏ quên. Sau này kể lại, những người trong cuộc vẫn không hiểu "
    "sức đâu mà làm được ngần ấy việc khi trong nhà cũng có người ốm.",
    "Gia đình từng khuyên thôi. Con cái ở xa gọi về, xin {ten} giữ sức. Trả lời chúng là một bữa cơm có mặt mười mấy "
    "vị khách nhỏ tuổi, ríu rít quanh mâm. Từ bữa ấy, các con không khuyên nữa mà mỗi tháng gửi về một thùng đồ, "
    "ngoài vỏ ghi: cho các bạn của nhà mình.",
    "Thử thách nặng nhất lại đến từ sự hoài nghi của chính những người cần giúp. Họ quen bị quên lãng nên sợ lời "
    "hứa. {ten} không hứa, chỉ làm, tuần sau làm tiếp tuần trước. Tới khi cánh cửa đầu tiên hé ra thì những cánh cửa "
    "bên cạnh cũng mở, chậm nhưng không đóng lại nữa.",
)
VOICES = (
    "Nhận xét về {ten}, đồng chí bí thư chi bộ nói gọn: đó là người nói ít nhất và đến sớm nhất. Còn một phụ huynh "
    "thì kể, từ ngày con trai quen biết, cháu đã biết tự gấp chăn, biết chào người già, biết nhường bạn ghế trên xe. "
    "Những đổi thay không đo được bằng điểm số ấy mới là phần thưởng.",
    "Chị trưởng ban công tác mặt trận đưa tôi xem tập thư của nhân dân gửi về, bốn mươi ba lá, chữ nghiêng chữ ngả. "
    "Có lá viết trên mặt sau tờ lịch. Tất cả cùng xin một điều, rằng nên biểu dương {ten}, bởi nếu hỏi thì người ấy "
    "sẽ từ chối, cho nên xin cấp trên đừng hỏi trước.",
    "Bạn học của tôi, nay là hiệu phó một trường trong vùng, bảo rằng đã lấy chuyện về {ten} làm đề văn nghị luận. "
    "Một trăm bảy mươi bài viết, không bài nào giống bài nào, nhưng đoạn kết đều có chữ em cũng muốn. Ba chữ ấy, "
    "theo anh, là kết quả giáo dục khó đạt nhất.",
    "Ông trưởng thôn năm nay đã tám mươi, chống gậy ra tận ngõ tiễn tôi, dặn với theo: cô chú viết sao cho đúng, "
    "đừng viết cao quá, {ten} ngượng mà bỏ làm thì khổ cả làng. Câu dặn mộc mạc ấy theo tôi suốt lúc ngồi trước "
    "trang giấy, như một lời nhắc về giới hạn của ngòi bút.",
    "Tôi hỏi một em nhỏ vì sao quý {ten}. Em nghĩ rất lâu rồi đáp: vì không bao giờ hỏi con nghèo thế nào. Câu trả "
    "lời làm người lớn chúng tôi im lặng. Hoá ra sự tử tế cao nhất là giúp mà không khiến người được giúp phải cúi "
    "đầu, điều ấy trẻ con nhận ra trước.",
)
CLOSINGS = (
    "Rời nơi ấy khi phố đã lên đèn, tôi mang theo một niềm tin giản dị: quanh ta còn rất nhiều người như {ten}, chỉ "
    "là ta đi nhanh quá nên không kịp thấy. Viết lại những dòng này, tôi mong người đọc chậm lại một nhịp, và biết "
    "đâu, ngày mai sẽ bắt đầu một việc nhỏ của riêng mình.",
    "Năm nay {ten} lại có dự định mới, được ghi ở trang cuối cuốn vở kẻ ô. Tôi xin phép không tiết lộ, vì lời hứa "
    "với nhân vật. Chỉ biết khi tôi hỏi có cần gì không, câu trả lời là một nụ cười và hai chữ đủ rồi. Đủ rồi, với "
    "người biết cho đi, có lẽ là một cách sống.",
    "Học và làm theo Bác không phải điều gì xa xôi. Nó ở trong từng bữa cơm, từng trang vở, từng vòng xe mà {ten} "
    "chăm chút mỗi ngày. Nếu mỗi cơ quan, mỗi ngõ xóm có một người như thế, thành phố này hẳn sẽ ấm hơn trong những "
    "ngày gió mùa đông bắc tràn về.",
    "Hoa nở không cần ai cổ vũ, hương tự tìm đến người qua. Tôi nghĩ vậy khi ngoái lại nhìn dáng người nhỏ bé ấy "
    "khuất sau rặng tre. Xin được gửi câu chuyện về {ten} tới cuộc thi như gửi một nén hương thơm, để thêm một người "
    "biết và thêm nhiều người cùng làm.",
    "Tôi đã định kết bài bằng một con số, song {ten} xin bỏ đi, bảo rằng đếm làm gì, còn làm được thì làm. Vậy nên "
    "tôi dừng ở đây, để ngỏ câu chuyện cho chính những đứa trẻ lớn lên viết tiếp. Tôi tin chúng sẽ viết hay hơn tôi, "
    "bằng đời sống của mình.",
)
NEW_DEEDS = (
    "Từ đầu năm học đến nay, nhân vật mở thêm một lớp vào tối thứ bảy và vận động được 46 suất học bổng.",
    "Sau lần biểu dương trước, mô hình đã được nhân ra bốn thôn, có thêm 31 người cùng làm.",
    "Trong năm, nhân vật nhận đỡ đầu thêm ba em mồ côi và hiến 40 mét vuông đất làm sân chơi.",
)
AUTHORS_WOMEN = ("Nguyễn Thu Hà", "Trần Ngọc Diệp", "Lê Thị Thuý", "Phạm Hồng Nhung", "Vũ Khánh Chi", "Đoàn Thị Lý")
AUTHORS_MEN = ("Nguyễn Đức Anh", "Trần Quốc Toàn", "Lê Hữu Phước", "Phạm Văn Khoa", "Hoàng Tiến Đạt", "Đặng Minh Quân")
STREETS = (
    "phố Ngô Xuân Quảng",
    "đường Cổ Bi",
    "phố Ái Mộ",
    "đường Giang Biên",
    "xóm 3, thôn Đông",
    "ngõ 68 phố Thạch Bàn",
)
PAPERS = ("Báo Hànộimới, mục Người tốt việc tốt", "Báo Kinh tế & Đô thị", "Đài Phát thanh và Truyền hình Hà Nội")
CAMPAIGNS = (
    "Nhà trường phát động từ đầu năm học trong hội nghị viên chức, mỗi tổ chuyên môn giới thiệu ít nhất một nhân "
    "vật. Công đoàn mở trang góp gương tốt, đoàn thanh niên đi gặp nhân vật để xác minh trước khi viết.",
    "Ban giám hiệu lập tổ biên tập năm người, tập huấn một buổi về cách viết gương người tốt, việc tốt. Bài gửi về "
    "được đọc hai vòng, tác giả tự sửa theo góp ý rồi mới chọn gửi dự thi.",
)
SPREADING = (
    "Các bài được đọc trong giờ chào cờ thứ hai, in thành tập san và gửi về tủ sách lớp. Ba nhân vật đã về trường "
    "nói chuyện với học sinh; hai việc làm được các lớp nhận làm công trình măng non.",
    "Nhà trường dựng góc điển hình ở sảnh lớn, mỗi tháng thay một nhân vật. Học sinh viết thư cho nhân vật, cuối năm "
    "tổ chức đi thăm và cùng làm một buổi việc tốt với họ.",
)
