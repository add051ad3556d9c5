import html
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.checking.recorder import (
    RULES,
    TrainingRecorder,
    WatchedNet,
    diagnose_history,
    record_fit,
)
from course_utils.checking.recorder.rule import found, number, rule
from course_utils.nn import FullyConnectedNet, History, fit, make_optimizer


def data(n=300, seed=0, C=10):
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((C, 20))
    y = rng.integers(0, C, n)
    return (centres[y] + 0.3 * rng.standard_normal((n, 20))).astype(np.float32), y


def net(seed=0, sizes=(20, 16, 10)):
    return FullyConnectedNet(sizes, rng=np.random.default_rng(seed))


def fitted(watch, **settings):
    given_net, optimizer = net(), make_optimizer("adam", 0.003)
    asked = {"epochs": 3, "batch_size": 20, "rng": np.random.default_rng(1), "report": None}
    sets = data(), data(100, 0)
    asked |= settings
    if watch:
        history, recorder = record_fit(fit, given_net, *sets, optimizer=optimizer, **asked)
        return given_net, history, recorder
    return given_net, fit(given_net, *sets, optimizer=optimizer, **asked), None


def test_recording_changes_nothing_in_the_run():
    plain, history, _ = fitted(watch=False)
    watched, recorded, _ = fitted(watch=True)
    for key in plain.params:
        np.testing.assert_array_equal(plain.params[key], watched.params[key])
    assert history.train_loss == recorded.train_loss


def test_record_fit_keeps_the_callers_progress_and_marks_epochs():
    seen = []

    def progress(batches, total, description):
        seen.append(description)
        return batches

    _, history, recorder = fitted(watch=True, progress=progress)
    assert seen == ["epoch 1", "epoch 2", "epoch 3"]
    assert recorder.record.epoch_ends == [15, 30, 45]
    assert recorder.record.row_0
    np.testing.assert_array_equal(recorder.record.column("train_loss"), history.train_loss)
    diagnosis = recorder.diagnose()
    assert (diagnosis.steps, diagnosis.epochs) == (45, 3)
    assert diagnosis.healthy


def test_only_numbers_are_kept():
    _, _, recorder = fitted(watch=True)
    for trace in recorder.record.traces.values():
        assert all(isinstance(value, float) for value in trace.values + trace.updates)
    largest = max(a.alive.size for a in recorder.record.activity.values())
    assert largest == 16


def test_close_looks_are_rare():
    recorder = TrainingRecorder()
    looks = []
    for _ in range(1000):
        looks.append(recorder.looks_closely)
        recorder.step(loss=1.0)
    assert all(looks[:20])
    assert sum(looks[20:]) <= 0.05 * 980


def test_nothing_recorded_is_no_clean_bill():
    text = TrainingRecorder().diagnose().text()
    assert text.startswith("○ nothing was recorded")


def test_first_loss_names_its_numbers():
    recorder = TrainingRecorder(n_classes=10)
    recorder.step(loss=23.0)
    finding = recorder.diagnose().named("initial-loss-too-large")
    assert finding.sentence.startswith("The first loss is 23; 10 classes and no idea cost ln 10")
    assert "2.303" in finding.sentence
    assert "10.0 times" in finding.sentence


def test_a_run_that_goes_on_from_trained_weights_may_begin_anywhere():
    for loss in (0.01, 50.0):
        recorder = TrainingRecorder(n_classes=10, from_scratch=False)
        recorder.epoch(train_loss=loss, train_accuracy=0.1)
        recorder.step(loss=loss)
        assert recorder.diagnose().codes == ()


def test_same_words_in_text_and_html():
    recorder = TrainingRecorder(n_classes=10)
    recorder.step(loss=math.nan)
    recorder.step(loss=23.0)
    diagnosis = recorder.diagnose()
    plain = re.sub(r"<[^>]+>", " ", html.unescape(diagnosis._repr_html_()))
    for finding in diagnosis.findings:
        assert finding.sentence in diagnosis.text()
        assert finding.sentence in plain
        assert finding.next_step in plain
    assert str(diagnosis).startswith("✗ ")
    assert diagnosis.headline in plain
    assert "look for NaN in the data" in diagnosis.named("diverged").next_step


def test_rules_without_their_data_say_what_is_missing():
    recorder = TrainingRecorder()
    recorder.step(loss=2.0)
    diagnosis = recorder.diagnose()
    assert diagnosis.not_asked["dead-units"] == "activations(layer, H)"
    assert "loss-oscillates" in diagnosis.not_asked
    assert diagnosis.named("dead-units") is None


def history_of(**columns):
    history = History()
    for i, row in enumerate(zip(*columns.values(), strict=True)):
        given = dict(zip(columns, row, strict=True))
        history.append(**{
            "epoch": i, "train_loss": math.nan, "train_accuracy": math.nan,
            "validation_loss": math.nan, "validation_accuracy": math.nan,
            "learning_rate": 0.1, "seconds": 1.0, **given,
        })  # fmt: skip
    return history


def test_history_alone_softmax_twice():
    history = history_of(
        train_loss=[2.30, 1.80, 1.60, 1.55, 1.53], train_accuracy=[0.1, 0.7, 0.88, 0.92, 0.93]
    )
    finding = diagnose_history(history, 10).named("softmax-twice")
    assert "1.4612" in finding.sentence
    history.train_loss[-1] = 1.30  # below the floor: not this fault
    assert diagnose_history(history, 10).named("softmax-twice") is None


def test_history_alone_over_fit_from_lists_and_from_dicts():
    columns = {
        "train_loss": [2.3, 1.0, 0.5, 0.2, 0.1, 0.05],
        "validation_loss": [2.3, 1.1, 0.8, 1.0, 1.0, 1.1],
        "train_accuracy": [0.1, 0.7, 0.8, 0.9, 0.95, 1.0],
        "validation_accuracy": [0.1, 0.6, 0.7, 0.7, 0.7, 0.7],
    }
    assert diagnose_history(history_of(**columns), 10).codes == ("over-fit",)
    assert "epoch 2" in diagnose_history(columns).named("over-fit").sentence
    assert diagnose_history(columns).healthy  # a remark is no fault


def test_history_alone_decay_meant_for_an_epoch():
    rates = [0.1, 0.1 * 0.95**100, 0.1 * 0.95**200]
    columns = {"train_loss": [2.3, 1.9, 1.9], "learning_rate": rates}
    assert diagnose_history(columns, 10).codes == ("decay-per-step",)
    assert diagnose_history({**columns, "learning_rate": [0.1, 0.05, 0.025]}, 10).codes == ()


def loop(recorder, steps, order, n=200, epochs=2, batch=20):
    X, y = data(n)
    for _ in range(epochs):
        for step in range(steps):
            part = order(step, batch)
            recorder.step(loss=2.0, batch=X[part], y=y[part])
        recorder.epoch()


def test_whole_set_each_step_is_no_repeated_batch():
    recorder = TrainingRecorder(n_classes=10)
    recorder.data(train=data(200))
    loop(recorder, 1, lambda step, batch: slice(None), epochs=10)
    assert recorder.diagnose().codes == ()


def test_same_batch_and_same_order_are_told_apart():
    recorder = TrainingRecorder(n_classes=10)
    loop(recorder, 10, lambda step, batch: slice(0, batch))
    assert recorder.diagnose().codes == ("batch-repeated",)
    recorder = TrainingRecorder(n_classes=10)
    loop(recorder, 10, lambda step, batch: slice(step * batch, (step + 1) * batch))
    assert recorder.diagnose().codes == ("same-order",)


def test_overlap_counts_rows_and_ignores_blank_ones():
    X, y = data(200)
    other, z = data(100, seed=5)
    other[:30] = X[:30]
    recorder = TrainingRecorder()
    recorder.data(train=(X, y), validation=(other, z))
    assert recorder.diagnose().named("overlap").evidence == {"shared": 30, "of": 100}
    X[:50], other[:30] = 0, 0
    recorder.data(train=(X, y), validation=(other, z))
    assert recorder.diagnose().named("overlap") is None


def test_gradients_that_pile_up_in_the_loop_or_in_the_function_itself():
    X, y = data(100)
    one = net()

    def run(gradients, again):
        recorder = TrainingRecorder(n_classes=10)
        for i in range(8):
            part = slice(10 * i, 10 * i + 10)
            recorder.step(loss=2.3, params=one.params, grads=gradients(part),
                          gradient_again=lambda part=part: again(part))  # fmt: skip
        return recorder.diagnose().named("gradients-accumulate")

    def fresh(part):
        return one.loss_and_grads(X[part], y[part])[1]

    kept = {}

    def piling(part):
        for key, dw in fresh(part).items():
            kept[key] = kept.get(key, 0) + dw
        return dict(kept)

    assert run(fresh, fresh) is None
    assert run(piling, fresh) is not None
    kept.clear()
    assert run(piling, piling) is not None


def test_clipped_gradients_and_dropout_do_not_look_piled_up():
    X, y = data(100)
    one, rng = net(), np.random.default_rng(0)

    def noisy(part):
        keep = rng.random((len(X[part]), 20)) > 0.5
        grads = one.loss_and_grads(X[part] * keep.astype(np.float32) * 2, y[part])[1]
        return {key: 0.5 * dw for key, dw in grads.items()}

    recorder = TrainingRecorder(n_classes=10)
    for i in range(8):
        part = slice(10 * i, 10 * i + 10)
        recorder.step(loss=2.3, params=one.params, grads=noisy(part),
                      gradient_again=lambda part=part: noisy(part))  # fmt: skip
    assert recorder.diagnose().named("gradients-accumulate") is None


def test_frozen_parts_may_stand_still_undeclared_where_they_get_no_gradient():
    X, y = data(200)
    one, optimizer = net(), make_optimizer("sgd", 0.1)
    recorder = TrainingRecorder(n_classes=10)
    for _ in range(10):
        loss, grads = one.loss_and_grads(X, y)
        head = {key: grads[key] for key in ("W2", "b2")}
        recorder.step(loss=loss, params=one.params, grads=head)
        part = {key: one.params[key] for key in head}
        optimizer.step(part, head)
        one.params.update(part)
    assert recorder.diagnose().codes == ()


def test_frozen_buffers_that_move_name_the_mode():
    recorder = TrainingRecorder()
    buffers = {"mean": np.zeros(3), "var": np.ones(3)}
    recorder.frozen("backbone", {"W": np.ones((3, 3))})
    recorder.frozen("backbone", buffers, kind="buffers")
    recorder.epoch(train_loss=2.0)
    assert recorder.diagnose().codes == ()
    buffers["mean"][0] = 0.1
    finding = recorder.diagnose().named("frozen-buffers-move")
    assert "1 of 2" in finding.sentence
    assert "parameters stayed" in finding.sentence
    assert "eval()" in finding.next_step
    with pytest.raises(ValueError, match="buffers"):
        recorder.frozen("x", {}, kind="bufers")


def test_a_watched_net_is_the_net_itself_otherwise():
    one = net()
    watched = WatchedNet(one, TrainingRecorder())
    assert watched.sizes == one.sizes
    watched.weight_decay = 0.5
    assert one.weight_decay == 0.5
    X, _ = data(10)
    np.testing.assert_array_equal(watched.logits(X), one.logits(X))
    with pytest.raises(AttributeError):
        _ = watched.nonsense


def test_a_net_without_layers_is_recorded_too():
    class Bare:
        params = {"W": np.ones((2, 2)), "b": np.zeros(2)}  # noqa: RUF012

        def loss_and_grads(self, X, y):
            return 1.0, {key: np.ones_like(w) for key, w in self.params.items()}

    recorder = TrainingRecorder()
    WatchedNet(Bare(), recorder).loss_and_grads(np.ones((4, 2)), np.zeros(4, int))
    assert recorder.record.losses == [1.0]


def test_torch_tensors_are_read_without_importing_torch():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(20, 16), torch.nn.BatchNorm1d(16),
                                torch.nn.ReLU(), torch.nn.Linear(16, 10))  # fmt: skip
    X, y = map(torch.as_tensor, data(100))
    optimizer = torch.optim.SGD(model[0].parameters(), lr=0.1)  # the head is forgotten
    recorder = TrainingRecorder(n_classes=10)
    recorder.watch(dict(model.named_parameters()))
    recorder.frozen("norm", lambda: dict(model[1].named_buffers()), kind="buffers")
    for _ in range(6):
        loss = torch.nn.functional.cross_entropy(model(X), y)
        model.zero_grad()
        loss.backward()
        grads = {key: w.grad for key, w in model.named_parameters()}
        recorder.step(loss=loss.item(), grads=grads, batch=X, y=y)
        optimizer.step()
    diagnosis = recorder.diagnose()
    assert set(diagnosis.codes) == {"part-never-stepped", "frozen-buffers-move"}
    assert "3.weight" in diagnosis.named("part-never-stepped").sentence


numbers = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(numbers, numbers, numbers, numbers), max_size=12), st.booleans(),
       st.sampled_from([None, 1, 2, 10]))  # fmt: skip
def test_no_numbers_break_it(rows, before, n_classes):
    recorder = TrainingRecorder(n_classes=n_classes)
    if before:
        recorder.epoch(train_loss=2.3, train_accuracy=0.1)
    for loss, accuracy, other_loss, other in rows:
        recorder.step(loss=loss, learning_rate=accuracy, batch=np.full((2, 3), loss), y=[0, 1])
        recorder.epoch(train_loss=loss, train_accuracy=accuracy, validation_loss=other_loss,
                       validation_accuracy=other, learning_rate=other)  # fmt: skip
    assert recorder.diagnose().text()
    assert diagnose_history(recorder.record.epochs, n_classes).text()


def test_rules_are_refused_when_they_clash():
    for wrong in ({"code": "overlap"}, {"code": "new", "needs": ("nonsense",)},
                  {"code": "new", "unless": ("not-yet",)}):  # fmt: skip
        with pytest.raises(ValueError, match="expected a new code"):
            rule(wrong.pop("code"), **wrong)
    assert len({r.code for r in RULES}) == len(RULES)
    assert found("a", "b", c=1).evidence == {"c": 1}


@pytest.mark.parametrize(
    ("value", "told"), [(13700.4, "13,700"), (0.02134, "0.0213"), (2.303, "2.3"), (math.inf, "inf")]
)
def test_numbers_are_written_out(value, told):
    assert number(value) == told
