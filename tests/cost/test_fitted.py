"""Predictions: made of the right parts, and within what is promised of what the emulator counts."""

import json
from pathlib import Path

import pytest

from tests.bench.counting import count
from tests.bench.fit_cost import KEPT_BACK, LIKE, SAME_CODE, program_of
from tests.c.compilers import need
from tests.lower.networks import conv
from tests.prune.planted import SAME, chain, dense
from tinyml_studio.app.studio import Studio
from tinyml_studio.cost import fitted
from tinyml_studio.cost.fitted import core_model, predict
from tinyml_studio.cost.likeness import nearest, relative
from tinyml_studio.cost.quantities import QUANTITIES
from tinyml_studio.emit.used import functions_of, kernels_used
from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import Clamp
from tinyml_studio.paths import resource
from tinyml_studio.verify.machines import MACHINES

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
CORES = tuple(sorted(path.stem for path in resource("cost").glob("*.json")))
WITHIN = 0.15
RELU = Clamp(low=0.0)


def need_core(core):
    need(f"{MACHINES[core].prefix}gcc", MACHINES[core].emulator[0])


def instances(*layers):
    found = kernels_used(chain(*layers, shape=(4, 4, 4)).lower())
    return [kernel.instance for used in found for kernel in used.kernels]


def test_every_emulated_core_is_fitted():
    assert set(CORES) | set(fitted.STAND_INS) == set(MACHINES)


@pytest.mark.parametrize("core", CORES)
def test_what_was_fitted_is_complete(core):
    model = core_model(core)
    assert (model.core, model.layers > (200 if core in LIKE else 1000)) == (core, True)
    assert 0.0 < model.error < WITHIN
    assert 0.0 < model.network_error < WITHIN
    for factors in (*model.factors.values(), *model.families.values()):
        assert set(factors) <= set(QUANTITIES)
        assert min(factors.values(), default=1.0) > 0.0
    assert set(model.factors) <= set(model.stack)
    assert set(model.factors) <= set(model.code.layers)


def test_kernels_that_are_called_more_than_once_have_a_star():
    layers = [conv(4, (1, 1), 4) for _ in range(2)]
    first, second = instances(*layers)
    assert first == second
    assert first.endswith("*")
    (alone,) = instances(layers[0])
    assert f"{alone}*" == first


def test_the_functions_that_a_kernel_needs():
    (used,) = kernels_used(chain(conv(4, (1, 1), 4), shape=(4, 4, 4)).lower())
    names = functions_of(used.kernels[0].call)
    assert used.kernels[0].instance in names
    assert {"clamp", "signed"} <= names


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
    for held in ({"families": model.families}, {"families": {"other": {"outputs": 30.0}}}):
        bare = fitted.CoreModel(**{**vars(model), "factors": {}, **held})
        monkeypatch.setattr(fitted, "core_model", lambda core, bare=bare: bare)
        blind = predict(program, "cortex-m4")
        assert (known.unseen, len(blind.unseen)) == ((), 1)
        assert blind.instructions > 0


@pytest.mark.parametrize(
    ("instance", "kernel", "stands_in"),
    [
        ("conv2d_s8_s16_w8_b32*", "conv2d", "conv2d_s8_s8_w8_b32*"),
        ("conv2d16_s8_w6", "conv2d16", "conv2d16_s16_w6*"),
        ("dense_w4_left", "dense", "dense_w4"),
        ("conv2d_s8_s8_w4_b32*", "conv2d", "conv2d_s8_s8_w8_b32*"),
        ("other_s8", "other", None),
    ],
)
def test_what_was_never_counted_takes_the_factors_of_the_most_alike(instance, kernel, stands_in):
    known = (
        "conv2d_s8_s8_w8_b32*", "conv2d_s8_s8_w8_b32", "conv2d_s16_s16_w6_b32", "conv2d_rows_w8*",
        "conv2d16_s16_w6*", "conv2d16_s16_w8", "conv2d16_patch_s8_w6", "dense_w4", "dense_w8_left",
    )  # fmt: skip
    assert nearest(instance, kernel, known) == stands_in


def test_other_quantities_are_refused(monkeypatch, tmp_path):
    held = json.loads((resource("cost") / "cortex-m4.json").read_text())
    (tmp_path / "cortex-m4.json").write_text(json.dumps({**held, "quantities": ["calls"]}))
    monkeypatch.setattr(fitted, "resource", lambda _: tmp_path)
    with pytest.raises(ValueError, match="fit it again"):
        core_model.__wrapped__("cortex-m4")


def test_nothing_is_predicted_for_a_core_that_nobody_counts():
    program = chain(conv(4, (1, 1), 3)).lower()
    assert predict(program, "xtensa-lx7") is None


def within(core, program, folder):
    """Hold a prediction against a count."""
    run = count(program, (core,), kept=folder)[core]
    found = predict(program, core)
    assert found.instructions == pytest.approx(sum(run.layers), rel=WITHIN)
    hooks = core_model(core).code.step * len(run.layers)
    assert found.code_bytes == pytest.approx(run.code - hooks, rel=WITHIN)
    assert found.stack_bytes == pytest.approx(max(run.stacks), abs=160)
    return found, run


@pytest.mark.parametrize("core", CORES)
def test_networks_that_were_not_fitted(core, tmp_path):
    need_core(core)
    similar = core in LIKE or core in SAME_CODE
    for seed in KEPT_BACK[1 : 2 if similar else 3]:
        within(core, program_of(("chain", seed)), tmp_path)


@pytest.mark.parametrize("core", ["cortex-m4", "rv32imac"])
def test_only_the_model_and_what_it_needs_are_counted(core, tmp_path):
    need_core(core)
    program = chain(conv(4, (1, 1), 4), shape=(4, 4, 4)).lower()
    run = count(program, (core,), kept=tmp_path)[core]
    assert run.code - sum(run.functions.values()) < 100


def test_functions_alike_differ_in_nothing_but_types():
    known = ("dot_pair_w4_s16", "weight_sum_w3", "weight_sum_w8", "add")
    assert relative("weight_sum_w8", known) == "weight_sum_w8"
    assert relative("weight_sum_w4", known) in ("weight_sum_w3", "weight_sum_w8")
    assert relative("dot_w4_s16", known) is None


@pytest.mark.parametrize("core", ["cortex-m0plus", "cortex-m4", "cortex-m55", "rv32imac"])
@pytest.mark.parametrize("name", ["digits", "motion"])
@pytest.mark.parametrize("bits", ["w8a8", "w4a8"])
def test_flash_of_small_networks(core, name, bits):
    need_core(core)
    folder = resource("examples") / name
    studio = Studio.open(folder / "model.onnx")
    studio.calibrate(folder / "calibration.npz")
    studio.set_bits("*", bits)
    counted, foretold = (studio.estimate(target=core, count=held) for held in (True, False))
    flash = foretold.counted.flash_bytes / counted.counted.flash_bytes
    assert flash == pytest.approx(1, abs=0.05)


def separable(channels, out, stride=1):
    """A depthwise convolution and one over channels, as in MobileNet."""
    return (
        conv(
            channels, (3, 3), channels,
            groups=channels, strides=(stride,) * 2, pads=SAME, clamp=RELU,
        ),
        conv(out, (1, 1), channels, clamp=RELU),
    )  # fmt: skip


MOBILE = (
    conv(8, (3, 3), 3, strides=(2, 2), pads=((0, 1), (0, 1)), clamp=RELU),
    *separable(8, 16), *separable(16, 32, 2), *separable(32, 32), *separable(32, 64, 2),
    *separable(64, 64), ops.Mean((0, 1), keepdims=False), dense(64, 2), ops.Softmax(0),
)  # fmt: skip
AUTOENCODER = (dense(320, 64), dense(64, 64), dense(64, 8), dense(8, 64), dense(64, 320))
SHAPED = {"mobile": (MOBILE, (40, 40, 3)), "autoencoder": (AUTOENCODER, (320,))}


@pytest.mark.parametrize("bits", ["w8a8", "w4a8"])
@pytest.mark.parametrize("name", SHAPED)
@pytest.mark.parametrize("core", ["cortex-m4", "rv32imac"])
def test_networks_of_the_usual_shapes(core, name, bits, tmp_path):
    need_core(core)
    layers, shape = SHAPED[name]
    found, run = within(core, chain(*layers, shape=shape).lower(bits), tmp_path)
    total = sum(run.layers)
    for foretold, counted in zip(found.layers, run.layers, strict=True):
        if counted >= 0.02 * total:
            assert foretold == pytest.approx(counted, rel=WITHIN)


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
    assert instructions == pytest.approx(1, abs=WITHIN)
    flash = foretold.counted.flash_bytes / counted.counted.flash_bytes
    assert flash == pytest.approx(1, abs=0.05)
    assert foretold.ram_bytes == pytest.approx(counted.ram_bytes, rel=0.05)
    assert foretold.counted.arena_bytes == counted.counted.arena_bytes
    total = counted.counted.instructions
    for before, found in zip(counted.layers, foretold.layers, strict=True):
        if before.instructions >= 0.02 * total:
            assert found.instructions == pytest.approx(before.instructions, rel=WITHIN)
