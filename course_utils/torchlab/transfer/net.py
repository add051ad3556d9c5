"""A backbone with a new head, which knows what of it is frozen."""

from torch import nn

from .parts import HEAD, parts_of


class TransferNet(nn.Module):
    """A backbone and a head as one net: prepared pictures in, logits out.

    What is frozen stays in evaluation mode whatever mode the net is put into. Without a
    gradient alone it would not stay as it is: the running means and variances of batch norm
    move in each forward pass in training mode.

    Args:
        body: a torch.nn.Module that turns prepared pictures into features, (N, D).
        head: a torch.nn.Module that turns features into logits, (N, C).

    Attributes:
        parts: names of the parts from the picture to the logits, "head" last.
        trained: names of those that are trained; all at first.
        hold_statistics: whether batch norm keeps its running statistics also where its
            part is trained: better for small batches and few pictures.
    """

    def __init__(self, body, head):
        super().__init__()
        self.body, self.head = body, head
        # A plain dictionary: as a ModuleDict, each parameter would have a second name.
        self._modules_of = {**parts_of(body), HEAD: [head]}
        self.parts = tuple(self._modules_of)
        self.trained, self.hold_statistics = self.parts, False

    def forward(self, X):
        """Compute the logits, (N, C)."""
        return self.head(self.body(X))

    def train_only(self, *names, hold_statistics=None):
        """Choose the parts that are trained; all others are frozen.

        Args:
            *names: of parts.
            hold_statistics: as the attribute; None leaves it.

        Raises:
            ValueError: a name that is not known, or none.
        """
        unknown = [name for name in names if name not in self._modules_of]
        if unknown or not names:
            raise ValueError(
                f"parts: expected some of {', '.join(self.parts)}, "
                f"got {unknown[0] if unknown else 'none'!r}"
            )
        if hold_statistics is not None:
            self.hold_statistics = bool(hold_statistics)
        self.trained = tuple(name for name in self.parts if name in names)
        for name in self.parts:
            for p in self.parameters_of(name):
                p.requires_grad_(name in self.trained)
                if name not in self.trained:
                    p.grad = None  # an old one would go on being stepped
        self.train(self.training)

    def train(self, mode=True):
        """Set the mode, for what is trained; what is frozen stays in evaluation mode."""
        super().train(mode)
        for module in self.frozen_modules():
            module.eval()
        if self.hold_statistics:
            for module in self.body.modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.eval()
        return self

    def modules_of(self, name):
        """List the modules of a part."""
        return list(self._modules_of[name])

    def parameters_of(self, name):
        """List the parameters of a part."""
        return [p for module in self._modules_of[name] for p in module.parameters()]

    def frozen_modules(self):
        """List the modules that are frozen."""
        frozen = [name for name in self.parts if name not in self.trained]
        return [module for name in frozen for module in self._modules_of[name]]

    @property
    def trained_parameters(self):
        """How many numbers are trained."""
        return sum(p.numel() for p in self.parameters() if p.requires_grad)
