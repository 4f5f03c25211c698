"""WordSets: the targets and attributes of one test, checked; and collections of them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rapidfuzz import process

from core.errors import InputError, UnknownNameError

__all__ = ["WordSetCollection", "WordSets"]

ROLES = ("target", "attribute")
SHORT_FORM = {f"{role}{number}" for role in ROLES for number in (1, 2)}

Label = Annotated[str, Field(min_length=1, max_length=120)]
Word = Annotated[str, Field(max_length=200)]
Words = Annotated[list[Word], Field(min_length=1, max_length=1_000)]
Sets = Annotated[dict[Label, Words], Field(max_length=20)]
Prose = Annotated[str, Field(max_length=4_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


M = TypeVar("M", bound=_Strict)


class _Test(_Strict):
    name: Label = "own"
    title: Prose = ""
    targets: Sets
    attributes: Sets


class _Collection(_Strict):
    name: Label
    title: Prose
    source: Prose = ""
    citation: Prose = ""
    licence: Prose = ""
    tests: Annotated[list[_Test], Field(min_length=1, max_length=1_000)]


@dataclass(frozen=True, slots=True)
class WordSets:
    """One test: sets of words to compare (targets), and what they are compared by (attributes).

    Attributes:
        name: short name, unique in its collection.
        title: what people read.
        targets: label and words of each set, in order; words are NFC, without blanks around them, each once.
        attributes: likewise.
        collection: name of the collection it belongs to, "" for one that was typed in.
        source: where the words were published.
        citation: author, year, title, where.
        notes: what was mended on reading (a word that stood twice in a set).
    """

    name: str
    title: str
    targets: Mapping[str, tuple[str, ...]]
    attributes: Mapping[str, tuple[str, ...]]
    collection: str = ""
    source: str = ""
    citation: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, value: Any, owner: str = "This test") -> "WordSets":
        """Build one test from JSON-like data, as a form or a file gives it.

        Args:
            value: `{"targets": {label: [words]}, "attributes": {…}}`, name and title if wanted, or the short form.
            owner: how messages begin (“sets.json”).

        Raises:
            InputError: what is wrong with the first bad entry, and where.
        """
        if isinstance(value, Mapping) and value.keys() & SHORT_FORM and not value.keys() & {"targets", "attributes"}:
            value = _long_form(value, owner)
        return _word_sets(_checked(_Test, value, owner), owner)

    @property
    def key(self) -> str:
        """What names this test on the command line and in links: `caliskan2017/flowers_insects`."""
        return f"{self.collection}/{self.name}" if self.collection else self.name

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the result should know of the sets themselves: words that stand in two of them."""
        sets = [(label, set(words)) for group in (self.targets, self.attributes) for label, words in group.items()]
        found = list(self.notes)
        for (one, first), (two, second) in combinations(sets, 2):
            both = sorted(first & second)
            if both:
                listed = ", ".join(f"“{word}”" for word in both[:10]) + (" …" if len(both) > 10 else "")
                verb = "stands" if len(both) == 1 else "stand"
                found.append(
                    f"{listed} {verb} in both “{one}” and “{two}”: the same word on two sides blurs the result."
                )
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, which `from_dict` reads back."""
        return {
            "name": self.name,
            "title": self.title,
            "targets": {label: list(words) for label, words in self.targets.items()},
            "attributes": {label: list(words) for label, words in self.attributes.items()},
        }


@dataclass(frozen=True, slots=True)
class WordSetCollection:
    """Tests of one source."""

    name: str
    title: str
    source: str
    citation: str
    licence: str
    tests: tuple[WordSets, ...]

    @classmethod
    def from_dict(cls, value: Any, owner: str = "This collection") -> "WordSetCollection":
        """Build a collection from JSON-like data; a single test becomes a collection of one.

        Raises:
            InputError: what is wrong with the first bad entry, and where.
        """
        if not (isinstance(value, Mapping) and "tests" in value):
            test = WordSets.from_dict(value, owner)
            return cls(test.name, test.title, "", "", "", (test,))
        found = _checked(_Collection, value, owner)
        names = [test.name for test in found.tests]
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"{owner}: two tests are called “{name}”; give each a name of its own.")
        tests = tuple(_word_sets(test, owner, found) for test in found.tests)
        return cls(found.name, found.title, found.source, found.citation, found.licence, tests)

    def test(self, name: str) -> WordSets:
        """The test called `name`.

        Raises:
            UnknownNameError: there is none; names the nearest.
        """
        known = {test.name: test for test in self.tests}
        if name not in known:
            near = process.extractOne(name, known, processor=lambda found: getattr(found, "name", found))
            hint = f"did you mean {near[2]}?" if near else ""
            raise UnknownNameError(f"There is no test called “{name[:80]}” in {self.name}; {hint}")
        return known[name]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, which `from_dict` reads back."""
        head = {"name": self.name, "title": self.title, "source": self.source}
        return {
            **head,
            "citation": self.citation,
            "licence": self.licence,
            "tests": [test.to_dict() for test in self.tests],
        }


def _long_form(value: Mapping[str, Any], owner: str) -> dict[str, Any]:
    unknown = [str(key) for key in value.keys() - SHORT_FORM - {"name", "title"}]
    if unknown:
        raise InputError(f"{owner}: “{min(unknown)[:80]}” is not known; there are: {', '.join(sorted(SHORT_FORM))}.")
    missing = sorted(SHORT_FORM - value.keys())
    if missing:
        raise InputError(f"{owner}: {missing[0]} is missing; all of {', '.join(sorted(SHORT_FORM))} are needed.")
    rest = {key: value[key] for key in ("name", "title") if key in value}
    sets = {f"{role}s": {f"{role}{number}": value[f"{role}{number}"] for number in (1, 2)} for role in ROLES}
    return {**rest, **sets}


def _word_sets(test: _Test, owner: str, collection: _Collection | None = None) -> WordSets:
    notes: list[str] = []
    groups = [
        {label: _clean(label, words, owner, notes) for label, words in group.items()}
        for group in (test.targets, test.attributes)
    ]
    for label in groups[0].keys() & groups[1].keys():
        raise InputError(f"{owner}: a target and an attribute are both called “{label}”; rename one.")
    return WordSets(
        name=test.name,
        title=test.title or " and ".join(test.targets) + " by " + " and ".join(test.attributes),
        targets=groups[0],
        attributes=groups[1],
        collection=collection.name if collection else "",
        source=collection.source if collection else "",
        citation=collection.citation if collection else "",
        notes=tuple(notes),
    )


def _clean(label: str, words: list[str], owner: str, notes: list[str]) -> tuple[str, ...]:
    clean: dict[str, None] = {}
    for word in words:
        form = unicodedata.normalize("NFC", word).strip()
        if not form:
            raise InputError(f"{owner}: “{label}” holds an empty word; remove it.")
        if form in clean:
            notes.append(f"“{form}” stands twice in “{label}”; it is counted once.")
        clean[form] = None
    return tuple(clean)


def _checked(model: type[M], value: Any, owner: str) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InputError(f"{owner}: {_sentence(error.errors(include_url=False)[0])}") from None


def _sentence(first: Any) -> str:
    loc, kind = [part for part in first["loc"] if part != "[key]"], first["type"]
    if not loc:
        return "this is not a set of words; it should be an object with targets and attributes."
    what = "targets and attributes" if loc[-1] in ("targets", "attributes") else "name, title and tests"
    most = (first.get("ctx") or {}).get("max_length", 0)
    rules = {
        "model_type": "must be an object with targets and attributes",
        "missing": f"is missing; give {what}",
        "extra_forbidden": "is not known; a test has name, title, targets and attributes",
        "string_too_short": "has no name; give every set a label",
        "too_short": f"is empty; give at least one {'test' if loc[-1] == 'tests' else 'word'}",
        "too_long": f"is too long (at most {most:,}); shorten it",
        "string_too_long": f"is too long (at most {most:,} characters); shorten it",
        "dict_type": "must be an object of labels, each with a list of words",
        "list_type": f"must be a list of words, not {_kind(first['input'])}",
        "string_unicode": "holds half a character (a lone surrogate); type it anew",
        "string_type": f"must be text (a word in quotes), not {_kind(first['input'])}",
    }
    return f"{_place(loc)} {rules.get(kind, 'cannot be used (' + first['msg'] + ')')}."


def _place(loc: list[Any]) -> str:
    """“entry 2 of “Flowers” in test 1” from a path such as ("tests", 0, "targets", "Flowers", 1)."""
    inner = loc[2:] if loc[0] == "tests" and len(loc) > 2 else loc
    test = f" in test {loc[1] + 1}" if inner is not loc else ""
    if inner[0] == "tests":
        return f"test {inner[1] + 1}" if len(inner) > 1 else "“tests”"
    if inner[0] in ("targets", "attributes") and len(inner) > 1:
        entry = f"word {inner[2] + 1} of " if len(inner) > 2 else ""
        return f"{entry}“{str(inner[1])[:80]}”{test}"
    return f"“{str(inner[0])[:80]}”{test}"


def _kind(value: Any) -> str:
    names = {bool: "a switch", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}
    return "nothing (null)" if value is None else names.get(type(value), type(value).__name__)
