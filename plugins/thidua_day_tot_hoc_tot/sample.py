"""Dossiers as teachers might have written them, for demonstrations and tests."""

from __future__ import annotations

import random
from collections.abc import Callable

from thidua.plugin import JsonValue, Sample, SampleFile
from thidua_day_tot_hoc_tot import words
from thidua_day_tot_hoc_tot.words import Subject


def sample_person(edition: str) -> Callable[[random.Random], Sample]:
    """A sampler of teachers' dossiers for an edition."""
    return lambda rng: _person(rng, edition)


def sample_collective(edition: str) -> Callable[[random.Random], Sample]:
    """A sampler of teams' dossiers for an edition."""
    return lambda rng: _collective(rng, edition)


def _person(rng: random.Random, edition: str) -> Sample:
    subject, last = rng.choice(words.SUBJECTS), int(edition)
    woman = rng.random() < 0.75 or subject.levels == ("mam-non",)
    name = _name(rng, woman)
    born = rng.randint(1968, 1997)
    results = _results(rng, subject, last)
    story = _story(rng, subject, last)
    form_class = f"{rng.choice(words.GRADES[subject.levels[0]])}{rng.choice('ABC')}{rng.randint(1, 5)}"
    homeroom = rng.random() < 0.6
    post = rng.choice(("Giáo viên", "Giáo viên", "Giáo viên", "Tổ trưởng chuyên môn", "Phó Hiệu trưởng"))
    answers: dict[str, JsonValue] = {
        "gioi_tinh": "nu" if woman else "nam",
        "dan_toc": rng.choice(words.PEOPLES),
        "que_quan": rng.choice(words.PLACES),
        "chuc_vu": post,
        **({} if edition == "2023" else {"lao_dong_truc_tiep": "no" if post == "Phó Hiệu trưởng" else "yes"}),
        "mon_day": subject.name,
        "trinh_do": rng.choice(
            ("Đại học sư phạm", "Thạc sĩ quản lí giáo dục", "Cử nhân sư phạm, chứng chỉ tin học nâng cao")
        ),
        "nam_vao_nganh": str(born + rng.randint(22, 26)),
        "nhiem_vu": f"Giảng dạy {subject.name}; {rng.choice(words.DUTIES)}; {rng.choice(words.OFFICES)}.",
        "xep_loai": rng.choice(("htxsnv", "httnv", "httnv")),
        "chu_nhiem": "yes" if homeroom else "no",
        **({"lop": form_class, "so_hoc_sinh": str(rng.randint(28, 46))} if homeroom else {}),
        **_achievements(rng, edition, results, story),
        **_initiatives(rng, subject, last),
        **_honours(rng, last),
        "y_kien": rng.choice(words.OPINIONS),
        "cam_ket": "yes",
    }
    files = (_report(f"Báo cáo thành tích của {name}", story, results), *_evidence(rng, subject, name, last))
    born_on = f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/{born}"
    return Sample(nominee=name, born=born_on, answers=answers, files=files, suits=subject.levels)


def _collective(rng: random.Random, edition: str) -> Sample:
    subject, last = rng.choice(words.SUBJECTS), int(edition)
    members = rng.randint(6, 24)
    progressive = rng.randint(members // 2 + 1, members)
    results = _results(rng, subject, last)
    story = tuple(_we(line) for line in _story(rng, subject, last))
    answers: dict[str, JsonValue] = {
        "loai_tap_the": "khoi" if "khối" in subject.team else "to",
        "so_thanh_vien": str(members),
        "so_nu": str(rng.randint(members // 2, members)),
        "so_dang_vien": str(rng.randint(1, members)),
        "so_lop": str(rng.randint(4, 20)),
        "so_hoc_sinh": f"{rng.randint(150, 900)}",
        "dac_diem": f"{subject.team} có {members} thành viên, đoàn kết, có tinh thần học hỏi. "
        "Phòng học bộ môn còn thiếu, thiết bị được cấp từ lâu nên tổ tự làm thêm đồ dùng dạy học.",
        "nhiem_vu": f"Thực hiện chương trình môn học, sinh hoạt chuyên môn hai tuần một lần theo nghiên cứu bài học; "
        f"phụ trách {subject.name} toàn trường.",
        "xep_loai_tap_the": rng.choice(("htxsnv", "httnv")),
        "so_ldtt": str(progressive),
        "so_cstd": str(rng.randint(0, max(1, progressive * 15 // 100))),
        **_achievements(rng, edition, results, story),
        **_initiatives(rng, subject, last),
        **_honours(rng, last),
        "y_kien": _we(rng.choice(words.OPINIONS)),
        "cam_ket": "yes",
    }
    files = (
        _report(f"Báo cáo thành tích của {subject.team}", story, results),
        *_evidence(rng, subject, subject.team, last),
    )
    return Sample(nominee=subject.team, answers=answers, files=files, suits=subject.levels)


def _name(rng: random.Random, woman: bool) -> str:
    if rng.random() < 0.12:
        fitting = [name for name in words.COMMON_NAMES if (" Thị " in name) == woman]
        return rng.choice(fitting)
    return f"{rng.choice(words.FAMILIES)} {rng.choice(words.WOMEN if woman else words.MEN)}"


def _we(line: str) -> str:
    """A collective speaks of itself as "tổ"."""
    return line.replace("Tôi ", "Tổ ").replace("tôi", "tổ").replace("Đồng nghiệp", "Các tổ bạn")


def _year(start: int) -> str:
    return f"{start}-{start + 1}"


def _results(rng: random.Random, subject: Subject, last: int) -> list[dict[str, str]]:
    rows = []
    for start in range(last - rng.randint(1, 2), last + 1):
        for indicator in subject.indicators:
            plan = rng.randint(70, 92)
            done = f"{min(100, plan + rng.randint(0, 8))},{rng.randint(0, 9)}" if plan < 92 else "97,5"
            rows.append({"nam_hoc": _year(start), "chi_tieu": indicator, "ke_hoach": str(plan), "thuc_hien": done})
    return rows


def _story(rng: random.Random, subject: Subject, last: int) -> tuple[str, ...]:
    deeds = rng.sample(subject.deeds, k=rng.randint(2, len(subject.deeds)))
    prize = (
        f"Năm học {_year(last)}, có {rng.randint(1, 6)} học sinh đạt giải, "
        f"trong đó có giải {rng.choice(subject.contests)}; "
        f"{rng.randint(80, 100)} % giờ dạy được dự xếp loại giỏi."
    )
    return (rng.choice(words.OPENINGS), *deeds, prize, rng.choice(words.DIGITAL), rng.choice(words.SOCIAL))


def _achievements(
    rng: random.Random, edition: str, results: list[dict[str, str]], story: tuple[str, ...]
) -> dict[str, JsonValue]:
    fields = rng.sample(
        ("doi-moi-ppdh", "boi-duong-hsg", "chuyen-doi-so", "cong-tac-chu-nhiem", "hoat-dong-xa-hoi"), k=2
    )
    link: dict[str, JsonValue] = {}
    if edition != "2023":
        link["hoc_lieu_so"] = f"https://hoclieu.example.edu.vn/bai-giang/{rng.randint(1000, 9999)}"
    rows: list[JsonValue] = [dict[str, JsonValue](row) for row in results]
    return {
        "ket_qua": rows,
        "thanh_tich": "\n\n".join(story),
        "tom_tat": f"{story[1]} {story[-3]}",
        "linh_vuc": list[JsonValue](fields),
        **link,
    }


def _initiatives(rng: random.Random, subject: Subject, last: int) -> dict[str, JsonValue]:
    if rng.random() < 0.3:
        return {"co_sang_kien": "no"}
    row: dict[str, JsonValue] = {
        "nam_hoc": _year(last - rng.randint(0, 1)),
        "ten": rng.choice(subject.initiatives),
        "cap": rng.choice(("truong", "co-so", "co-so", "thanh-pho")),
        "so_qd": f"{rng.randint(100, 4999)}/QĐ-UBND",
        "hieu_qua": f"Đã áp dụng ở {rng.randint(2, 12)} lớp, {rng.randint(60, 420)} học sinh; "
        "kết quả tăng rõ sau một học kì.",
    }
    return {"co_sang_kien": "yes", "sang_kien": [row]}


def _honours(rng: random.Random, last: int) -> dict[str, JsonValue]:
    def row(year: int, names: tuple[str, ...]) -> JsonValue:
        return {
            "nam_hoc": _year(year),
            "ten": rng.choice(names),
            "so_qd": f"{rng.randint(100, 4999)}/QĐ-UBND",
            "ngay_qd": f"{rng.randint(1, 28):02d}/{rng.randint(7, 8):02d}/{year + 1}",
            "co_quan": rng.choice(words.ISSUERS),
        }

    titles: list[JsonValue] = [row(year, words.TITLES) for year in range(last - rng.randint(1, 3), last)]
    awards: list[JsonValue] = [row(last - 1, words.AWARDS)] if rng.random() < 0.5 else []
    return {"danh_hieu": titles, "khen_thuong": awards}


def _report(title: str, story: tuple[str, ...], results: list[dict[str, str]]) -> SampleFile:
    head = ("Năm học", "Chỉ tiêu", "Kế hoạch (%)", "Thực hiện (%)")
    return SampleFile("bao_cao", title, paragraphs=story, rows=(head, *(tuple(row.values()) for row in results)))


def _evidence(rng: random.Random, subject: Subject, name: str, last: int) -> tuple[SampleFile, ...]:
    offered = (
        SampleFile(
            "minh_chung",
            f"Giấy chứng nhận sáng kiến – {name}",
            paragraphs=(
                f"Chứng nhận sáng kiến “{rng.choice(subject.initiatives)}” của {name} "
                f"được công nhận năm học {_year(last)}.",
                f"Số {rng.randint(100, 4999)}/QĐ-UBND. Hội đồng sáng kiến xếp loại {rng.choice(('A', 'B'))}.",
            ),
        ),
        SampleFile(
            "minh_chung",
            f"Danh sách học sinh đạt giải năm học {_year(last)}",
            paragraphs=(f"Học sinh do {name} hướng dẫn.",),
            rows=(
                ("STT", "Họ và tên", "Giải"),
                *(
                    (str(index), _name(rng, rng.random() < 0.5), rng.choice(subject.contests))
                    for index in range(1, rng.randint(3, 7))
                ),
            ),
        ),
        SampleFile(
            "minh_chung",
            f"Phiếu dự giờ môn {subject.name}",
            paragraphs=(
                f"Người dạy: {name}. Tiết {rng.randint(1, 5)}, lớp học sôi nổi, học sinh được thực hành nhiều.",
                f"Ưu điểm: {rng.choice(subject.deeds)}",
                f"Điểm: {rng.randint(17, 20)}/20. Xếp loại: Giỏi.",
            ),
        ),
        SampleFile("anh", f"Ảnh hoạt động của {name}", paragraphs=(f"Sinh hoạt chuyên đề {subject.name}.",)),
    )
    return tuple(rng.sample(offered, k=rng.randint(1, 3)))
