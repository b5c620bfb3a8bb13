"""Every check of the kit, in the order in which an author should read what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from thidua import bounded
from thidua.plugin.faults import own_frame
from thidua.testing import behaviour, editions, forms, office, package, reports, rubrics, said, samples, texts
from thidua.testing.subject import Subject

SECONDS = 300
MOST = 20


@dataclass(frozen=True)
class Check:
    """One check: its ``key``, what it promises (``title``, read by authors), and what finds the faults.

    ``find`` yields sentences that name the place and the mend; none: the promise is kept.
    """

    key: str
    title: str
    find: Callable[[Subject], Iterable[str]]

    def faults(self, subject: Subject) -> list[str]:
        """Everything found wrong, each thing once; a check that fails itself is a fault too."""
        outcome = bounded.call(lambda: list(self._some(subject)), SECONDS)
        if outcome.error is not None:
            place = own_frame(outcome.error, subject.package)
            told = f"{type(outcome.error).__name__}: {outcome.error}" + (f" ({place})" if place else "")
            return [f"{subject.name}: {self.key}: {told}"]
        return outcome.value or []

    def _some(self, subject: Subject) -> Iterator[str]:
        seen: set[str] = set()
        for fault in self.find(subject):
            if fault not in seen and len(seen) < MOST:
                seen.add(fault)
                yield fault


CHECKS: tuple[Check, ...] = (
    Check("loads", "Nạp được, không trùng phong trào nào khác", package.loads),
    Check("imports", "Chỉ dùng thidua.plugin", package.imports),
    Check("alone", "Nạp nhẹ, không tác dụng phụ, lần nào cũng cùng một mẫu", package.alone),
    Check("editions", "Mẫu của mỗi phiên bản đúng như đã lưu", editions.kept),
    Check("texts", "Nhãn và câu chữ sạch, không lẫn nhau", texts.clean_texts),
    Check("fields", "Ô, giới hạn và loại tệp dùng được", forms.usable),
    Check("parameters", "Tham số của đợt có nơi dùng", behaviour.parameters_used),
    Check("rubric", "Thang điểm cộng đúng, không bao giờ giảm khi thêm điểm", rubrics.arithmetic),
    Check("bounds", "Điểm sàn, điểm trần, làm tròn có tác dụng và đúng", rubrics.bounds),
    Check("gates", "Điều kiện bắt buộc làm đúng việc của nó", rubrics.gates),
    Check("classes", "Mỗi xếp loại đều có hồ sơ đạt được", rubrics.classes),
    Check("judging", "Chấm ẩn danh, điểm phụ, giải thưởng khớp nhau", rubrics.judged),
    Check("samples", "Hồ sơ mẫu hợp lệ, đa dạng, cùng hạt giống thì giống nhau", samples.good),
    Check("required", "Ô bắt buộc bỏ trống thì bị từ chối", samples.required),
    Check("blanks", "Quy tắc kiểm tra chịu được mọi chỗ trống", behaviour.blanks),
    Check("said", "Quy tắc kiểm tra nói đúng như đã lưu", said.unchanged),
    Check("hostile", "Mọi ô chịu được dữ liệu cố ý phá", behaviour.hostile),
    Check("reports", "Báo cáo mở được với 0, 1 và 300 hồ sơ, tệp riêng đúng như đã lưu", reports.open_everywhere),
    Check("hooks", "Từ viết tắt có nghĩa; nghe thay đổi không hỏng", package.hooks),
    Check("pages", "Trang thật không để lọt mã lạ", office.pages_escape),
    Check("search", "Tìm thấy hồ sơ khi gõ có dấu và không dấu", office.found),
    Check("without", "Hồ sơ cũ vẫn đọc được khi gỡ gói", office.without_the_plugin),
)


@dataclass(frozen=True)
class Outcome:
    """What one check found; ``tried`` is False where the package could not be loaded."""

    check: Check
    faults: tuple[str, ...]
    tried: bool = True


def try_all(subject: Subject, keys: Iterable[str] = ()) -> Iterator[Outcome]:
    """Every check in turn, or those named by ``keys``; after a package that does not load the others are not tried."""
    wanted = set(keys)
    for check in CHECKS:
        if wanted and check.key not in wanted:
            continue
        if check.key in ("loads", "imports") or subject.loads:
            yield Outcome(check, tuple(check.faults(subject)))
        else:
            yield Outcome(check, (), tried=False)
