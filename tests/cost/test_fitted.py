"""Predictions: made of the right parts, and within what is promised of what the emulator counts."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.bench.cost_networks import random_program
from tests.bench.fit_cost import count
from tests.c.compilers import need
from tests.lower.networks import conv
from tests.prune.planted import SAME, chain
from tinyml_studio.app.studio import Studio
from tinyml_studio.cost import fitted
from tinyml_studio.cost.fitted import core_model, predict
from tinyml_studio.cost.work import QUANTITIES, work
from tinyml_studio.emit.used import kernels_used
from tinyml_studio.paths import resource
from tinyml_studio.verify.machines import MACHINES

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
CORES = tuple(sorted(path.stem for path in resource("cost").glob("*.json")))


def need_core(core):
    need(f"{MACHINES[core].prefix}gcc", MACHINES[core].emulator[0])


def quantities(program, index=0):
    return dict(zip(QUANTITIES, work(program, program.instructions[index]), strict=True))


def test_every_emulated_core_is_fitted():
    assert set(CORES) | set(fitted.STAND_INS) == set(MACHINES)


@pytest.mark.parametrize("core", CORES)
def test_what_was_fitted_is_complete(core):
    model = core_model(core)
    assert (model.core, model.layers > 500, 0.0 < model.error < 0.3) == (core, True, True)
    for factors in (*model.factors.values(), *model.others.values()):
        assert len(factors) == len(QUANTITIES)
        assert min(factors) >= 0.0
    assert set(model.factors) <= set(model.stack) == set(model.code["kernel"])


@pytest.mark.parametrize("arithmetic", ["tflm-single", "pow2", "onnx"])
def test_kernels_of_other_arithmetics_are_predicted_by_those_of_tflm(arithmetic):
    studio = Studio.open_example("digits")
    base = predict(studio.exported().program, "cortex-m4").instructions
    studio.set_arithmetic(arithmetic)
    assert predict(studio.exported().program, "cortex-m4").instructions < 1.6 * base


def test_quantities_of_a_convolution():
    program = chain(conv(6, (3, 3), 5, pads=SAME), conv(2, (1, 1), 6), shape=(7, 4, 5)).lower()
    found = quantities(program)
    assert found["products"] == 7 * 4 * 6 * 45
    assert found["blocked products"] == 28 * 6 * 48
    assert (found["positions"], found["rows"], found["outputs"]) == (28, 7, 168)
    assert found["blocked outputs"] == 28 * 8
    assert (found["gathered values"], found["gathered rows"]) == (28 * 45, 28 * 3)
    assert found["edge positions"] == 28 - 5 * 2
    assert found["weights"] == 270


def test_quantities_of_a_depthwise_convolution_and_a_sum():
    program = chain(
        conv(4, (3, 3), 4, groups=4, strides=(2, 2), pads=SAME), conv(2, (1, 1), 4), shape=(8, 8, 4)
    ).lower()
    found = quantities(program)
    assert found["products"] == 4 * 4 * 4 * 9
    assert found["edge positions"] == 16 - 9


def test_kernels_that_are_called_more_than_once_have_a_star():
    layers = [conv(4, (1, 1), 4) for _ in range(2)]
    names = [used.kernels for used in kernels_used(chain(*layers, shape=(4, 4, 4)).lower())]
    assert names[0] == names[1]
    assert names[0][0].endswith("*")
    (alone,) = kernels_used(chain(layers[0], shape=(4, 4, 4)).lower())
    assert f"{alone.kernels[0]}*" == names[0][0]


@pytest.mark.parametrize("core", CORES)
def test_a_prediction_is_the_sum_of_its_layers_and_grows_with_the_work(core):
    small, large = (chain(conv(16, (1, 1), 16), shape=(size, size, 16)).lower() for size in (6, 12))
    first, second = predict(small, core), predict(large, core)
    assert first.instructions == sum(first.layers)
    assert 2.5 < second.instructions / first.instructions < 5.0
    assert 500 < first.code_bytes < 12_000
    assert 50 < first.stack_bytes < 700


def test_a_kernel_that_was_never_counted_is_named(monkeypatch):
    program = chain(conv(16, (1, 1), 16), shape=(6, 6, 16)).lower()
    known = predict(program, "cortex-m4")
    model = core_model("cortex-m4")
    bare = fitted.CoreModel(**{**vars(model), "factors": {}})
    monkeypatch.setattr(fitted, "core_model", lambda core: bare)
    blind = predict(program, "cortex-m4")
    assert (known.unseen, len(blind.unseen)) == ((), 1)
    assert blind.instructions > 0


def test_other_quantities_are_refused(monkeypatch, tmp_path):
    held = json.loads((resource("cost") / "cortex-m4.json").read_text())
    (tmp_path / "cortex-m4.json").write_text(json.dumps({**held, "quantities": ["calls"]}))
    monkeypatch.setattr(fitted, "resource", lambda _: tmp_path)
    with pytest.raises(ValueError, match="fit it again"):
        core_model.__wrapped__("cortex-m4")


def test_nothing_is_predicted_for_a_core_that_nobody_counts():
    program = chain(conv(4, (1, 1), 3)).lower()
    assert predict(program, "xtensa-lx7") is None


@pytest.mark.parametrize("core", CORES)
def test_networks_that_were_not_fitted(core):
    need_core(core)
    errors, sizes = [], []
    for seed in (900, 901):
        run = count((core, seed))
        foretold = predict(random_program(seed), core)
        errors.append(foretold.instructions / run.instructions - 1)
        sizes.append(foretold.code_bytes - run.code_bytes)
    assert np.abs(errors).max() < 0.15
    assert np.abs(sizes).max() < 2500


@pytest.mark.parametrize("name", ["kws/kws_ref_model.tflite", "ic/pretrainedResnet_quant.tflite"])
@pytest.mark.parametrize("core", ["cortex-m4", "rv32imac"])
def test_real_models(core, name):
    need_core(core)
    if not MODELS.exists():
        pytest.skip("the models are not here")
    studio = Studio.open(MODELS / name)
    counted, foretold = (studio.estimate(target=core, count=held) for held in (True, False))
    assert (counted.source, foretold.source) == ("counted", "predicted")
    instructions = foretold.counted.instructions / counted.counted.instructions
    assert instructions == pytest.approx(1, abs=0.15)
    flash = foretold.counted.flash_bytes / counted.counted.flash_bytes
    assert flash == pytest.approx(1, abs=0.05)
    assert foretold.ram_bytes == pytest.approx(counted.ram_bytes, rel=0.05)
    assert foretold.counted.arena_bytes == counted.counted.arena_bytes
    heavy = [i for i, layer in enumerate(counted.layers) if layer.instructions > 20_000]
    for index in heavy:
        expected = counted.layers[index].instructions
        assert foretold.layers[index].instructions == pytest.approx(expected, rel=0.25)
