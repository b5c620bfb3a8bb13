"""What changed between two versions of a dossier: fields and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thidua.models import Version, VersionFile
from thidua.services.definitions import shape
from thidua.services.display import Shown, show


@dataclass(frozen=True)
class FieldChange:
    """A field whose answer differs; ``before`` or ``after`` is None where the form had no such field."""

    section: str
    label: str
    before: Shown | None
    after: Shown | None


@dataclass(frozen=True)
class FileChange:
    """A file that was added (no ``before``), taken out (no ``after``) or replaced (both)."""

    slot: str
    label: str
    before: VersionFile | None
    after: VersionFile | None


@dataclass(frozen=True)
class Changes:
    """Everything that differs, in the order of the newer form."""

    fields: tuple[FieldChange, ...]
    files: tuple[FileChange, ...]

    @property
    def none(self) -> bool:
        """Whether the two versions say the same."""
        return not self.fields and not self.files


def compare(old: Version, new: Version) -> Changes:
    """The changes from ``old`` to ``new``, by field key and by attachment."""
    before, after = _answers(old), _answers(new)
    fields = []
    for key in [*after, *(k for k in before if k not in after)]:
        section, was = before.get(key, ("", None))
        section, now = after.get(key, (section, None))
        if was != now and not ((was is None or was.empty) and (now is None or now.empty)):
            label = now.label if now else was.label if was else key
            fields.append(FieldChange(section, label, was, now))
    return Changes(tuple(fields), tuple(_files(old, new)))


def _answers(version: Version) -> dict[str, tuple[str, Shown]]:
    sections = show(shape(version.definition), version.answers)
    return {a.key: (s.title, a) for s in sections for a in s.answers}


def _files(old: Version, new: Version) -> list[FileChange]:
    labels = {d.key: d.label for d in (*shape(old.definition).documents, *shape(new.definition).documents)}
    changes = []
    for slot in dict.fromkeys([f.slot for f in (*new.files, *old.files)]):
        was, now = _slot(old.files, slot), _slot(new.files, slot)
        gone = [f for f in was if f.sha256 not in {n.sha256 for n in now}]
        come = [f for f in now if f.sha256 not in {w.sha256 for w in was}]
        for index in range(max(len(gone), len(come))):
            before = gone[index] if index < len(gone) else None
            after = come[index] if index < len(come) else None
            changes.append(FileChange(slot, labels.get(slot, slot), before, after))
    return changes


def _slot(files: Sequence[VersionFile], slot: str) -> list[VersionFile]:
    return [f for f in files if f.slot == slot]
