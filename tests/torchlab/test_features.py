"""Features on disk: right, computed once, resumed, and never of another net or picture."""

import warnings

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.data.captions import Captions, CaptionSplit, Vocabulary
from course_utils.torchlab import feature_store, projection
from course_utils.torchlab.backbone import Backbone
from course_utils.torchlab.caption_features import with_features
from course_utils.torchlab.features import features
from course_utils.torchlab.projection import Projection, fit_projection


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    """A cache of the test's own, and pieces so small that there are several."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    monkeypatch.setattr(feature_store, "PIECE", 4)
    return tmp_path / "cache" / "features"


class Small(nn.Module):
    """A convolution, batch norm and dropout: all that a frozen net must not let move."""

    n_features = 6

    def __init__(self, seed=0):
        super().__init__()
        torch.manual_seed(seed)
        self.conv, self.norm = nn.Conv2d(3, 6, 3, stride=2, padding=1), nn.BatchNorm2d(6)
        self.dropout = nn.Dropout(0.5)
        self.norm.running_mean.uniform_(-0.1, 0.1)
        self.seen = 0

    def maps(self, X):
        self.seen += len(X)
        return self.dropout(torch.relu(self.norm(self.conv(X))))


def backbone(seed=0, **changes):
    settings = {"name": "small", "input_size": (8, 8), "mean": (0.5,) * 3, "std": (0.5,) * 3}
    return Backbone(Small(seed), **settings | changes)


def pictures(n=10, size=8, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, 3, size, size), dtype=np.uint8)


def expected(net, X):
    """The same with plain operations: (N, 6, 4, 4)."""
    X = torch.from_numpy(X).double() / 127.5 - 1
    conv, norm = net.net.conv, net.net.norm
    Y = nn.functional.conv2d(X, conv.weight.double(), conv.bias.double(), stride=2, padding=1)
    shape = (1, 6, 1, 1)
    Y = (Y - norm.running_mean.view(shape)) / (norm.running_var.view(shape) + norm.eps).sqrt()
    Y = Y * norm.weight.view(shape) + norm.bias.view(shape)
    return Y.clamp(min=0).detach().numpy()


@pytest.mark.parametrize("batch_size", [None, 1, 3, 100])
@pytest.mark.parametrize(("dtype", "within"), [(np.float32, 1e-6), (np.float16, 2e-3)])
def test_values(dtype, within, batch_size):
    net, X = backbone(), pictures()
    maps = expected(net, X)
    pooled = features(net, X, dtype=dtype, batch_size=batch_size)
    assert (pooled.shape, pooled.dtype) == ((10, 6), dtype)
    np.testing.assert_allclose(pooled, maps.mean(axis=(2, 3)), atol=within, rtol=within)
    places = features(net, X, "maps", dtype=dtype, batch_size=batch_size)
    assert (places.shape, places.dtype) == ((10, 16, 6), dtype)
    # Row by row of the grid: place 4·i + j is the pixel (i, j) of the maps.
    by_place = maps.transpose(0, 2, 3, 1).reshape(10, 16, 6)
    np.testing.assert_allclose(places, by_place, atol=within, rtol=within)


def test_several_kinds_from_one_pass():
    net, X = backbone(), pictures()
    pooled, places = features(net, X, ("pooled", "maps"))
    assert net.net.seen == 10 + 1  # and one to learn the shapes
    np.testing.assert_array_equal(pooled, features(net, X))
    np.testing.assert_array_equal(places, features(net, X, "maps"))


@pytest.mark.parametrize("training", [True, False])
def test_the_net_stays_as_it_is(training):
    """A frozen net's running statistics are part of it; they moved in many a report."""
    net = backbone().train(training)
    net.net.norm.eval()  # a part that the user has frozen
    before = {key: w.clone() for key, w in net.state_dict().items()}
    features(net, pictures())
    assert all(torch.equal(w, before[key]) for key, w in net.state_dict().items())
    modes = net.training, net.net.training, net.net.norm.training, net.net.dropout.training
    assert modes == (training, training, False, training)
    assert all(p.grad is None and p.requires_grad for p in net.parameters())


def test_computed_once(cache):
    net, X = backbone(), pictures()
    first = features(net, X)
    seen = net.net.seen
    again = features(net, X)
    assert net.net.seen == seen + 1  # one picture, to learn the shapes
    np.testing.assert_array_equal(first, again)
    assert isinstance(again, np.memmap)
    assert not again.flags.writeable
    assert [path.suffix for path in cache.iterdir()] == [".npy"]  # no pieces are left


def changes():
    def weight(net):
        with torch.no_grad():
            net.net.conv.weight[0, 0, 0, 0] += 1e-3

    def statistics(net):
        net.net.norm.running_var[3] += 0.01

    return [weight, statistics]


@pytest.mark.parametrize("change", changes())
def test_another_net_is_another_entry(change):
    net, X = backbone(), pictures()
    before = features(net, X).copy()
    change(net)
    after = features(net, X)
    assert np.abs(after - before).max() > 1e-5
    np.testing.assert_allclose(after, expected(net, X).mean(axis=(2, 3)), atol=1e-6)


def test_other_pictures_and_preparations_are_other_entries(cache):
    X = pictures()
    features(backbone(), X)
    other = X.copy()
    other[-1, 2, 7, 7] ^= 1
    variants = [
        (backbone(), other),
        (backbone(), X[:9]),
        (backbone(), X[::-1]),
        (backbone(mean=(0.4, 0.5, 0.5)), X),
        (backbone(std=(0.4, 0.5, 0.5)), X),
        (backbone(input_size=(16, 16)), X),
    ]
    for net, some in variants:
        features(net, some)
    features(backbone(), X, dtype=np.float16)
    assert len(list(cache.iterdir())) == 1 + len(variants) + 1
    np.testing.assert_array_equal(features(backbone(), X[::-1]), features(backbone(), X)[::-1])


def stop_after(net, count):
    """Let a net be interrupted at a picture, as by the kernel's stop button."""
    real = net.net.maps

    def maps(X):
        if net.net.seen >= count:
            raise KeyboardInterrupt
        return real(X)

    net.net.maps = maps
    return real


def test_goes_on_where_it_was_stopped(cache):
    X = pictures()
    whole = features(backbone(), X, batch_size=2).copy()
    for path in cache.iterdir():
        path.unlink()
    net = backbone()
    real = stop_after(net, 1 + 8)  # one for the shapes, two pieces of four
    with pytest.raises(KeyboardInterrupt):
        features(net, X, batch_size=2)
    net.net.maps, net.net.seen = real, 0
    np.testing.assert_array_equal(features(net, X, batch_size=2), whole)
    assert net.net.seen == 1 + 2
    assert len(list(cache.iterdir())) == 1


def test_a_piece_that_was_damaged_is_made_anew(cache, capsys):
    X, net = pictures(), backbone()
    real = stop_after(net, 1 + 8)
    with pytest.raises(KeyboardInterrupt):
        features(net, X, batch_size=2)
    piece = min(next(cache.iterdir()).iterdir())
    piece.write_bytes(piece.read_bytes()[:-5])
    net.net.maps = real
    rows = features(net, X, batch_size=2)
    np.testing.assert_allclose(rows, expected(net, X).mean(axis=(2, 3)), atol=1e-6)
    assert "damaged" in capsys.readouterr().err


@pytest.mark.parametrize("damage", [lambda b: b[:-3], lambda b: b"", lambda b: b"\x93NUMPY" * 9])
def test_a_damaged_file_is_made_anew(cache, damage, capsys):
    X, net = pictures(), backbone()
    whole = features(net, X).copy()
    path = next(cache.iterdir())
    path.write_bytes(damage(path.read_bytes()))
    np.testing.assert_array_equal(features(net, X), whole)
    assert "damaged" in capsys.readouterr().err


def test_two_at_once(cache, monkeypatch):
    """Another process has joined the pieces, and removed them, just before this one would."""
    X, net = pictures(), backbone()
    whole = features(net, X).copy()
    content = next(cache.iterdir()).read_bytes()
    next(cache.iterdir()).unlink()
    real = feature_store._join

    def join(path, *rest):
        for piece in feature_store._folder(path).iterdir():
            piece.unlink()
        path.write_bytes(content)
        real(path, *rest)

    monkeypatch.setattr(feature_store, "_join", join)
    np.testing.assert_array_equal(features(net, X), whole)
    assert len(list(cache.iterdir())) == 1


def test_a_cache_that_cannot_be_written(cache, capsys, monkeypatch):
    cache.parent.mkdir()
    cache.write_text("a file where the folder should be")
    net, X = backbone(), pictures()
    pooled, places = features(net, X, ("pooled", "maps"))
    maps = expected(net, X)
    np.testing.assert_allclose(pooled, maps.mean(axis=(2, 3)), atol=1e-6)
    np.testing.assert_allclose(places[:, 5], maps[:, :, 1, 1], atol=1e-6)
    assert not pooled.flags.writeable
    assert "cannot be kept" in capsys.readouterr().err


def test_read_only_pictures_give_no_warning():
    X = pictures()
    X.flags.writeable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        features(backbone(), X)


def test_too_large_for_half_precision():
    net = backbone()
    with torch.no_grad():
        net.net.conv.weight *= 1e6
    with pytest.raises(ValueError, match="NaN or inf; too large for float16"):
        features(net, pictures(), dtype=np.float16)
    assert np.isfinite(features(net, pictures())).all()


@pytest.mark.parametrize(
    ("args", "settings", "error", "told"),
    [
        ((Small(), pictures()), {}, TypeError, r"expected a Backbone, got Small; pretrained\(\)"),
        ((backbone(), pictures() / 255), {}, TypeError, "expected uint8 as loaded, got float64"),
        ((backbone(), [[1]]), {}, TypeError, "got list"),
        ((backbone(), pictures(0)), {}, ValueError, "N above 0"),
        ((backbone(), pictures()[0]), {}, ValueError, "N, 3, H, W"),
        ((backbone(), pictures(), "pool"), {}, ValueError, "'pooled' or 'maps', got 'pool'"),
        ((backbone(), pictures(), ()), {}, ValueError, "'pooled' or 'maps'"),
        ((backbone(), pictures()), {"dtype": np.float64}, ValueError, "got float64"),
    ],
)
def test_slips_are_named(args, settings, error, told):
    with pytest.raises(error, match=told):
        features(*args, **settings)


def test_projection_agrees_with_scikit_learn():
    decomposition = pytest.importorskip("sklearn.decomposition")
    net, X = backbone(), pictures(40)
    fitted = fit_projection(net, X, 3, sample=100)
    rows = expected(net, X).transpose(0, 2, 3, 1).reshape(-1, 6)
    oracle = decomposition.PCA(3, svd_solver="full").fit(rows)
    assert abs(fitted.kept - oracle.explained_variance_ratio_.sum()) < 1e-5
    np.testing.assert_allclose(fitted.mean, oracle.mean_, atol=1e-5)
    cosines = np.abs((fitted.components * oracle.components_).sum(axis=1))
    np.testing.assert_allclose(cosines, 1, atol=1e-4)
    places = features(net, X, "maps", projection=fitted)
    assert places.shape == (40, 16, 3)
    signs = np.sign((fitted.components * oracle.components_).sum(axis=1))
    np.testing.assert_allclose(places.reshape(-1, 3), oracle.transform(rows) * signs, atol=2e-3)
    assert repr(fitted) == f"Projection(6 features to 3, {fitted.kept:.1%} of the variance kept)"


def test_all_components_lose_nothing():
    net, X = backbone(), pictures(12)
    full = fit_projection(net, X, 6)
    assert abs(full.kept - 1) < 1e-6
    places = features(net, X, "maps", projection=full)
    restored = places @ full.components + full.mean
    np.testing.assert_allclose(restored, features(net, X, "maps"), atol=1e-5)


def test_projections_are_kept_and_part_of_the_key(cache, monkeypatch):
    net, X = backbone(), pictures(12)
    first = fit_projection(net, X, 2)
    monkeypatch.setattr(projection, "pca_fit", None)  # would fail if it were called
    again = fit_projection(net, X, 2)
    np.testing.assert_array_equal(first.components, again.components)
    assert (again.kept, len(again)) == (first.kept, 2)
    turned = Projection(first.mean, first.components[::-1].copy(), first.kept)
    plain, other = (features(net, X, "maps", projection=p) for p in (first, turned))
    np.testing.assert_allclose(plain, other[..., ::-1], atol=1e-6)
    next(cache.glob("*.npz")).write_bytes(b"PK damaged")
    with pytest.raises(TypeError):
        fit_projection(net, X, 2)


def test_a_sample_is_drawn_from_all():
    """Sorted pictures, the second half black: the first ones alone would miss that."""
    net, X = backbone(), pictures(60)
    X[30:] = 0
    few = fit_projection(net, X, 2, sample=20)
    assert net.net.seen == 20
    whole = fit_projection(backbone(), X, 2, sample=60)
    half = fit_projection(backbone(), X[:30], 2, sample=30)
    assert np.abs(few.mean - whole.mean).max() < 0.4 * np.abs(half.mean - whole.mean).max()


def captions():
    def split(n, seed):
        return CaptionSplit(pictures(n, seed=seed), (("a dog",),) * n)

    parts = [split(12, 1), split(5, 2), split(6, 3)]
    return Captions(*parts, Vocabulary.from_texts(["a dog"]), "quick", "made up", split(4, 4))


@pytest.mark.parametrize(("kind", "shape"), [("pooled", (6,)), ("maps", (16, 2))])
def test_captions_with_features(kind, shape):
    net, before = backbone(), captions()
    after = with_features(before, net, kind, n_components=2, dtype=np.float32)
    for part in ("train", "validation", "test", "unseen"):
        old, new = getattr(before, part), getattr(after, part)
        assert new.pictures.shape == (len(old), *shape)
        assert (new.texts, new.names) == (old.texts, old.names)
    assert after.vocabulary is before.vocabulary
    assert after.source.startswith("made up; seen by small (")
    direct = None
    if kind == "maps":
        direct = fit_projection(net, before.train.pictures, 2)
    rows = features(net, before.test.pictures, kind, projection=direct)
    np.testing.assert_array_equal(after.test.pictures, rows)


def test_captions_with_whole_maps_and_without_a_second_test():
    from dataclasses import replace

    few = replace(captions(), unseen=None)
    after = with_features(few, backbone(), "maps", n_components=None)
    assert after.unseen is None
    assert after.train.pictures.shape == (12, 16, 6)
    assert after.train.pictures.dtype == np.float16
