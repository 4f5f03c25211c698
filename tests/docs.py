"""Writes the README's generated tables: `python -m tests.docs`, or `make docs`. A test calls `expected`."""

from pathlib import Path

from core.architecture import ARCHITECTURES
from core.data.cleaner import CLEANING_STEPS, STAGES
from core.data.reader import READERS
from core.data.tokenizer import TOKENIZERS
from core.evaluation.benchmark import BENCHMARKS
from core.formats.format import FORMATS
from sample_corpora import SAMPLES

README = Path(__file__).parents[1] / "README.md"


def architectures() -> str:
    rows = [f"| `{unit.name}` | {unit.title} | {unit.summary} | {unit.citation} |" for unit in ARCHITECTURES]
    return "\n".join(["| name | title | what, when, cost | source |", "|---|---|---|---|", *rows])


def readers() -> str:
    rows = [
        f"| `{unit.name}` | {unit.title} | {' '.join(f'`{one}`' for one in unit.endings)} | {unit.summary} |"
        for unit in READERS
    ]
    return "\n".join(["| name | title | usual endings | what is a document |", "|---|---|---|---|", *rows])


def steps() -> str:
    in_order = sorted(CLEANING_STEPS, key=lambda unit: STAGES.index(unit.stage))
    rows = [f"| `{unit.name}` | {unit.title} | {unit.stage} | {unit.summary} |" for unit in in_order]
    return "\n".join(["| name | title | works on | what, when |", "|---|---|---|---|", *rows])


def tokenizers() -> str:
    rows = [f"| `{unit.name}` | {unit.title} | {unit.summary} |" for unit in TOKENIZERS]
    return "\n".join(["| name | title | what, when |", "|---|---|---|", *rows])


def formats() -> str:
    rows = [
        f"| `{unit.name}` | {unit.title} | {' '.join(f'`{one}`' for one in unit.endings)} | "
        f"{'✓' if unit.readable else '–'} | {'✓' if unit.writable else '–'} | {unit.summary} |"
        for unit in FORMATS
    ]
    return "\n".join(["| name | title | usual endings | in | out | what |", "|---|---|---|---|---|---|", *rows])


def scores() -> str:
    rows = [
        f"| `{unit.name}` | {unit.title} | {'higher' if unit.best == 'highest' else 'lower'} | {unit.summary} | "
        f"{unit.citation} |"
        for unit in BENCHMARKS
    ]
    return "\n".join(["| name | title | better | what, how to read it | source |", "|---|---|---|---|---|", *rows])


def samples() -> str:
    rows = [f"| `{one.name}` | {one.words:,} | {one.summary} | {one.look_for} |" for one in SAMPLES]
    return "\n".join(["| name | words | what | what to look for |", "|---|---|---|---|", *rows])


def expected(text: str) -> str:
    tables = {
        "readers": readers(),
        "steps": steps(),
        "tokenizers": tokenizers(),
        "architectures": architectures(),
        "scores": scores(),
        "formats": formats(),
        "samples": samples(),
    }
    for name, table in tables.items():
        start = text.index("-->", text.index(f"<!-- {name}:")) + len("-->")
        text = text[:start] + f"\n\n{table}\n\n" + text[text.index(f"<!-- end of {name} -->") :]
    return text


if __name__ == "__main__":
    README.write_text(expected(README.read_text(encoding="utf-8")), encoding="utf-8")
