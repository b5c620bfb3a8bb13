"""Made-up entries, as people type them: an opening, deeds, a hardship, voices, an end. No two tell it alike."""

from __future__ import annotations

import random
from collections.abc import Callable

from thidua.plugin import JsonValue, Sample, SampleFile
from thidua_guong_dien_hinh import stories
from thidua_guong_dien_hinh.stories import Hero

TEAMS = ("Công đoàn nhà trường", "Chi đoàn giáo viên", "Tổ Ngữ văn", "Tổ chuyên môn khối 4, 5", "Hội đồng sư phạm")
BROADCAST = ("phat-thanh", "truyen-hinh")
MONTHS = ("10", "11", "12")


def sample_entry(edition: str) -> Callable[[random.Random], Sample]:
    """Entries of an edition: typed or attached, of one author or a group, now and then a press work."""

    def sample(rng: random.Random) -> Sample:
        hero = rng.choice(stories.HEROES)
        printed, called = rng.choice(hero.names)
        title, text = rng.choice(hero.titles), _essay(rng, hero, called)
        attached = rng.random() < 0.3
        author = rng.choice(stories.AUTHORS_WOMEN + stories.AUTHORS_MEN)
        answers = {
            **_author(rng, author),
            **_subject(rng, hero, printed, edition),
            "ten_bai": title,
            **({} if attached else {"bai_viet": "\n\n".join(text)}),
            **_press(rng),
            "nguoi_that": "yes",
            "chua_du_thi": "yes",
        }
        files = (*((SampleFile("tep_bai", title, paragraphs=text),) if attached else ()), *_papers(rng, hero, printed))
        born = f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/{rng.randint(1972, 1998)}"
        return Sample(nominee=author, born=born, answers=answers, files=files)

    return sample


def sample_collective(rng: random.Random) -> Sample:
    """A school's part in the contest."""
    team = rng.choice(TEAMS)
    answers: dict[str, JsonValue] = {
        "so_bai": str(rng.randint(3, 24)),
        "so_nguoi": str(rng.randint(20, 90)),
        "cach_to_chuc": rng.choice(stories.CAMPAIGNS),
        "nhan_rong": rng.choice(stories.SPREADING),
    }
    plan = SampleFile("ke_hoach", f"Kế hoạch hưởng ứng của {team}", paragraphs=(rng.choice(stories.CAMPAIGNS),))
    return Sample(nominee=team, answers=answers, files=(plan,))


def _essay(rng: random.Random, hero: Hero, called: str) -> tuple[str, ...]:
    deeds = rng.sample(hero.deeds, k=rng.randint(4, 5))
    parts = [rng.choice(stories.OPENINGS), *deeds[:-1], rng.choice(stories.TROUBLES), deeds[-1]]
    parts += [*rng.sample(stories.VOICES, k=rng.randint(1, 2)), rng.choice(stories.CLOSINGS)]
    return tuple(_named(part, called) for part in parts)


def _named(part: str, called: str) -> str:
    """``part`` with the name in it, with a capital where a sentence begins."""
    capital = called[0].upper() + called[1:]
    text = part.replace(". {ten}", f". {capital}").replace("{ten}", called)
    return text[0].upper() + text[1:]


def _author(rng: random.Random, author: str) -> dict[str, JsonValue]:
    contact: dict[str, JsonValue] = {
        "dien_thoai": f"09{rng.randint(10, 99)} {rng.randint(100, 999)} {rng.randint(100, 999)}",
        "dia_chi": f"Số {rng.randint(2, 180)}, {rng.choice(stories.STREETS)}, Hà Nội",
    }
    family, given = author.split(maxsplit=1)[0], author.rsplit(maxsplit=1)[-1]
    if rng.random() < 0.4:
        contact["but_danh"] = f"{given} {family}"
    if rng.random() < 0.5:
        contact["thu_dien_tu"] = f"tacgia{rng.randint(100, 999)}@truong.example.edu.vn"
    if rng.random() < 0.75:
        return {"hinh_thuc": "ca-nhan", **contact}
    others = [name for name in stories.AUTHORS_WOMEN + stories.AUTHORS_MEN if name != author]
    count = rng.choice((1, 2, 3))
    group: dict[str, JsonValue] = {
        f"tac_gia_{place}": name for place, name in enumerate(rng.sample(others, k=count), start=2)
    }
    return {"hinh_thuc": "nhom", **group, **contact}


def _subject(rng: random.Random, hero: Hero, printed: str, edition: str) -> dict[str, JsonValue]:
    place: dict[str, JsonValue] = (
        {"nhan_vat_quan_huyen": hero.district} if edition == "2024" else {"nhan_vat_xa_phuong": hero.commune}
    )
    known, teaches = rng.random() < 0.25, hero.work == "chuyen-doi-so" and rng.random() < 0.5
    staff: dict[str, JsonValue] = {"nhan_vat_can_bo": printed} if teaches else {}
    return {
        **staff,
        "nhan_vat_loai": hero.kind,
        "nhan_vat_ten": printed,
        "nhan_vat_don_vi": hero.unit,
        "nhan_vat_dia_chi": hero.address,
        **place,
        "linh_vuc": hero.work,
        "nam_hoc": "2025-2026",
        "da_bieu_duong": "yes" if known else "no",
        **({"viec_moi": rng.choice(stories.NEW_DEEDS)} if known else {}),
    }


def _press(rng: random.Random) -> dict[str, JsonValue]:
    if rng.random() < 0.85:
        return {"la_bao_chi": "no"}
    kind = rng.choice(("bao-dien-tu", "bao-in", "phat-thanh", "truyen-hinh"))
    minutes: dict[str, JsonValue] = {"thoi_luong": rng.choice(("4,5", "6", "7"))} if kind in BROADCAST else {}
    return {
        **minutes,
        "la_bao_chi": "yes",
        "loai_hinh": kind,
        "noi_dang": rng.choice(stories.PAPERS),
        "ngay_dang": f"{rng.randint(1, 28):02d}/{rng.choice(MONTHS)}/2025",
        "duong_dan": f"https://baochi.example.vn/nguoi-tot-viec-tot/{rng.randint(10000, 99999)}",
    }


def _papers(rng: random.Random, hero: Hero, printed: str) -> tuple[SampleFile, ...]:
    confirmation = SampleFile(
        "giay_xac_nhan",
        f"Giấy xác nhận về {printed}",
        paragraphs=(
            f"{hero.unit} xác nhận {printed}, địa chỉ {hero.address}, là người thật; các việc làm nêu trong bài dự thi "
            "là việc thật, được nhân dân ghi nhận.",
        ),
    )
    portrait = SampleFile("anh_chan_dung", f"Chân dung {printed}", paragraphs=(hero.unit,))
    scene = SampleFile("anh_tu_lieu", f"Việc làm của {printed}", paragraphs=(hero.address,))
    offered = [confirmation, portrait, scene]
    return tuple(one for one, odds in zip(offered, (0.85, 0.8, 0.6), strict=True) if rng.random() < odds)
