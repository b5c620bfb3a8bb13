"""The whole story in a real browser, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from browser_desk import Live, axe_findings, shot, start
from office_files import docx

Enter = Callable[..., Page]
PHRASE = "vườn rau thuỷ canh trên sân thượng"
UNMARKED = "vuon rau thuy canh tren san thuong"


def next_part(page: Page) -> None:
    """Save and go on."""
    page.get_by_role("button", name="Lưu và tiếp").click()


def fill(page: Page, dossier: str) -> None:
    """Fill in every part as a clerk would."""
    page.goto(f"{dossier}/phan/thong_tin")
    page.select_option("#gioi_tinh", "nu")
    page.fill("#chuc_vu", "Giáo viên")
    page.check("#lao_dong_truc_tiep-1")
    page.fill("#mon_day", "Toán")
    page.fill("#trinh_do", "Đại học sư phạm")
    page.fill("#nam_vao_nganh", "2008")
    next_part(page)
    page.fill("#nhiem_vu", "Dạy Toán lớp 4, phụ trách câu lạc bộ.")
    page.check("#chu_nhiem-1")
    next_part(page)
    page.fill("#ket_qua-0-nam_hoc", "2024-2025")
    page.fill("#ket_qua-0-chi_tieu", "Học sinh hoàn thành tốt môn Toán")
    page.fill("#ket_qua-0-thuc_hien", "91,2")
    page.get_by_role("button", name="Thêm dòng").click()
    page.fill("#ket_qua-1-nam_hoc", "2025-2026")
    page.fill("#ket_qua-1-chi_tieu", "Học sinh hoàn thành tốt môn Toán")
    page.fill("#ket_qua-1-thuc_hien", "93,5")
    page.fill("#thanh_tich", "Đổi mới phương pháp dạy học, giúp đỡ học sinh còn khó khăn.")
    page.fill("#tom_tat", "Dạy giỏi, tận tụy với học sinh.")
    next_part(page)
    page.check("#co_sang_kien-1")
    next_part(page)
    next_part(page)
    page.check("#cam_ket-0")
    next_part(page)
    page.wait_for_url(re.compile("tai-lieu"))


def report(folder: Path, *paragraphs: str) -> Path:
    """The report as a Word file on the clerk's machine."""
    path = folder / "Báo cáo thành tích.docx"
    path.write_bytes(docx(*paragraphs))
    return path


def submit(head: Page) -> None:
    """The head submits all that waits as one tờ trình."""
    head.goto("/to-trinh")
    head.get_by_role("button", name=re.compile("Lập tờ trình")).click()
    head.fill("#number", "05/TTr-TRUONG1")
    head.get_by_role("button", name=re.compile("Nộp 1 hồ sơ")).click()
    head.wait_for_url(re.compile(r"/to-trinh/[0-9a-f]{24}$"))


def test_story_with_scripts(live: Live, enter: Enter, tmp_path: Path) -> None:
    clerk, head, office = enter("vanthu1"), enter("hieutruong1"), enter("thamdinh1")
    dossier = start(clerk, live)
    fill(clerk, dossier)
    clerk.set_input_files("#tep-bao_cao", report(tmp_path, "Mô hình " + PHRASE + "."))
    expect(clerk.locator("#muc-bao_cao .file-what > a")).to_have_text("Báo cáo thành tích.docx")
    expect(clerk.locator("#muc-bao_cao .file-facts")).to_contain_text("có lớp chữ", timeout=15_000)
    clerk.get_by_role("link", name="Tiếp: kiểm tra").click()
    clerk.get_by_role("button", name="Trình hiệu trưởng").click()
    expect(clerk.get_by_role("status").first).to_contain_text("Đã trình hiệu trưởng")

    submit(head)
    expect(head.locator(".hash")).to_have_text(re.compile("^[0-9a-f]{64}$"))

    review = dossier.replace("/ho-so/", "/tham-dinh/")
    office.goto(review)
    office.get_by_role("button", name="Tiếp nhận").click()
    pin = office.locator(".read-answer", has_text="Tóm tắt thành tích").locator(".pin")
    pin.locator("summary").click()
    pin.locator("textarea").fill("Bổ sung số liệu năm nay.")
    office.fill("#reason", "Tóm tắt còn thiếu số liệu.")
    office.get_by_role("button", name="Trả lại bổ sung").click()
    office.wait_for_url(re.compile("/tham-dinh$"))

    clerk.goto("/")
    expect(clerk.locator("main")).to_contain_text("1 ghi chú")
    clerk.goto(dossier)
    clerk.get_by_role("link", name="Tóm tắt thành tích").click()
    expect(clerk.locator("[data-field=tom_tat] .pinned")).to_contain_text("Bổ sung số liệu năm nay.")
    clerk.fill("#tom_tat", "Dạy giỏi: 93,5 % học sinh hoàn thành tốt.")
    expect(clerk.locator("[data-saved]")).to_have_text("Đã lưu 09:00")
    clerk.goto(dossier)
    expect(clerk.locator(".note-list")).to_contain_text("đã sửa")
    clerk.get_by_role("link", name="Kiểm tra và trình").click()
    clerk.get_by_role("button", name="Trình hiệu trưởng").click()
    submit(head)

    office.goto(review)
    office.get_by_role("link", name="Khác bản 1 ở đâu").click()
    expect(office.locator(".change .is")).to_contain_text("93,5 % học sinh")
    office.goto(review)
    office.get_by_role("button", name="Tiếp nhận").click()
    office.get_by_role("button", name="Đánh dấu các mục còn lại là Đạt").click()
    office.get_by_role("button", name="Đủ điều kiện", exact=True).click()
    office.wait_for_url(re.compile("/tham-dinh$"))

    for reader in (office, clerk):
        find(reader, UNMARKED)
        expect(reader.locator(".hit mark").first).to_have_text(re.compile("^vườn", re.IGNORECASE))
        expect(reader.locator(".passage-file")).to_have_text("Báo cáo thành tích.docx")
    stranger = enter("vanthu2")
    find(stranger, UNMARKED, found=False)


def find(page: Page, words: str, *, found: bool = True) -> None:
    """Search from the box on top until the index has caught up."""
    wanted = page.locator(".hit" if found else ".empty")
    for _ in range(40):
        page.fill("#q", words)
        page.press("#q", "Enter")
        page.wait_for_url(re.compile(r"/tim\?"))
        if wanted.count():
            break
        page.wait_for_timeout(250)
    expect(wanted.first).to_be_visible()


def test_story_without_scripts(live: Live, enter: Enter, tmp_path: Path) -> None:
    clerk, head = enter("vanthu1", script=False), enter("hieutruong1", script=False)
    dossier = start(clerk, live)
    fill(clerk, dossier)
    clerk.set_input_files("#tep-bao_cao", report(tmp_path, PHRASE))
    clerk.locator("#muc-bao_cao .drop button").click()
    clerk.get_by_role("link", name="Tiếp: kiểm tra").click()
    clerk.get_by_role("button", name="Trình hiệu trưởng").click()
    submit(head)
    expect(head.locator(".hash")).to_have_count(1)


def test_pages_axe_has_nothing_against(live: Live, enter: Enter, tmp_path: Path) -> None:
    clerk, head, office = enter("vanthu1"), enter("hieutruong1"), enter("thamdinh1")
    dossier = start(clerk, live)
    findings = {}

    def look(page: Page, path: str, name: str) -> None:
        page.goto(path)
        shot(page, name)
        findings[name] = axe_findings(page)

    look(clerk, "/ho-so/moi", "start-call")
    look(clerk, f"/ho-so/moi?dot={live.call}&loai=ca-nhan", "start-person")
    look(clerk, f"{dossier}/kiem-tra", "check")
    fill(clerk, dossier)
    clerk.set_input_files("#tep-bao_cao", report(tmp_path, PHRASE))
    expect(clerk.locator("#muc-bao_cao .file-facts")).to_contain_text("có lớp chữ", timeout=15_000)
    for path, name in (
        ("/", "home-clerk"),
        ("/ho-so", "dossiers"),
        (dossier, "hub"),
        (f"{dossier}/phan/thong_tin", "part"),
        (f"{dossier}/phan/thanh_tich", "part-rows"),
        (f"{dossier}/phan/sang_kien?kiem=1", "part-errors"),
        (f"{dossier}/tai-lieu", "documents"),
        (f"{dossier}/xem", "look"),
        (f"{dossier}/kiem-tra", "check-clean"),
        (f"{dossier}/lich-su", "history"),
        ("/tim", "search-empty"),
        ("/tim?q=vuon+rau", "search"),
    ):
        look(clerk, path, name)
    clerk.goto(f"{dossier}/kiem-tra")
    clerk.get_by_role("button", name="Trình hiệu trưởng").click()
    look(head, "/", "home-head")
    look(head, "/to-trinh", "submissions")
    look(head, f"/to-trinh/moi?hoso={dossier[-24:]}", "submission-new")
    submit(head)
    look(head, head.url, "receipt")
    look(clerk, dossier, "hub-sent")
    look(clerk, "/", "home-sent")
    look(office, "/", "home-office")
    look(office, "/tham-dinh", "inbox")
    review = dossier.replace("/ho-so/", "/tham-dinh/")
    look(office, review, "appraise-new")
    office.get_by_role("button", name="Tiếp nhận").click()
    look(office, review, "appraise")
    look(office, "/tim?q=vuon+rau", "search-office")
    assert {name: found for name, found in findings.items() if found} == {}
