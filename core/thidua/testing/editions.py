"""The stored form of each edition, beside the author's test: what was promised is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from thidua.plugin import Campaign, ContractError, JsonValue, Shape
from thidua.plugin.codec import canonical
from thidua.testing.subject import Subject, Tried

WRITE = "THIDUA_WRITE_EDITIONS=1 pytest, or `thidua plugin check … --write`,"


def kept(subject: Subject) -> Iterator[str]:
    """Every edition is the one that was stored; what it is stored as gives it back."""
    for one in subject.tracks:
        try:
            again = Shape.from_json(one.shape.to_json())
        except ContractError as error:
            yield f"{one.place}: its stored form cannot be read again: {error}"
            continue
        if again != one.shape:
            yield f"{one.place}: its stored form reads differently; write texts with composed letters (NFC)"
        if subject.editions is not None:
            yield from _same(subject, one, subject.editions / file_name(one))
    yield from _carried(subject)
    yield from _lost(subject)


def _carried(subject: Subject) -> Iterator[str]:
    """A key means the same in every edition: answers are searched, compared and taken over by it."""
    first: dict[tuple[str, str, str], tuple[str, str]] = {}
    for one in subject.tracks:
        for field in one.shape.fields:
            edition, kind = first.setdefault(
                (one.campaign.slug, one.track.key, field.key), (one.campaign.edition, field.kind)
            )
            if kind != field.kind:
                yield (
                    f"{one.place}: field {field.key!r} is a {field.kind}, in edition {edition} it is a {kind}; "
                    "what means something else gets a new key"
                )


def file_name(one: Tried) -> str:
    """``vo-sach-chu-dep-2026-lop.json``."""
    return f"{one.campaign.slug}-{one.campaign.edition}-{one.track.key}.json"


def said_name(one: Tried) -> str:
    """``vo-sach-chu-dep-2026-lop.checks.json``."""
    return file_name(one).replace(".json", ".checks.json")


def build_name(campaign: Campaign) -> str:
    """``vo-sach-chu-dep-2026.builds.json``."""
    return f"{campaign.slug}-{campaign.edition}.builds.json"


def _same(subject: Subject, one: Tried, path: Path) -> Iterator[str]:
    text = _pretty(one.shape)
    if not path.exists():
        if subject.write:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            return
        yield f"{one.place}: {path.name} is not there; {WRITE} stores the edition, then keep the file"
        return
    try:
        stored = Shape.from_json(path.read_text("utf-8"))
    except (ContractError, UnicodeDecodeError) as error:
        yield f"{one.place}: {path.name}: {error}"
        return
    if broken := stored.differences(one.shape):
        yield (
            f"{one.place}: {'; '.join(broken)}. Raise the edition, or change it back; "
            f"while no site has it, delete {path.name} and store it anew with --write"
        )
    elif stored != one.shape and subject.write:
        path.write_text(text, "utf-8")
    elif stored != one.shape:
        changed = "; ".join(_changes(json.loads(stored.to_json()), json.loads(one.shape.to_json()), ""))
        yield f"{one.place}: {changed}. If that is meant, {WRITE} stores it"


def _pretty(shape: Shape) -> str:
    return json.dumps(json.loads(shape.to_json()), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _changes(was: JsonValue, now: JsonValue, where: str) -> Iterator[str]:
    """What differs between two stored forms, in places that say their keys."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted({*was, *now}):
            yield from _changes(was.get(key), now.get(key), f"{where} {key}".strip())
    elif isinstance(was, list) and isinstance(now, list) and len(was) != len(now):
        same = next(
            (at for at, (old, new) in enumerate(zip(was, now, strict=False)) if old != new), min(len(was), len(now))
        )
        first = (now if len(now) > len(was) else was)[same]
        word = "is new" if len(now) > len(was) else "is gone"
        yield f"{where} had {len(was)} parts, has {len(now)}: {_cut(first)} {word}"
    elif isinstance(was, list) and isinstance(now, list):
        for index, (old, new) in enumerate(zip(was, now, strict=True)):
            name = new.get("key", index + 1) if isinstance(new, dict) else index + 1
            yield from _changes(old, new, f"{where} {name}")
    elif was != now:
        yield f"{where} was {_cut(was)}, is {_cut(now)}"


def _cut(value: JsonValue) -> str:
    text = canonical(value)
    return text if len(text) <= 80 else f"{text[:80]}…"


def _lost(subject: Subject) -> Iterator[str]:
    """A stored edition that is offered no more: calls may still run on it."""
    if subject.editions is None or not subject.editions.is_dir():
        return
    offered = {name(one) for one in subject.tracks for name in (file_name, said_name)}
    offered |= {build_name(one.campaign) for one in subject.tracks}
    slugs = {one.campaign.slug for one in subject.tracks}
    for path in sorted(subject.editions.glob("*.json")):
        if path.name in offered or not any(path.name.startswith(f"{slug}-") for slug in slugs):
            continue
        yield f"{path.name}: this edition is offered no more; offer it, or delete the file once no call runs on it"
