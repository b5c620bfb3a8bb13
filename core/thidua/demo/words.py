"""Sentences that heads and appraisers write in the demo; invented, in the tone of an office."""

from __future__ import annotations

GIVE_BACK = (
    "Đề nghị bổ sung số liệu so sánh với năm học trước và rút gọn phần tóm tắt trước khi nộp.",
    "Báo cáo chưa có xác nhận của tổ chuyên môn; văn thư kiểm tra lại rồi trình.",
)
NOTES = (
    "Số liệu chưa khớp với báo cáo thành tích đính kèm, đề nghị đối chiếu và sửa lại.",
    "Cần nêu rõ kết quả trước và sau khi áp dụng, kèm số liệu cụ thể.",
    "Thiếu nguồn minh chứng; đề nghị ghi số quyết định hoặc đính kèm bản chụp.",
    "Nội dung còn chung chung, đề nghị nêu việc làm cụ thể của người được đề nghị.",
)
REFUSALS = (
    "Chưa đủ thời gian công tác tính đến ngày đề nghị theo hướng dẫn của đợt này.",
    "Thành tích đã được khen thưởng ở hình thức tương đương trong cùng năm học.",
)
REMARKS = (
    "Hồ sơ rõ ràng, số liệu khớp với minh chứng.",
    "Cách làm có tính mới, đồng nghiệp dùng lại được ngay.",
    "Kết quả tốt; nên nêu thêm số liệu so với năm học trước.",
    "Minh chứng đầy đủ, trình bày mạch lạc.",
    "Việc làm thiết thực, phù hợp điều kiện của nhà trường.",
)
BETTER = (
    "Bổ sung theo góp ý của cơ quan thẩm định: kết quả cuối năm tăng 6,5 % so với đầu năm, "
    "đã đối chiếu với sổ theo dõi chất lượng của nhà trường."
)
