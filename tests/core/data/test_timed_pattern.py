"""A person's regular expression: faults in a sentence, bounded in time."""

import pytest

from core.data import timed_pattern
from core.data.timed_pattern import TimedPattern, replacement_fault, valid_pattern
from core.errors import CorpusError


def test_finds_and_replaces():
    pattern = TimedPattern(r"(\w)(\d)")
    assert [match[0] for match in pattern.finditer("a1 b c3")] == ["a1", "c3"]
    assert pattern.sub(r"\2\1", "a1 b c3") == "1a b 3c"
    assert pattern.fullmatch("a1")
    assert not pattern.fullmatch("a1 ")


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "(?P<n>a)(?P<", "[z-a]", "\\p{Nothing}", "(" * 5000 + ")" * 5000])
def test_faults_of_patterns(pattern):
    with pytest.raises(ValueError, match=r"^pattern must be a regular expression; in .*") as said:
        valid_pattern(pattern)
    assert "\n" not in str(said.value)
    assert valid_pattern(r"\p{L}+(?=x)") == r"\p{L}+(?=x)"


@pytest.mark.parametrize(
    ("replacement", "says"), [(r"\2", "no such group"), (r"\q", "bad escape"), ("\\", "bad escape")]
)
def test_faults_of_replacements(replacement, says):
    assert says in str(replacement_fault("(a)", replacement))
    assert replacement_fault("(a)", r"\1 \g<0>") is None


def test_time_is_bounded(monkeypatch):
    monkeypatch.setattr(timed_pattern, "SECONDS_TO_START", 0.05)
    slow = TimedPattern("(a|aa)+$")
    assert slow.sub("", "aaa") == ""
    for look in (lambda: slow.sub("", "a" * 60 + "b"), lambda: slow.finditer("a" * 60 + "b")):
        with pytest.raises(CorpusError, match="takes too long on this text"):
            look()
