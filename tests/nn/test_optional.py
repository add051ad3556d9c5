"""What a net or a run uses only when it is asked to, and what is said where it is not there."""

import copy
import pickle
import sys

import numpy as np
import pytest

import course_utils.nn as nn
from course_utils.checking.exercises import all_exercises
from course_utils.nn import layer_choice, training_run
from course_utils.nn.optional import FromLesson, LaterLessonError
from course_utils.torchlab import clipping, training

DECLARED = [
    *layer_choice.OPTIONAL_LAYERS,
    training_run.Run.clipping,
    training._TorchRun.clipping,
]
REQUIRED = {name: getattr(nn, name) for name in layer_choice.LAYER_NAMES}


def make(kind=nn.DeepNet, **settings):
    """A net whose layers have not been looked for."""
    size = ((8, 8), 3) if kind is nn.ConvNet else ((5, 4, 3),)
    return kind(*size, rng=np.random.default_rng(0), layers=dict(REQUIRED), **settings)


def withhold(monkeypatch, module):
    """As in an edition without this module."""
    monkeypatch.setitem(sys.modules, f"course_utils.nn.{module}", None)


@pytest.mark.parametrize("declared", DECLARED, ids=lambda one: one.names[0])
def test_the_lesson_is_that_of_the_exercise(declared):
    asked = {e.name: e.lesson for e in all_exercises().values()}
    name = {"clip_in_place": "clip_gradients"}
    for one in declared.names:
        assert asked[name.get(one, one)] == declared.lesson
        assert declared.find(one) is getattr(sys.modules[declared.module], one)


def test_every_optional_layer_is_there_in_the_whole_course():
    for name in layer_choice.OPTIONAL_LAYER_NAMES:
        assert getattr(make().layers, name) is getattr(nn, name)
    assert clipping.clip_in_place is training._TorchRun.clipping.find()


@pytest.mark.parametrize(
    ("module", "asked", "missing", "lesson"),
    [
        ("dropout", {"keep": 0.5}, "dropout_forward", "03"),
        ("normalization", {"normalization": "batch"}, "batch_norm_forward", "03"),
        ("normalization", {"normalization": "layer"}, "layer_norm_forward", "03"),
        ("losses", {"weight_decay": 0.1}, "l2_penalty_forward", "02"),
        ("convolution", {"kind": nn.ConvNet}, "conv2d_forward", "04"),
        ("pooling", {"kind": nn.ConvNet, "pooling": "average"}, "average_pool_forward", "04"),
    ],
)
def test_a_net_says_at_once_which_lesson_brings_what_it_lacks(
    monkeypatch, module, asked, missing, lesson
):
    make(**asked)
    withhold(monkeypatch, module)
    with pytest.raises(LaterLessonError) as told:
        make(**asked)
    assert str(told.value).startswith(
        f"{missing} comes in lesson {lesson}, and this edition of the course ends before it. "
        "Leave out what asks for it."
    )
    assert "layers={...}" in str(told.value)


def test_a_module_that_has_been_shortened_is_told_alike(monkeypatch):
    monkeypatch.delattr(nn.normalization, "spatial_batch_norm_backward")
    with pytest.raises(LaterLessonError, match="spatial_batch_norm_backward comes in lesson 04"):
        make(nn.ConvNet, normalization="batch")


def test_without_what_is_missing_nets_train_as_ever(monkeypatch):
    X, y = np.random.default_rng(1).standard_normal((6, 5)), np.array([0, 1, 2, 0, 1, 2])
    want = make(dtype=np.float64).loss_and_grads(X, y)[0]
    for module in ("dropout", "normalization", "convolution", "pooling", "clipping"):
        withhold(monkeypatch, module)
    net = make(dtype=np.float64)
    assert net.loss_and_grads(X, y)[0] == want

    def fit(**more):
        step = nn.make_optimizer("sgd", 0.1)
        rng = np.random.default_rng(2)
        nn.fit(
            net, (X, y), None, optimizer=step, epochs=1, batch_size=3, rng=rng, report=None, **more
        )

    fit()
    with pytest.raises(LaterLessonError, match="clip_gradients comes in lesson 05"):
        fit(max_norm=5.0)


def test_a_pair_of_ones_own_takes_the_place_of_what_is_missing(monkeypatch):
    withhold(monkeypatch, "dropout")
    own = {
        "dropout_forward": lambda H, keep, rng, training: (H, None),
        "dropout_backward": lambda dH, cache: dH,
    }
    net = nn.DeepNet((5, 4, 3), rng=np.random.default_rng(0), keep=0.5, layers=REQUIRED | own)
    net.loss_and_grads(np.ones((2, 5), np.float32), np.array([0, 1]))
    del own["dropout_backward"]
    with pytest.raises(LaterLessonError, match="always both of a pair"):
        nn.DeepNet((5, 4, 3), rng=np.random.default_rng(0), keep=0.5, layers=REQUIRED | own)


def test_a_package_that_is_missing_is_no_matter_of_lessons(monkeypatch):
    def broken(name):
        raise ModuleNotFoundError("No module named 'scipy'", name="scipy")

    monkeypatch.setattr("importlib.import_module", broken)
    with pytest.raises(ModuleNotFoundError, match="scipy"):
        FromLesson("03", "course_utils.nn.dropout", "dropout_forward").find()


def test_the_package_says_it_too(monkeypatch):
    monkeypatch.delattr(nn, "conv2d_forward")
    withhold(monkeypatch, "convolution")
    with pytest.raises(LaterLessonError, match="conv2d_forward comes in lesson 04"):
        _ = nn.conv2d_forward
    with pytest.raises(AttributeError, match=r"course_utils\.nn' has no attribute 'conv2d'"):
        _ = nn.conv2d
    assert not hasattr(nn, "none_such")


def test_a_misspelt_layer_is_told():
    with pytest.raises(AttributeError, match=r"expected one of linear_forward, .*got relu_foward"):
        _ = make().layers.relu_foward


def test_layers_can_be_copied_and_sent_to_another_process():
    chosen = layer_choice.choose_layers(None)
    for twin in (copy.copy(chosen), copy.deepcopy(chosen), pickle.loads(pickle.dumps(chosen))):
        assert twin.dropout_forward is nn.dropout_forward
        assert not hasattr(twin, "none_such")
