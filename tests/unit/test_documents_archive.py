"""A dossier as a ZIP: written to a stream, verified without being extracted."""

import hashlib
import io
import json
import struct
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thidua.documents.archive import MANIFEST, ZipEntry, ZipReport, verify_zip, write_zip
from thidua.errors import BadFile

PDF = b"%PDF-1.7 " + bytes(range(256)) * 40


class Pipe(io.RawIOBase):
    """A stream that can only be written to, as a response is."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def seekable(self):
        return False

    def write(self, block):
        self.data += block
        return len(block)


def entry(name, data):
    return ZipEntry(name, data, hashlib.sha256(data).hexdigest(), len(data))


def make_zip(entries=None, manifest=None):
    pipe = Pipe()
    entries = [entry("ho-so.docx", b"PK answers"), entry("Minh chứng/qd.pdf", PDF)] if entries is None else entries
    write_zip(pipe, entries, {"code": "HS-2026-000123"} if manifest is None else manifest)
    return bytes(pipe.data)


def verify(tmp_path, data, **limits):
    path = tmp_path / "ho-so.zip"
    path.write_bytes(data)
    return verify_zip(path, **limits)


def rewrite(data, change):
    """The archive with its parts, as a dict of bytes, passed through ``change``."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_write_zip_puts_the_manifest_last_with_every_hash():
    with zipfile.ZipFile(io.BytesIO(make_zip())) as archive:
        assert archive.namelist() == ["ho-so.docx", "Minh chứng/qd.pdf", MANIFEST]
        assert archive.read("Minh chứng/qd.pdf") == PDF
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert json.loads(archive.read(MANIFEST)) == {
            "code": "HS-2026-000123",
            "format": 1,
            "files": [
                {"path": "ho-so.docx", "size": 10, "sha256": hashlib.sha256(b"PK answers").hexdigest()},
                {"path": "Minh chứng/qd.pdf", "size": len(PDF), "sha256": hashlib.sha256(PDF).hexdigest()},
            ],
        }


def test_write_zip_same_input_gives_same_bytes():
    assert make_zip() == make_zip()


def test_write_zip_reads_files_and_seekable_streams_too(tmp_path):
    (tmp_path / "blob").write_bytes(PDF)
    source = ZipEntry("qd.pdf", tmp_path / "blob", hashlib.sha256(PDF).hexdigest(), len(PDF))
    with (tmp_path / "a.zip").open("w+b") as out:
        write_zip(out, [source], {})
    assert verify_zip(tmp_path / "a.zip") == ZipReport([], 1)


@pytest.mark.parametrize("wrong", [{"sha256": "0" * 64}, {"size": len(PDF) - 1}, {"size": len(PDF) + 1}])
def test_write_zip_damaged_source_is_refused_and_leaves_no_archive(tmp_path, wrong):
    fields = {"name": "a.pdf", "source": PDF, "sha256": hashlib.sha256(PDF).hexdigest(), "size": len(PDF)} | wrong
    for out in (Pipe(), io.BytesIO()):
        with pytest.raises(BadFile) as refused:
            write_zip(out, [entry("ok.txt", b"ok"), ZipEntry(**fields)], {})
        assert refused.value.code == "blob-damaged"
        data = bytes(out.data) if isinstance(out, Pipe) else out.getvalue()
        assert verify(tmp_path, data).files == 0
        assert not zipfile.is_zipfile(io.BytesIO(data))


def test_write_zip_keeps_its_own_keys_and_hash_form():
    with pytest.raises(ValueError, match="format and files"):
        make_zip(manifest={"files": []})
    with pytest.raises(ValueError, match="64 hexadecimal"):
        make_zip([ZipEntry("a", b"", "E3B0", 0)])


def test_write_zip_makes_names_harmless_and_unique():
    names = [
        "../../etc/passwd",
        "a.txt",
        "A.TXT",
        "manifest.json",
        "..",
        "CON",
        "x" * 300 + ".pdf",
        "b\u202egpj.exe",
        "C:\\x\\y.txt",
    ]
    pipe = Pipe()
    used = write_zip(pipe, [entry(name, b"1") for name in names], {})
    assert used == [
        "etc/passwd", "a.txt", "A (2).TXT", "manifest (2).json", "tệp", "_CON", "x" * 116 + ".pdf",
        "bgpj.exe", "C_/x/y.txt",
    ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(bytes(pipe.data))) as archive:
        assert archive.namelist() == [*used, MANIFEST]


def test_verify_zip_of_a_whole_archive_finds_nothing(tmp_path):
    assert verify(tmp_path, make_zip()) == ZipReport([], 2)
    assert verify(tmp_path, make_zip([])) == ZipReport([], 0)


def test_verify_zip_names_the_file_of_one_flipped_byte(tmp_path):
    data = bytearray(make_zip())
    data[data.index(PDF) + 5000] ^= 1
    assert verify(tmp_path, bytes(data)) == ZipReport(
        ["Tệp “Minh chứng/qd.pdf” đã bị thay đổi hoặc hỏng: mã SHA-256 không khớp danh mục."], 1
    )


def test_verify_zip_sees_a_change_that_the_checksum_of_zip_does_not(tmp_path):
    def change(parts):
        parts["Minh chứng/qd.pdf"] = parts["Minh chứng/qd.pdf"].replace(b"%PDF-1.7", b"%PDF-1.4")

    assert verify(tmp_path, rewrite(make_zip(), change)) == ZipReport(
        ["Tệp “Minh chứng/qd.pdf” đã bị thay đổi hoặc hỏng: mã SHA-256 không khớp danh mục."], 1
    )


def test_verify_zip_lists_missing_unknown_and_resized_files_at_once(tmp_path):
    def change(parts):
        del parts["ho-so.docx"]
        parts["la.txt"] = b"?"
        parts["Minh chứng/qd.pdf"] += b"!"

    assert verify(tmp_path, rewrite(make_zip(), change)) == ZipReport(
        [
            "Thiếu tệp “ho-so.docx” có ghi trong danh mục.",
            "Tệp “la.txt” không có trong danh mục.",
            f"Tệp “Minh chứng/qd.pdf” đã bị thay đổi: dung lượng khác {len(PDF)} byte ghi trong danh mục.",
        ],
        0,
    )


def test_verify_zip_refuses_paths_that_lead_out_and_repeated_ones(tmp_path):
    buffer = io.BytesIO(make_zip())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("../x", b"")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("ho-so.docx", b"PK answers")
    assert verify(tmp_path, buffer.getvalue()) == ZipReport(
        [
            "Tệp “ho-so.docx” xuất hiện nhiều lần.",
            "Đường dẫn “../x” không an toàn: đừng giải nén tệp ZIP này.",
            "Tệp “../x” không có trong danh mục.",
        ],
        2,
    )


@pytest.mark.parametrize(
    ("manifest", "start"),
    [
        (b"", "“manifest.json” bị hỏng"),
        (b"[]", "“manifest.json” bị hỏng"),
        (b"[" * 100_000, "“manifest.json” bị hỏng"),
        (b"\xff\xfe", "“manifest.json” bị hỏng"),
        (b'{"format": 1}', "“manifest.json” bị hỏng"),
        (b'{"format": 1, "files": [{"path": "a"}]}', "“manifest.json” bị hỏng"),
        (b'{"format": 1, "files": [{"path": "a", "size": true, "sha256": ""}]}', "“manifest.json” bị hỏng"),
        (
            b'{"format": 1, "files": [{"path":"a","size":1,"sha256":""},{"path":"a","size":1,"sha256":""}]}',
            "“manifest.json” bị hỏng",
        ),
        (b'{"format": 2, "files": []}', "Tệp ZIP theo định dạng 2, bản này chỉ đọc được định dạng 1."),
    ],
)
def test_verify_zip_bad_manifests_get_a_sentence(tmp_path, manifest, start):
    report = verify(tmp_path, rewrite(make_zip(), lambda parts: parts.update({MANIFEST: manifest})))
    assert (len(report.problems), report.files) == (1, 0)
    assert report.problems[0].startswith(start)


def test_verify_zip_without_manifest_or_cut_short(tmp_path):
    whole = make_zip()
    assert verify(tmp_path, rewrite(whole, lambda parts: parts.pop(MANIFEST))).problems == [
        "Không có “manifest.json” trong tệp ZIP: tệp tải về chưa hết hoặc không do hệ thống này tạo ra. "
        "Hãy tải lại từ hệ thống."
    ]
    unreadable = [
        "“ho-so.zip” không phải là tệp ZIP đọc được (có thể bị hỏng hoặc tải về chưa hết). Hãy tải lại từ hệ thống."
    ]
    assert [verify(tmp_path, whole[:size]).problems for size in (0, 10, len(whole) // 2, len(whole) - 1)] == [
        unreadable
    ] * 4
    assert verify_zip(tmp_path / "ho-so-khac.zip").files == 0


def test_verify_zip_keeps_to_its_limits(tmp_path):
    data = make_zip()
    assert verify(tmp_path, data, max_entries=2).problems == ["Tệp ZIP có 3 mục, vượt giới hạn 2; không kiểm tra tiếp."]
    assert verify(tmp_path, data, max_bytes=1000).problems == [
        "Nội dung tệp ZIP vượt giới hạn 0 MB; không kiểm tra tiếp."
    ]


def test_verify_zip_marks_an_encrypted_entry_as_damaged(tmp_path):
    data = bytearray(make_zip([entry("a.pdf", PDF)]))
    place = data.index(b"PK\x01\x02") + 8
    (flags,) = struct.unpack_from("<H", data, place)
    struct.pack_into("<H", data, place, flags | 1)
    assert verify(tmp_path, bytes(data)) == ZipReport(
        ["Tệp “a.pdf” đã bị thay đổi hoặc hỏng: mã SHA-256 không khớp danh mục."], 0
    )


@given(st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_verify_zip_never_raises_whatever_byte_is_changed(tmp_path, data):
    raw = bytearray(make_zip([entry("a.txt", b"noi dung " * 20)]))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    report = verify(tmp_path, bytes(raw))
    assert all(isinstance(problem, str) for problem in report.problems)
    assert report.files == 1 or report.problems


def test_verify_zip_of_one_packed_in_another_way_and_damaged_is_a_sentence(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(MANIFEST, json.dumps({"format": 1, "files": []}) + " " * 500)
    data = bytearray(path.read_bytes())
    at = 30 + len(MANIFEST) + 20
    data[at : at + 8] = b"\xff" * 8
    path.write_bytes(data)
    assert [MANIFEST in problem for problem in verify_zip(path).problems] == [True]


def test_verify_zip_says_names_that_steer_a_terminal_or_that_none_prints(tmp_path):
    names = ["a\x1b[2J", "b\x9b2J", "c\ud800", "Đơn “1”.docx"]
    lines = [{"path": name, "size": 1, "sha256": "0" * 64} for name in names]

    def change(parts):
        parts.clear()
        parts[MANIFEST] = json.dumps({"format": 1, "files": lines}).encode()

    problems = verify(tmp_path, rewrite(make_zip(), change)).problems
    assert [text.encode() for text in problems] == [
        f"Thiếu tệp “{name}” có ghi trong danh mục.".encode() for name in ("a�[2J", "b�2J", "c�", "Đơn “1”.docx")
    ]
