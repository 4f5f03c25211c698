"""What holds for the project as a whole: imports point one way, the web process stays light, nothing is pickled."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests import docs

ROOT = Path(__file__).parents[1]
SOURCES = [path for folder in ("core", "pages", "sample_corpora") for path in sorted((ROOT / folder).rglob("*.py"))]
HEAVY = ("numba", "torch", "umap", "openTSNE", "sklearn", "pynndescent", "optuna")
BANNED_CALLS = {"eval", "exec", "compile"}
BANNED_IMPORTS = {"pickle", "cPickle", "joblib", "shelve", "marshal", "dill", "cloudpickle"}
BANNED_ATTRIBUTES = {("torch", "load"), ("st", "html"), ("components", "html"), ("yaml", "load")}


def test_imports_point_one_way() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


def test_the_web_process_stays_light() -> None:
    code = """
import sys
import pages.main, app
from core.architecture import ARCHITECTURES
from core.bias.metric import METRICS
from core.evaluation.benchmark import BENCHMARKS
from core.formats.format import FORMATS
from core.projection import PROJECTIONS
from core.data.readers import READERS
from sample_corpora import SAMPLES
for registry in (ARCHITECTURES, METRICS, BENCHMARKS, FORMATS, PROJECTIONS, READERS, SAMPLES):
    assert len(registry) > 0, registry.kind
print(sorted(name for name in %r if name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code % (HEAVY,)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip().splitlines()[-1] == "[]"


def is_style(call: ast.Call) -> bool:
    """Whether all that is handed over is one style sheet beside the module: a file of ours, no text of anybody's."""
    match call.args, call.keywords:
        case [ast.BinOp(ast.Name("_FOLDER"), ast.Div(), ast.Constant(str() as name))], []:
            return name.endswith(".css")
    return False


def test_only_a_style_sheet_is_one() -> None:
    said = {"_FOLDER / 'a.css'": True, "_FOLDER / 'a.html'": False, "'a.css'": False, "_FOLDER / name": False}
    said["folder / 'a.css'"] = said["_FOLDER / 'a.css', text"] = said["_FOLDER / 'a.css', width='content'"] = False
    for arguments, expected in said.items():
        call = ast.parse(f"st.html({arguments})", mode="eval").body
        assert isinstance(call, ast.Call)
        assert is_style(call) is expected, arguments


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_pickled_evaluated_or_shown_as_html(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            assert not BANNED_IMPORTS & {name.split(".")[0] for name in names}, f"{path.name}:{node.lineno}"
        elif isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name):
                assert called.id not in BANNED_CALLS, f"{path.name}:{node.lineno}"
            elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and not is_style(node):
                assert (called.value.id, called.attr) not in BANNED_ATTRIBUTES, f"{path.name}:{node.lineno}"
            for keyword in node.keywords:
                truth = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
                unsafe = keyword.arg in ("allow_pickle", "unsafe_allow_html") and truth
                assert not unsafe, f"{path.name}:{node.lineno}"


def test_every_module_opens_with_a_docstring() -> None:
    bare = [
        str(path.relative_to(ROOT)) for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert bare == []


def test_readme_tables_are_those_of_the_registries() -> None:
    text = docs.README.read_text(encoding="utf-8")
    assert docs.expected(text) == text, "run `make docs`"


def test_readme_names_the_make_targets_and_every_command() -> None:
    from core.__main__ import build_parser

    text = docs.README.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("run", "test", "setup"):
        assert f"\n{target}:" in makefile
    assert "make run" in text
    assert "make test" in text
    commands = next(action for action in build_parser()._actions if action.dest == "command").choices
    missing = [name for name in commands if f"`{name}`" not in text]
    assert missing == []
