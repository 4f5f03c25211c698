"""Settings from outside pass one door: those of the torture set are taken or refused as its manifest says.

Where the design differs from the manifest, `DECIDED` holds the outcome and the reason, so that a change is a decision.
"""

import json
from pathlib import Path

import pytest

from core.architecture import ARCHITECTURES
from core.errors import SettingsError
from core.params import parse_assignments
from core.runs.settings import RunSettings
from core.runs.spec import make_spec

MANIFEST = Path(__file__).resolve().parents[4] / "shared" / "torture" / "manifest.json"
NAMES = {"dim": "dimensions", "negative": "negatives", "vocab": "max_vocabulary"}
DECIDED = {
    "threads=0": ("accept", "0 chooses by the size of the corpus and the machine"),
}


def _cases():
    if not MANIFEST.exists():
        return [pytest.param(None, id="no manifest")]
    return [pytest.param(case, id=case["name"]) for case in json.loads(MANIFEST.read_text("utf-8"))["hparams"]]


@pytest.mark.parametrize("case", _cases())
def test_settings_of_the_torture_set(case):
    if case is None:
        pytest.skip("../shared/torture is not beside this checkout")
    expected, _ = DECIDED.get(case["name"], (case["expect"], ""))
    values = {NAMES.get(name, name): value for name, value in case["set"].items()}
    # As the command line and a link would bring them: text, a JSON literal where it is one.
    texts = [f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in values.items()]
    for given in (values, parse_assignments(texts)):
        settings = {name: value for name, value in given.items() if name in RunSettings.model_fields}
        params = {name: value for name, value in given.items() if name not in settings}
        for architecture in ARCHITECTURES:
            # What an architecture has no use for it does not offer.
            if expected == "accept" and set(params) <= set(architecture.Params.model_fields):
                spec = make_spec(architecture.name, params, settings)
                known = spec.settings.model_dump() | spec.params.model_dump()
                assert {name: known[name] for name in given} == given
            else:
                with pytest.raises(SettingsError) as caught:
                    make_spec(architecture.name, params, settings)
                assert any(name in str(caught.value) for name in given)
                assert "\n" not in str(caught.value)


def test_early_stopping_wants_lines_held_out():
    with pytest.raises(SettingsError, match=r"held_out is 0; set held_out to 0\.01 or early_stopping to 0\.$"):
        make_spec("skipgram", {"early_stopping": 3}, {"held_out": 0.0})
    assert make_spec("skipgram", {"early_stopping": 3}, {}).params.early_stopping == 3
