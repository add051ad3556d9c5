"""Right answers on nets of PyTorch: freezing, a new head, an epoch, measuring."""

import torch
from torch import nn
from torch.nn import functional

from tests.checking.right import right


@right("freeze_body")
def freeze_in_a_loop(net):
    for p in net.body.parameters():
        p.requires_grad = False
    net.body.train(False)


@right("freeze_body")
def freeze_by_name(net):
    for name, p in net.named_parameters():
        if name.startswith("body."):
            p.requires_grad_(False)
    net.body.eval()
    return net


@right("freeze_body")
def freeze_module_by_module(net):
    for module in net.body.modules():
        module.training = False
        for p in module.parameters(recurse=False):
            p.requires_grad_(False)


@right("freeze_body")
def freeze_all_and_thaw_the_head(net):
    net.requires_grad_(False)
    net.eval()
    net.head.requires_grad_(True)
    net.head.train()


@right("freeze_body")
def freeze_in_one_line(net):
    net.body.eval().requires_grad_(False)


@right("freeze_body")
def freeze_and_forget_gradients(net):
    net.zero_grad(set_to_none=True)
    for p in list(net.body.parameters()):
        p.detach_().requires_grad_(False)
    net.body = net.body.eval()


def _linear(net, C):
    return nn.Linear(net.head.in_features, C)


@right("new_head")
def head_by_filter(net, C, learning_rate):
    net.head = _linear(net, C)
    return torch.optim.SGD(filter(lambda p: p.requires_grad, net.parameters()), learning_rate)


@right("new_head")
def head_alone(net, C, learning_rate):
    net.head = _linear(net, C)
    return torch.optim.SGD(net.head.parameters(), lr=learning_rate)


@right("new_head")
def head_in_groups(net, C, learning_rate):
    net.head = _linear(net, C)
    weights = {"params": [net.head.weight], "weight_decay": 1e-4}
    return torch.optim.SGD([weights, {"params": [net.head.bias]}], lr=learning_rate)


@right("new_head")
def head_of_zeros_with_momentum(net, C, learning_rate):
    head = _linear(net, C)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    net.head = head
    return torch.optim.SGD(head.parameters(), lr=learning_rate, momentum=0.9, nesterov=True)


@right("new_head")
def head_and_all_that_is_there(net, C, learning_rate):
    """Frozen parameters are in it, which PyTorch passes over: a remark, not a mistake."""
    net.head = _linear(net, C)
    return torch.optim.SGD(net.parameters(), lr=learning_rate)


@right("new_head")
def head_found_by_weight(net, C, learning_rate):
    D = net.head.weight.shape[1]
    setattr(net, "head", nn.Linear(D, C))  # noqa: B010
    trained = [p for _, p in net.named_parameters() if p.requires_grad]
    return torch.optim.SGD(params=trained, lr=learning_rate)


@right("train_epoch")
def epoch_with_modes_set_apart(net, optimizer, batches):
    net.body.eval()
    net.head.train()
    losses = []
    for X, y in batches:
        loss = functional.cross_entropy(net(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    return losses


@right("train_epoch")
def epoch_with_a_module_for_the_loss(net, optimizer, batches):
    criterion, losses = nn.CrossEntropyLoss(), []
    for X, y in batches:
        net.train()
        net.body.train(False)
        loss = criterion(net(X), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.detach().item())
    return losses


@right("train_epoch")
def epoch_with_features_without_gradients(net, optimizer, batches):
    net.train()
    net.body.eval()
    losses = []
    for X, y in batches:
        with torch.no_grad():
            features = net.body(X)
        optimizer.zero_grad(set_to_none=False)
        loss = functional.cross_entropy(net.head(features), y)
        loss.backward()
        optimizer.step()
        losses += [loss.item()]
    return losses


@right("train_epoch")
def epoch_with_log_softmax(net, optimizer, batches):
    net.train()
    for layer in net.body.modules():
        layer.training = False
    losses = []
    for X, y in batches:
        for p in net.parameters():
            p.grad = None
        loss = -functional.log_softmax(net(X), dim=1)[torch.arange(len(y)), y].mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return losses


@right("train_epoch")
def epoch_in_a_tuple(net, optimizer, batches):
    net.train()
    net.body.eval()

    def step(X, y):
        optimizer.zero_grad()
        loss = functional.nll_loss(net(X).log_softmax(1), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return tuple(step(X, y) for X, y in batches)


@right("measure")
def measure_with_names(net, X, y):
    modes = {name: module.training for name, module in net.named_modules()}
    net.eval()
    with torch.no_grad():
        right_ones = (net(X).argmax(1) == y).sum().item()
    for name, module in net.named_modules():
        module.training = modes[name]
    return right_ones / len(y)


@right("measure")
@torch.no_grad()
def measure_decorated(net, X, y):
    modules = list(net.modules())
    modes = [module.training for module in modules]
    net.eval()
    named = net(X).max(dim=1).indices
    for module, mode in zip(modules, modes, strict=True):
        module.train(mode) if not list(module.children()) else setattr(module, "training", mode)
    return float((named == y).float().mean())


@right("measure")
def measure_in_inference_mode(net, X, y):
    awake = [module for module in net.modules() if module.training]
    net.eval()
    try:
        with torch.inference_mode():
            return (net(X).argmax(dim=1) == y).double().mean().item()
    finally:
        for module in awake:
            module.training = True


@right("measure")
def measure_in_numpy(net, X, y):
    modes = [(module, module.training) for module in net.modules()]
    net.train(False)
    with torch.no_grad():
        Z = net(X).numpy()
    for module, mode in modes:
        module.training = mode
    return (Z.argmax(axis=1) == y.numpy()).mean()


@right("measure")
def measure_picture_by_picture(net, X, y):
    modes = [(module, module.training) for module in net.modules()]
    net.eval()
    hits = 0
    with torch.no_grad():
        for x, label in zip(X, y, strict=True):
            hits += int(net(x[None])[0].argmax() == label)
    for module, mode in modes:
        module.training = mode
    return hits / len(y)
