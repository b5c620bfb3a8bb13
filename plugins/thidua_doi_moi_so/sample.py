"""Dossiers as teachers and schools might have written them, for demonstrations and tests."""

from __future__ import annotations

import random
from collections.abc import Callable

from thidua.plugin import JsonValue, Sample, SampleFile
from thidua_doi_moi_so import words
from thidua_doi_moi_so.initiative import Edition
from thidua_doi_moi_so.school import LMS, SOFTWARE
from thidua_doi_moi_so.words import Idea

FEW = 150
"""Whoever counts so few users keeps no statistics on the net."""


def sample_initiative(edition: Edition) -> Callable[[random.Random], Sample]:
    """A sampler of initiatives for an edition."""
    return lambda rng: _initiative(rng, edition)


def sample_school(edition: Edition) -> Callable[[random.Random], Sample]:
    """A sampler of schools' self-assessments for an edition."""
    return lambda rng: _school(rng, edition)


def _initiative(rng: random.Random, edition: Edition) -> Sample:
    idea, last = rng.choice(words.IDEAS), int(edition)
    name, title = _name(rng), rng.choice(idea.titles)
    users = rng.randint(24, 680)
    answers: dict[str, JsonValue] = {
        "ten": title,
        "linh_vuc": list[JsonValue](idea.areas),
        "pham_vi": rng.choice(("lop", "truong", "truong", "cum", "xa")),
        "nam_hoc": f"{last}-{last + 1}",
        "ngay_ap_dung": f"{rng.randint(1, 28):02d}/{rng.randint(9, 12):02d}/{last}",
        "tac_gia": _authors(rng, name),
        "thuc_trang": idea.before,
        "giai_phap": "\n\n".join(idea.solution),
        "tinh_moi": idea.fresh,
        "so_lieu": [_figure(rng, *figure) for figure in idea.figures][: 1 + users % 2],
        "so_nguoi_dung": str(users),
        "hieu_qua": idea.effect,
        "nhan_rong": rng.choice(words.SPREAD),
        **_places(rng, last),
        **_safety(rng, idea, edition),
        "lien_ket": _links(rng, users),
        "cam_ket": "yes",
    }
    born = f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/{rng.randint(1970, 1998)}"
    files = (
        SampleFile(
            "mo_ta",
            f"Bản mô tả sáng kiến: {title}",
            paragraphs=(f"Tác giả chính: {name}.", idea.before, *idea.solution, idea.fresh, idea.effect),
            rows=(
                ("Chỉ tiêu", "Đơn vị tính", "Trước", "Sau"),
                *((what, unit, str(before), str(after)) for what, unit, before, after in idea.figures),
            ),
        ),
        SampleFile(
            "minh_chung",
            "Nhật kí sử dụng trong học kì",
            paragraphs=(f"Số người dùng: {users}. Mã số thay cho tên học sinh.",),
            rows=(("Tuần", "Lượt dùng"), *((str(week), str(rng.randint(40, 400))) for week in range(1, 7))),
        ),
    )
    return Sample(nominee=name, born=born, answers=answers, files=files, suits=idea.levels)


def _links(rng: random.Random, users: int) -> list[JsonValue]:
    site = "https://doimoi.example.edu.vn"
    trial: JsonValue = {"noi_dung": "Bản dùng thử", "dia_chi": f"{site}/{rng.randint(1000, 9999)}"}
    statistics: JsonValue = {"noi_dung": "Thống kê sử dụng", "dia_chi": f"{site}/thong-ke/{users}"}
    return [trial, statistics] if users > FEW else [trial]


def _name(rng: random.Random) -> str:
    return f"{rng.choice(words.FAMILIES)} {rng.choice(words.WOMEN if rng.random() < 0.7 else words.MEN)}"


def _authors(rng: random.Random, first: str) -> list[JsonValue]:
    """One author, or a group whose shares come to 100, quarters of a per cent among them."""
    shares = rng.choice((("100",), ("100",), ("60", "40"), ("50", "25", "25"), ("40,5", "33,25", "26,25")))
    names = [first, *(_name(rng) for _ in shares[1:])]
    return [
        {"ho_ten": name, "chuc_vu": rng.choice(words.POSTS), "ti_le": share}
        for name, share in zip(names, shares, strict=True)
    ]


def _figure(rng: random.Random, what: str, unit: str, before: int, after: int) -> JsonValue:
    drift = rng.randint(0, 3)
    source = rng.choice(("Nhật kí phần mềm", "Khảo sát của trường", "Sổ theo dõi"))
    return {"chi_tieu": what, "don_vi_tinh": unit, "truoc": str(before + drift), "sau": f"{after},5", "nguon": source}


def _places(rng: random.Random, last: int) -> dict[str, JsonValue]:
    if rng.random() < 0.4:
        return {"da_nhan_rong": "no"}
    rows: list[JsonValue] = [
        {"don_vi": place, "tu_ngay": f"{rng.randint(1, 28):02d}/01/{last + 1}", "co_giay": rng.choice(("yes", "no"))}
        for place in rng.sample(words.NEIGHBOURS, k=rng.randint(1, 3))
    ]
    return {"da_nhan_rong": "yes", "noi_ap_dung": rows}


def _safety(rng: random.Random, idea: Idea, edition: Edition) -> dict[str, JsonValue]:
    said: dict[str, JsonValue] = {"du_lieu_ca_nhan": "yes" if idea.personal else "no", "dung_quyen": "yes"}
    if idea.personal:
        said |= {"da_dong_y": "yes", "bao_ve": rng.choice(words.CARE)}
    if edition == "2025":
        uses = rng.random() < 0.5
        said["dung_ai"] = "yes" if uses else "no"
        if uses:
            said["dung_ai_the_nao"] = rng.choice(words.AI)
    return said


def _school(rng: random.Random, edition: Edition) -> Sample:
    last, classes = int(edition), rng.randint(12, 40)
    levels = rng.choice((("mam-non",), ("tieu-hoc",), ("thcs", "thpt")))
    lms = rng.random() < 0.8
    functions = [option.value for option in LMS]
    modules = [option.value for option in SOFTWARE]
    answers: dict[str, JsonValue] = {
        "nam_hoc": f"{last}-{last + 1}",
        "so_lop": str(classes),
        "so_hoc_sinh": str(classes * rng.randint(28, 42)),
        "so_giao_vien": str(classes * 2),
        "phu_trach": _name(rng),
        "so_ke_hoach": f"{rng.randint(10, 90)}/KH-THHS",
        "ngay_ke_hoach": f"{rng.randint(1, 28):02d}/09/{last}",
        **({"co_quy_dinh_ai": rng.choice(("yes", "no"))} if edition == "2025" else {}),
        "co_quy_che": "yes",
        "phan_mem_day": rng.choice(words.PLATFORMS),
        "co_lms": "yes" if lms else "no",
        **({"chuc_nang_lms": list[JsonValue](rng.sample(functions, k=rng.randint(2, 5)))} if lms else {}),
        "hoc_lieu": [
            {"mon": subject, "so_bai": str(rng.randint(12, 140)), "ti_le": f"{rng.randint(20, 90)},5"}
            for subject in words.SUBJECTS[levels[0]]
        ],
        "so_may": str(rng.randint(20, 90)),
        "gv_dung_lms": str(rng.randint(40, 100)),
        "kho_khan_day": rng.choice(words.GOOD),
        "phan_mem": list[JsonValue](rng.sample(modules, k=rng.randint(3, 6))),
        "dong_bo": "yes",
        "tuyen_sinh": rng.choice(("toan-phan", "toan-phan", "mot-phan")),
        "khong_tien_mat": str(rng.randint(50, 100)),
        "phu_huynh_ket_noi": str(rng.randint(70, 100)),
        **({"trang_truong": f"https://truong{rng.randint(1, 99)}.example.edu.vn"} if rng.random() < 0.7 else {}),
        "kho_khan_quan_tri": rng.choice(words.GOOD),
    }
    visits = tuple((grade, str(rng.randint(200, 4000))) for grade in words.GRADES[levels[0]])
    files = (
        SampleFile(
            "ke_hoach",
            f"Kế hoạch chuyển đổi số năm học {last}-{last + 1}",
            paragraphs=("Mục tiêu: mọi giáo viên dùng hệ thống quản lí học tập hằng tuần.", rng.choice(words.GOOD)),
        ),
        SampleFile(
            "mc_day_hoc",
            "Thống kê sử dụng hệ thống quản lí học tập",
            rows=(("Khối, tổ", "Lượt đăng nhập"), *visits),
        ),
        SampleFile("mc_quan_tri", "Biên bản đối soát thu không dùng tiền mặt", paragraphs=(rng.choice(words.GOOD),)),
    )
    return Sample(nominee=rng.choice(words.COLLECTIVES), answers=answers, files=files, suits=levels)
