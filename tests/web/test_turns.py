"""One page at a time, and nobody waits long for a slow one."""

from __future__ import annotations

import threading
import time

from thidua.commands.turns import Turns


def answer(_environ: object, _start_response: object) -> list[bytes]:
    return [b"xong"]


def test_pages_are_made_one_at_a_time() -> None:
    inside, most = [0], []

    def app(environ: object, start_response: object) -> list[bytes]:
        inside[0] += 1
        most.append(inside[0])
        time.sleep(0.001)  # the interpreter is given away here, as at a row of the database
        inside[0] -= 1
        return answer(environ, start_response)

    turns = Turns(app, patience=60)
    threads = [threading.Thread(target=lambda: [turns({}, None) for _ in range(5)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 40


def test_who_has_waited_goes_ahead_of_a_slow_page_and_a_failed_one_gives_its_turn_back() -> None:
    started, release, told = threading.Event(), threading.Event(), []

    def app(environ: dict[str, str], start_response: object) -> list[bytes]:
        if environ["PATH_INFO"] == "/hong":
            raise RuntimeError("hỏng")
        if environ["PATH_INFO"] == "/lau":
            started.set()
            release.wait(60)
        return answer(environ, start_response)

    turns = Turns(app, patience=0.01)
    slow = threading.Thread(target=lambda: told.append(turns({"PATH_INFO": "/lau"}, None)))
    slow.start()
    assert started.wait(60)
    assert turns({"PATH_INFO": "/"}, None) == [b"xong"]
    assert told == []
    release.set()
    slow.join()
    for path in ("/hong", "/"):
        try:
            told.append(turns({"PATH_INFO": path}, None))
        except RuntimeError as error:
            told.append(str(error))
    assert told == [[b"xong"], "hỏng", [b"xong"]]
    assert turns._turn.acquire(blocking=False)
