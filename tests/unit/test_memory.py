"""What a site that serves keeps in memory: nothing that only documents, authors or a sign-in once needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

SERVING = """
import sys
import thidua.cli, thidua.commands.running
from thidua.registry import Registry
Registry.load()
spared = {"docx", "lxml", "pypdfium2", "python_calamine", "thidua.demo", "thidua.testing", "xlsxwriter"}
print(*sorted(spared & {*sys.modules}))
"""
SIGN_INS = """
import threading, re
from pathlib import Path
from argon2 import PasswordHasher
from thidua.commands.running import give_back_large_blocks
give_back_large_blocks()
def held():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
check, before, gate = PasswordHasher(time_cost=1, memory_cost=19 * 1024, parallelism=1), held(), threading.Barrier(5)
def sign_in():
    check.hash("a"), check.hash("b"), gate.wait(30), gate.wait(30)
for _ in range(4):
    threading.Thread(target=sign_in).start()
gate.wait(30)
print(held() - before < 19)
gate.wait(30)
"""


def said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def test_a_site_is_served_without_what_only_documents_and_authors_need() -> None:
    assert said(SERVING) == "\n"


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's way with memory")
def test_four_threads_that_checked_passwords_keep_less_than_one_check_takes() -> None:
    assert said(SIGN_INS) == "True\n"
