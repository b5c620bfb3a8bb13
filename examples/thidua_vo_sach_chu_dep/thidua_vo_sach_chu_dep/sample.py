"""Made-up dossiers for the demo and for tests: everything as somebody would type it."""

import random

from thidua.plugin import JsonValue, Sample, SampleFile

PUPILS = ("Nguyễn Minh Anh", "Trần Gia Bảo", "Lê Khánh Chi", "Phạm Tuệ Lâm", "Đỗ Hà My", "Vũ Đức Nam")


def sample_pupil(rng: random.Random) -> Sample:
    """A pupil's dossier; the bare name of the teacher stands for somebody at the school."""
    name, grade = rng.choice(PUPILS), rng.randint(1, 5)
    answers: dict[str, JsonValue] = {
        "lop": f"{grade}A{rng.randint(1, 4)}",
        "khoi": str(grade),
        "giao_vien": "Trần Thị Mai",
        "ky_xet": "2025-2026",
        "so_vo": "4",
        "cam_nghi": "Mỗi tối em viết mười dòng. Cô sửa cho em từng nét khuyết.",
        "co_giai": rng.choice(("yes", "no")),
        "giai": [{"nam": "2024-2025", "cap": rng.choice(("truong", "xa", "tinh"))}],
    }
    file = SampleFile("bai_viet", f"Bài viết của {name}", paragraphs=("Trăng ơi từ đâu đến",))
    return Sample(nominee=name, born=f"12/04/{2019 - grade}", answers=answers, files=(file,), suits=("tieu-hoc",))
