"""Somebody else's code for a bounded time: what comes back, and what is left running."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from thidua import bounded
from thidua.bounded import TooSlow
from thidua.conduct import Conduct, Lent
from thidua.plugin.faults import own_frame
from thidua.testing import Nothing


def loop_for_ever() -> None:
    while True:
        pass


def leave() -> None:
    raise SystemExit("đi đây")


def test_what_comes_back_is_given_and_what_is_raised_is_kept() -> None:
    assert bounded.call(lambda: 6 * 7, 5).get() == 42
    fault = bounded.call(lambda: {}["x"], 5)
    assert (repr(fault.error), fault.value) == ("KeyError('x')", None)
    with pytest.raises(KeyError):
        fault.get()
    with pytest.raises(RuntimeError, match="it left with SystemExit"):
        bounded.call(leave, 5).get()


def test_a_loop_is_left_asked_to_end_and_its_place_is_known() -> None:
    outcome = bounded.call(loop_for_ever, 0.2)
    assert isinstance(outcome.error, TooSlow)
    assert "test_bounded.py:" in own_frame(outcome.error)
    outcome.thread.join(100)
    assert not outcome.thread.is_alive()


def test_who_hangs_is_not_asked_again_before_it_has_ended_and_faults_are_counted() -> None:
    conduct, release = Conduct(0.1), threading.Event()
    for _ in range(2):
        assert isinstance(conduct.ask("vo-sach", "check year", lambda: release.wait(300))[1], TooSlow)
    assert [(one.where, one.count) for one in conduct.missteps] == [("check year", 1)]
    release.set()
    conduct._stuck["vo-sach", "check year"].join(100)
    assert conduct.ask("vo-sach", "check year", lambda: "well") == ("well", None)
    for _ in range(2):
        conduct.ask("vo-sach", "check year", lambda: 1 / 0)
    assert [(one.where, one.count, one.fault.partition(":")[0]) for one in conduct.missteps] == [
        ("check year", 3, "ZeroDivisionError")
    ]


def test_a_past_that_was_taken_back_says_nothing() -> None:
    lent = Lent(Nothing())
    assert (list(lent.dossiers("x")), list(lent.awards("p")), lent.officiates("p")) == ([], [], False)
    lent.close()
    with pytest.raises(TooSlow):
        lent.dossiers("x")


TRACED = """
import sys, threading
from thidua import bounded

def well() -> str:
    return "well"

sys.settrace(lambda frame, event, argument: None)
waiting = threading.Event()
outcome = bounded.call(lambda: waiting.wait(600), 0.1)
print(type(outcome.error).__name__, well())
waiting.set()
outcome.thread.join()
print(well())
"""


def test_one_that_waits_does_not_stop_a_traced_program() -> None:
    ran = subprocess.run([sys.executable, "-c", TRACED], check=False, capture_output=True, text=True, timeout=100)
    assert (ran.stdout, ran.returncode) == ("TooSlow well\nwell\n", 0), ran.stderr
