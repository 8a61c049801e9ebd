"""Samples reach the model with the values that the file means."""

import numpy as np
import pytest
from PIL import Image

from tinyml_studio.calibrate import rows
from tinyml_studio.calibrate.numpy_file import FileRows
from tinyml_studio.calibrate.samples import Samples, read_samples
from tinyml_studio.errors import Cancelled, DataError

RNG = np.random.default_rng(0)
SHAPE = (4, 5, 3)
BYTES = RNG.integers(0, 256, (7, *SHAPE)).astype(np.uint8)
LABELS = np.array([3, 1, 4, 1, 5, 9, 2], np.uint8)


@pytest.mark.parametrize(
    "dtype", ["i1", "u1", "i2", "u4", "i8", "f2", "f4", "f8", ">f4", ">i2", "?"], ids=str
)
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_every_type_of_number_becomes_float32(tmp_path, identity_graph, dtype, suffix):
    values = (BYTES % 100).astype(dtype)
    path = tmp_path / f"data{suffix}"
    np.save(path, values) if suffix == ".npy" else np.savez_compressed(path, x=values, y=LABELS)
    samples = read_samples(path, identity_graph(SHAPE))
    assert samples.count == 7
    assert samples.arrays[0].dtype == np.float32
    np.testing.assert_array_equal(samples.arrays[0], values.astype(np.float32))
    if suffix == ".npz":
        assert samples.labels.dtype == np.int64
        np.testing.assert_array_equal(samples.labels, LABELS)
    else:
        assert samples.labels is None


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_form_of_npy_is_read(tmp_path, identity_graph, version, order):
    path = tmp_path / "x.npy"
    with path.open("wb") as file:
        np.lib.format.write_array(file, np.array(BYTES, order=order), version)
    np.testing.assert_array_equal(read_samples(path, identity_graph(SHAPE)).arrays[0], BYTES)


def test_scale_and_zero_point_of_the_file_are_applied(tmp_path, identity_graph):
    stored = BYTES.astype(np.int16) - 128
    path = tmp_path / "q.npz"
    np.savez(path, x=stored.astype(np.int8), scale=np.float32(0.1), zero_point=np.int32(-128))
    expected = BYTES.astype(np.float32) * np.float32(0.1)
    np.testing.assert_array_equal(read_samples(path, identity_graph(SHAPE)).arrays[0], expected)


def test_given_scale_and_offset_win(tmp_path, identity_graph):
    path = tmp_path / "q.npz"
    np.savez(path, x=BYTES, scale=0.5, zero_point=100)
    given = read_samples(path, identity_graph(SHAPE), scale=2.0)
    np.testing.assert_array_equal(given.arrays[0], (BYTES - 100.0) * 2)
    given = read_samples(path, identity_graph(SHAPE), scale=2.0, offset=1.0)
    np.testing.assert_array_equal(given.arrays[0], (BYTES - 1.0) * 2)


def test_scale_and_offset_apply_to_plain_arrays(tmp_path, identity_graph):
    path = tmp_path / "x.npy"
    np.save(path, BYTES)
    given = read_samples(path, identity_graph(SHAPE), scale=1 / 256, offset=128)
    np.testing.assert_array_equal(given.arrays[0], (BYTES - 128.0) / 256)


@pytest.mark.parametrize(
    ("stored", "wanted"),
    [
        ((7, 28, 28), (1, 28, 28)),
        ((7, 28, 28), (28, 28, 1)),
        ((7, 28, 28, 1), (1, 28, 28)),
        ((7, 1, 1, 12), (12,)),
        ((7,), (1,)),
        ((1, 28, 28), (28, 28, 1)),
    ],
    ids=str,
)
def test_axes_of_size_one_may_differ(tmp_path, identity_graph, stored, wanted):
    values = RNG.normal(size=stored).astype(np.float32)
    np.save(tmp_path / "x.npy", values)
    read = read_samples(tmp_path / "x.npy", identity_graph(wanted)).arrays[0]
    np.testing.assert_array_equal(read, values.reshape(-1, *wanted))


def test_several_inputs_are_found_by_name(tmp_path, identity_graph):
    other = RNG.normal(size=(7, 2)).astype(np.float32)
    path = tmp_path / "two.npz"
    np.savez(path, in1=other, in0=BYTES)
    first, second = read_samples(path, identity_graph(SHAPE, (2,))).arrays
    np.testing.assert_array_equal(first, BYTES)
    np.testing.assert_array_equal(second, other)


def test_arrays_that_nobody_needs_are_not_looked_at(tmp_path, identity_graph):
    path = tmp_path / "x.npz"
    names = np.array([{"pickled": 1}], dtype=object)
    np.savez(path, x=BYTES, names=names, texts=np.array(["a"]))
    assert read_samples(path, identity_graph(SHAPE)).count == 7


def test_batches_cover_all_samples_in_order():
    samples = Samples.of([BYTES, LABELS[:, np.newaxis]], labels=LABELS)
    batches = list(samples.batches(3))
    assert [batch[0].shape[0] for batch in batches] == [3, 3, 1]
    np.testing.assert_array_equal(np.concatenate([batch[0] for batch in batches]), BYTES)
    np.testing.assert_array_equal(np.concatenate([batch[1] for batch in batches])[:, 0], LABELS)


@pytest.mark.parametrize(("asked", "given"), [(0, 0), (3, 3), (7, 7), (100, 7)])
def test_take_gives_the_first_samples(asked, given):
    taken = Samples.of([BYTES], labels=LABELS).take(asked)
    assert taken.count == len(taken.labels) == len(taken.arrays[0]) == given
    assert sum(len(batch[0]) for batch in taken.batches(2)) == given


def test_what_is_too_large_to_keep_is_read_in_parts(tmp_path, identity_graph, monkeypatch):
    monkeypatch.setattr(rows, "LOADED_BYTES", 100)
    np.save(tmp_path / "x.npy", BYTES)
    samples = read_samples(tmp_path / "x.npy", identity_graph(SHAPE))
    assert isinstance(samples.inputs[0].rows, FileRows)
    np.testing.assert_array_equal(samples.arrays[0], BYTES)
    (tmp_path / "x.npy").write_bytes((tmp_path / "x.npy").read_bytes()[:-20])
    with pytest.raises(DataError, match="became shorter"):
        samples.read(6, 7)
    (tmp_path / "x.npy").unlink()
    with pytest.raises(DataError, match="cannot be read"):
        samples.read(0, 1)


def test_nan_in_a_large_file_is_found_when_it_is_reached(tmp_path, identity_graph, monkeypatch):
    monkeypatch.setattr(rows, "LOADED_BYTES", 100)
    values = BYTES.astype(np.float32)
    values[5, 0, 0, 0] = np.nan
    np.save(tmp_path / "x.npy", values)
    samples = read_samples(tmp_path / "x.npy", identity_graph(SHAPE))
    assert len(list(samples.take(5).batches(2))) == 3
    with pytest.raises(DataError, match="sample 5 is not finite"):
        list(samples.batches(2))


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("1,2,3\n4,5,6\n", None),
        ("1,2,3,7\r\n4,5,6,8\r\n", [7, 8]),
        ("a, b, c, label\n1, 2, 3, 7\n\n4e0, 5.0, +6, 8", [7, 8]),
        ("\ufeff1,2,3\n4,5,6", None),
    ],
    ids=["plain", "labels", "heading", "mark"],
)
def test_tables_are_read(tmp_path, identity_graph, text, labels):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8", newline="")
    samples = read_samples(path, identity_graph((3, 1)))
    np.testing.assert_array_equal(samples.arrays[0][..., 0], [[1, 2, 3], [4, 5, 6]])
    assert (samples.labels if labels is None else samples.labels.tolist()) == labels


def save_images(folder, pixels, suffix=".png"):
    folder.mkdir(parents=True, exist_ok=True)
    for position, image in enumerate(pixels):
        Image.fromarray(image).save(folder / f"{position:03}{suffix}")


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".PNG"])
def test_a_folder_of_images_without_labels(tmp_path, identity_graph, suffix):
    save_images(tmp_path, BYTES, suffix)
    (tmp_path / "notes.txt").write_text("ignored")
    (tmp_path / ".hidden.png").write_text("ignored")
    samples = read_samples(tmp_path, identity_graph(SHAPE))
    np.testing.assert_array_equal(samples.arrays[0], BYTES)
    assert samples.labels is None


@pytest.mark.parametrize("suffix", [".jpg", ".jpeg"])
def test_photographs(tmp_path, identity_graph, suffix):
    plain = np.full((2, 8, 8, 3), (200, 100, 50), np.uint8)
    save_images(tmp_path, plain, suffix)
    read = read_samples(tmp_path, identity_graph((8, 8, 3))).arrays[0]
    np.testing.assert_allclose(read, plain, atol=3)


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "LA", "1"])
def test_images_are_brought_to_the_channels_of_the_model(tmp_path, identity_graph, mode):
    Image.new("L", (5, 4), 255).convert(mode).save(tmp_path / "a.png")
    read = read_samples(tmp_path, identity_graph(SHAPE)).arrays[0]
    np.testing.assert_array_equal(read, np.full((1, *SHAPE), 255))


@pytest.mark.parametrize(
    ("names", "labels"),
    [(("cat", "dog"), [0, 0, 1, 1]), (("3", "10"), [10, 10, 3, 3]), (("1", "b"), [0, 0, 1, 1])],
    ids=str,
)
def test_subfolders_are_labels(tmp_path, identity_graph, names, labels):
    for name in names:
        save_images(tmp_path / name, BYTES[:2])
    samples = read_samples(tmp_path, identity_graph(SHAPE))
    assert samples.labels.tolist() == labels
    np.testing.assert_array_equal(samples.arrays[0], np.concatenate([BYTES[:2], BYTES[:2]]))


def test_images_for_a_model_with_channels_first(tmp_path, identity_graph):
    save_images(tmp_path, BYTES)
    samples = read_samples(tmp_path, identity_graph((3, 4, 5)))
    np.testing.assert_array_equal(samples.arrays[0], BYTES.transpose(0, 3, 1, 2))


@pytest.mark.parametrize("shape", [(4, 5, 1), (1, 4, 5), (4, 5)], ids=str)
def test_gray_images(tmp_path, identity_graph, shape):
    save_images(tmp_path, BYTES[..., 0])
    samples = read_samples(tmp_path, identity_graph(shape))
    np.testing.assert_array_equal(samples.arrays[0].reshape(7, 4, 5), BYTES[..., 0])


def test_images_too_many_to_keep_are_decoded_in_batches(tmp_path, identity_graph, monkeypatch):
    monkeypatch.setattr(rows, "LOADED_BYTES", 100)
    save_images(tmp_path, BYTES)
    samples = read_samples(tmp_path, identity_graph(SHAPE))
    assert not samples.inputs[0].rows.in_memory
    np.testing.assert_array_equal(samples.take(3).arrays[0], BYTES[:3])


def saved_in_every_form(folder):
    np.save(folder / "a.npy", BYTES)
    np.savez(folder / "b.npz", x=BYTES)
    save_images(folder / "c", BYTES)
    (folder / "d.csv").write_text("".join(",".join(map(str, x.flat)) + "\n" for x in BYTES))
    return sorted(folder.iterdir())


def test_reading_tells_its_progress_and_can_be_cancelled(tmp_path, identity_graph):
    def cancel(done, total, what):
        raise Cancelled

    for path in saved_in_every_form(tmp_path):
        told = []
        read_samples(
            path, identity_graph(SHAPE), progress=lambda *step, told=told: told.append(step)
        )
        assert {what for _, _, what in told} == {"Reading samples", "Checking samples"}, path
        assert all(done <= total for done, total, _ in told), path
        with pytest.raises(Cancelled):
            read_samples(path, identity_graph(SHAPE), progress=cancel)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7])
def test_spread_samples_come_from_the_whole_set_in_order(count):
    samples = Samples.of([np.arange(7)], np.arange(7)).spread(count)
    values = samples.arrays[0]
    assert samples.count == len(values) == count
    np.testing.assert_array_equal(values, samples.labels)
    gaps = np.diff([*samples.labels, 7])
    assert samples.labels[0] == 0
    assert max(gaps) - min(gaps) <= 1


def test_spreading_over_more_samples_than_there_are_takes_all():
    samples = Samples.of([np.arange(7)])
    assert samples.spread(8) is samples


def test_spread_samples_are_read_in_batches():
    samples = Samples.of([np.arange(10)]).spread(5)
    assert [batch[0].tolist() for batch in samples.batches(2)] == [[0, 2], [4, 6], [8]]
