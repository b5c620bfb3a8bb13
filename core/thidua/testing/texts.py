"""What people read: labels and titles that are clean, and that tell one thing from another."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from thidua.testing.subject import Subject, Tried

_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:[a-z]{2,8}|#\d+);")
_PYTHON = re.compile(
    r"\b(?:Period|Ref|Decimal|Fraction|date|datetime|mappingproxy|frozenset|set|dict)\(|<[\w.<> ]+ (?:object )?at 0x"
    r"|\bb'|\('|\['|\{'|\b(?:True|False)\b"
)
_ONE_LINE = ("label", "title", "issuer", "number", "campaign_title", "signers")
_UNMARKED = re.compile(r"[A-Za-z]+(?:[ ,.:;–-]+[A-Za-z]+){2,}[.:!?]?")
_FORGOTTEN = re.compile(r"\b(?:TODO|FIXME|XXX|[Ll]orem ipsum)\b|\{\{|\}\}|\{%|%\}")
_KEYLIKE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")
_READ = ("label", "title", "help", "guide", "issuer", "number", "campaign_title", "signers")


_ENOUGH_LETTERS = 12


def clean_texts(subject: Subject) -> Iterator[str]:
    """No markup, no hidden letters, no blanks at the ends; no two things under one label."""
    for one in subject.tracks:
        for where, text in _texts(one.shape, ""):
            for fault in (*text_faults(text), *_line_faults(where, text), *word_faults(text)):
                yield f"{one.place}: {where}: {fault}"
        yield from _alike(one)


def text_faults(text: str) -> Iterator[str]:
    """What is wrong with a text that people read.

    >>> list(text_faults("<b>Lớp</b> "))
    ["'<b>Lớp</b> ' holds markup, which people would read as it stands; write plain text", \
"'<b>Lớp</b> ' begins or ends with a blank; take it away"]
    """
    shown = repr(text if len(text) <= 60 else f"{text[:60]}…")
    if type(text) is not str:
        yield f"{shown} is a {type(text).__name__}; write a plain text"
    if _MARKUP.search(text):
        yield f"{shown} holds markup, which people would read as it stands; write plain text"
    if _PYTHON.search(text):
        yield f"{shown} holds a value as Python writes it; write it as people read it"
    hidden = {letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") and letter != "\n"}
    if hidden:
        names = ", ".join(sorted(f"U+{ord(letter):04X}" for letter in hidden))
        yield f"{shown} holds letters nobody sees ({names}); take them away"
    if unicodedata.normalize("NFC", text) != text:
        yield f"{shown} is written with loose marks; write composed letters (NFC)"
    if text != text.strip():
        yield f"{shown} begins or ends with a blank; take it away"


def word_faults(text: str) -> Iterator[str]:
    """What is hardly meant for people: a key, a reminder, a template, words without any Vietnamese mark.

    >>> list(word_faults("So quyen vo du xet"))
    ["'So quyen vo du xet' has no Vietnamese mark in all its words; write it as people read it"]
    """
    shown = repr(text if len(text) <= 60 else f"{text[:60]}…")
    if _KEYLIKE.fullmatch(text):
        yield f"{shown} is a key; write the words that people read"
    elif _FORGOTTEN.search(text):
        yield f"{shown} was left unfinished; write the words that people read"
    elif _UNMARKED.fullmatch(text) and len(text) >= _ENOUGH_LETTERS:
        yield f"{shown} has no Vietnamese mark in all its words; write it as people read it"


def _line_faults(where: str, text: str) -> Iterator[str]:
    if where.rpartition(" ")[2] not in _ONE_LINE:
        return
    if "\n" in text:
        yield f"{text!r} holds a line break; write one line"
    elif "  " in text.strip():
        yield f"{text!r} holds two blanks together; write one"


def _texts(thing: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(thing, tuple):
        for member in thing:
            yield from _texts(member, where)
    elif is_dataclass(thing) and not isinstance(thing, type):
        own = f"{where} {type(thing).__name__} {getattr(thing, 'key', getattr(thing, 'value', ''))!r}".strip()
        for field in fields(thing):
            value = getattr(thing, field.name)
            if field.name in _READ and isinstance(value, str):
                yield f"{own} {field.name}", value
            elif field.name in _READ and isinstance(value, tuple):
                yield from ((f"{own} {field.name}", text) for text in value if isinstance(text, str))
            else:
                yield from _texts(value, "" if own.startswith("Shape") else own)


def _alike(one: Tried) -> Iterator[str]:
    form = one.shape
    groups = [("sections", [section.title for section in form.sections])]
    groups += [(f"section {section.key!r}", [field.label for field in section.fields]) for section in form.sections]
    for field in form.fields:
        for column in getattr(field, "columns", ()):
            labels = [part.label for part in getattr(column, "options", ())]
            groups.append((f"field {field.key!r}: column {column.key!r}: options", labels))
        for name in ("columns", "options"):
            parts = getattr(field, name, ())
            groups.append((f"field {field.key!r}: {name}", [part.label for part in parts]))
    groups.append(("documents", [document.label for document in form.documents]))
    groups += [
        (f"report {report.key!r}: columns", [column.label for column in report.columns]) for report in form.reports
    ]
    groups += [("classes", [each.label for each in form.classes]), ("prizes", [each.label for each in form.prizes])]
    if form.rubric is not None:
        groups.append(("rubric", [node.label for node in form.rubric.nodes.values()]))
    for where, labels in groups:
        for label, count in Counter(label.casefold().strip() for label in labels).items():
            if count > 1:
                yield f"{one.place}: {where}: {label!r} stands {count} times; give each its own label"
