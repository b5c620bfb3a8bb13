"""What a start leaves for later: templates compiled once, makers of addresses, garbage."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import url_for
from werkzeug.routing import Map, Rule

from conftest import Clock
from thidua.app import create_app
from thidua.loading import unsearched
from thidua.services.site import Site
from thidua.web.late import FOLDER


def first_page(site: Site, clock: Clock) -> str:
    """The sign-in page of a new application, without its tokens."""
    answer = create_app(site, clock=clock).test_client().get("/dang-nhap")
    assert answer.status_code == 200
    return "".join(line for line in answer.text.splitlines() if "csrf" not in line)


def _as_kept(_folder: Path) -> None:
    pass


def _half_written(folder: Path) -> None:
    for kept in folder.iterdir():
        kept.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])


def _full_of_noughts(folder: Path, start: int = 40) -> None:
    for kept in folder.iterdir():
        kept.write_bytes(kept.read_bytes()[:start] + bytes(kept.stat().st_size - start))


def _full_of_noughts_within(folder: Path) -> None:
    _full_of_noughts(folder, 200)


def _in_the_way(folder: Path) -> None:
    for kept in folder.iterdir():
        kept.unlink()
    folder.rmdir()
    folder.write_bytes(b"")


@pytest.mark.parametrize("harm", [_as_kept, _half_written, _full_of_noughts, _full_of_noughts_within, _in_the_way])
def test_compiled_templates_are_a_cache_that_may_be_lost(
    site: Site, clock: Clock, harm: Callable[[Path], None]
) -> None:
    folder = site.settings.instance / FOLDER
    page = first_page(site, clock)
    names = {kept.name for kept in folder.iterdir()}
    assert len(names) >= 2
    assert {name.rpartition(".")[2] for name in names} == {"cache"}
    assert folder.stat().st_mode & 0o777 == 0o700
    harm(folder)
    assert first_page(site, clock) == page


def test_a_template_that_changed_is_compiled_anew(site: Site, clock: Clock, tmp_path: Path) -> None:
    for said in ("one", "two"):
        (tmp_path / "greeting.html").write_text(said)
        app = create_app(site, clock=clock)
        app.jinja_loader.searchpath.append(str(tmp_path))
        assert app.jinja_env.get_template("greeting.html").render() == said


def test_addresses_are_those_that_werkzeug_makes(site: Site, clock: Clock) -> None:
    app = create_app(site, clock=clock)
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    plain = Map([Rule(rule.rule, endpoint=rule.endpoint, methods=rule.methods) for rule in rules]).bind("localhost")
    values = {"int": 7, "default": "Ân cần", "path": "a/b"}
    with app.test_request_context():
        for rule in rules:
            given = {
                name: values["int" if "Integer" in type(kind).__name__ else "default"]
                for name, kind in rule._converters.items()
            }
            for extra in ({}, {"trang": "2", "q": "a b"}):
                for _ in range(2):
                    assert url_for(rule.endpoint, **given, **extra) == plain.build(rule.endpoint, given | extra)


@pytest.mark.parametrize("wanted", [True, False])
def test_loading_leaves_the_search_for_garbage_as_it_was(wanted: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if wanted else gc.disable)()
        with pytest.raises(LookupError), unsearched():
            assert not gc.isenabled()
            raise LookupError
        assert gc.isenabled() is wanted
    finally:
        (gc.enable if was else gc.disable)()
