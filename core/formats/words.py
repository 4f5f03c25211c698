"""Words in formats that end a word at a blank or a line at a line end."""

import re
from collections.abc import Sequence

__all__ = ["BLANKS", "TABS", "without"]

# All that some reader takes for a blank or a line end (\s holds NBSP and the Unicode separators), controls, and
# halves of characters, which UTF-8 cannot hold.
BLANKS = re.compile("[\\s\x00-\x1f\x7f\ufeff\ud800-\udfff]")
TABS = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


def without(pattern: re.Pattern[str], keys: Sequence[str], mark: str) -> tuple[list[str], tuple[str, ...]]:
    """Replace every match of `pattern` by `mark`, keep the words unique, and say how many changed.

    A word that would come out as another one gets further marks until it is its own.
    """
    # Words that need no change keep their names, whatever the others become.
    taken = {key for key in keys if key and not pattern.search(key)}
    words, changed = [], []
    for key in keys:
        if key and not pattern.search(key):
            words.append(key)
            continue
        word = pattern.sub(mark, key) or mark
        while word in taken:
            word += mark
        taken.add(word)
        words.append(word)
        changed.append((key, word))
    if not changed:
        return words, ()
    (key, word), count = changed[0], len(changed)
    shown = key.encode("unicode_escape").decode("ascii") if not key.isprintable() else key
    return words, (
        f"{count:,} {'word holds' if count == 1 else 'words hold'} characters that this format cannot keep (blanks, "
        f"line ends, controls), written as “{mark}”: “{shown[:60]}” became “{word[:60]}”"
        f"{' and so on' if count > 1 else ''}. safetensors keeps every word as it is.",
    )
