"""A convolutional net: convolutions and pooling first, then linear layers."""

import numpy as np

from . import convolution
from ._conv_settings import image_shape as full_image_shape
from ._conv_settings import numbered_from, one_for_each, whole_numbers
from .deep_net import DeepNet
from .initializers import get_initializer
from .layer_choice import expect_layers

POOLINGS = ("max", "average")


class ConvNet(DeepNet):
    """Blocks of convolution, batch norm, ReLU and pooling; then a DeepNet on what they found.

    The layers with weights are numbered through: with two blocks, kernels1, b1, kernels2, b2
    are followed by W3, b3. A convolution is padded so that, with an odd kernel, the picture
    keeps its size; only pooling makes it smaller.

    Args:
        image_shape: (H, W, C), or (H, W) for grey pictures.
        classes: C, number of classes.
        rng: numpy.random.Generator for the first weights; dropout draws from a child of it.
        filters: kernels of each block, such as (16, 32).
        kernel_size: rows and columns of a kernel, one for all blocks or one for each.
        pool: rows and columns of a pooling window, one for all blocks or one for each;
            1 leaves the pooling out.
        pooling: "max" or "average".
        hidden: units of the linear layers before the last one, such as (100,); () for none.
        normalization: "batch" between each convolution or hidden linear layer and its
            ReLU, or None.
        keep: probability with which dropout keeps an input of a linear layer; 1 for none.
        **settings: initializer, weight_decay, dtype and layers, as for FullyConnectedNet;
            the penalty counts kernels, too.

    Raises:
        TypeError, ValueError, AttributeError: as for DeepNet; sizes that are no whole
            numbers from 1 on, more pooling than the picture has pixels, an unknown pooling.

    Source:
        LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document
        recognition, 1998; batch norm as in Ioffe and Szegedy, ICML 2015, section 3.2.
    """

    def __init__(
        self, image_shape, classes, *, rng, filters=(16,), kernel_size=3, pool=2, pooling="max",
        hidden=(100,), normalization=None, keep=1.0, **settings,
    ):  # fmt: skip
        self.image_shape = full_image_shape(image_shape)
        self.filters = whole_numbers("filters", filters)
        self.kernel_sizes = one_for_each("kernel_size", kernel_size, len(self.filters))
        self.pools = one_for_each("pool", pool, len(self.filters))
        if pooling not in POOLINGS:
            raise ValueError(f'pooling: expected "max" or "average", got {pooling!r}')
        if normalization not in (None, "batch"):
            raise ValueError(f'normalization: expected "batch" or None, got {normalization!r}')
        self.pooling = pooling
        self.maps = self._map_shapes()
        super().__init__(
            (int(np.prod(self.maps[-1])), *hidden, classes),
            rng=rng,
            normalization=normalization,
            keep=keep,
            **settings,
        )
        expect_layers(self.layers, "conv2d", f"{pooling}_pool")
        if normalization:
            expect_layers(self.layers, "spatial_batch_norm")
        draw = get_initializer(settings.get("initializer", "he_normal"))
        self._put_blocks_first(rng, draw)

    @property
    def n_blocks(self):
        """Number of convolutions."""
        return len(self.filters)

    @property
    def depth(self):
        """Number of layers with weights."""
        return self.n_blocks + len(self.sizes) - 1

    def images(self, X):
        """See a batch as convolutions want it.

        Args:
            X: rows (N, H*W*C), each pixel's channels side by side, or pictures (N, C, H, W).

        Returns:
            (N, C, H, W), of rows a view where NumPy can make one.

        Raises:
            ValueError: another shape.
        """
        H, W, C = self.image_shape
        if X.shape[1:] == (C, H, W):
            return X
        if X.shape[1:] != (H * W * C,):
            raise ValueError(
                f"X: expected rows (N, {H * W * C}) or pictures (N, {C}, {H}, {W}), "
                f"got {X.shape}; another data set than the net was made for?"
            )
        return X.reshape(-1, H, W, C).transpose(0, 3, 1, 2)  # (N, C, H, W)

    def feature_maps(self, X):
        """Follow a batch through the blocks, in use.

        Args:
            X: rows (N, H*W*C) or pictures (N, C, H, W), float.

        Returns:
            A dict from "conv1", "relu1", "pool1", "conv2" and so on to what each step
            gives, (N, F, H, W); "conv" is before batch norm, "pool" only where there is one.
        """
        Y, seen = self.images(X), {}
        for i in range(1, self.n_blocks + 1):
            Y, _ = self._block_forward(i, Y, training=False, seen=seen)
        return seen

    def loss_and_grads(self, X, y):
        """Go forward to the loss and back to every parameter.

        Args:
            X: rows (N, H*W*C) or pictures (N, C, H, W), float.
            y: labels, (N,), integers.

        Returns:
            The loss as in loss(), and the gradients with the keys and shapes of params.

        Source:
            The chain rule, layer by layer; Rumelhart, Hinton and Williams 1986.
        """
        Z, caches = self._forward(X, training=True)  # (N, C)
        data_loss, cache = self.layers.softmax_cross_entropy_forward(Z, y)
        dZ = self.layers.softmax_cross_entropy_backward(1.0, cache)  # (N, C)
        _, grads = self._backward(dZ, caches)
        penalty, penalty_grads = self._penalty_and_grads()
        for key, dW in penalty_grads.items():
            grads[key] = grads[key] + dW
        return data_loss + penalty, {key: grads[key] for key in self.params}

    def input_gradient(self, X, classes):
        """Differentiate one score of each picture by its pixels, in use.

        Args:
            X: rows (N, H*W*C) or pictures (N, C, H, W), float.
            classes: which score of each picture, (N,), integers.

        Returns:
            dX, the shape of X: how much the score would grow with each pixel.
        """
        Z, caches = self._forward(X)
        dZ = np.zeros_like(Z)  # (N, C)
        dZ[np.arange(len(Z)), classes] = 1
        dX, _ = self._backward(dZ, caches, with_dX=True)  # (N, C, H, W)
        return dX if X.ndim == 4 else dX.transpose(0, 2, 3, 1).reshape(X.shape)

    def _forward(self, X, training=False):
        """Return the logits and, by layer number, what each layer keeps for the way back."""
        Y, caches = self.images(X), {}
        for i in range(1, self.n_blocks + 1):
            Y, caches[i] = self._block_forward(i, Y, training)  # (N, F, H, W)
        Y, caches["flat"] = self._flatten(Y, training)  # (N, D)
        for i in range(self.n_blocks + 1, self.depth + 1):
            W, b = self.params[f"W{i}"], self.params[f"b{i}"]
            Y, linear_cache = self.layers.linear_forward(Y, W, b)  # (N, M)
            hidden_cache = None
            if i < self.depth:
                Y, hidden_cache = self._hidden_forward(i, Y, training)
            caches[i] = linear_cache, hidden_cache
        return Y, caches

    def _backward(self, dY, caches, with_dX=False):
        """Return dX, None if it is not asked for, and the gradients of all parameters."""
        grads = {}
        for i in range(self.depth, self.n_blocks, -1):
            linear_cache, hidden_cache = caches[i]
            if i < self.depth:
                dY, more = self._hidden_backward(i, dY, hidden_cache)
                grads |= more
            dY, grads[f"W{i}"], grads[f"b{i}"] = self.layers.linear_backward(dY, linear_cache)
        shape, drop_cache = caches["flat"]
        if drop_cache is not None:
            dY = self.layers.dropout_backward(dY, drop_cache)
        dY = dY.reshape(shape)  # (N, F, H, W)
        for i in range(self.n_blocks, 0, -1):
            dY, more = self._block_backward(i, dY, caches[i], with_dX=with_dX or i > 1)
            grads |= more
        return dY, grads

    def _block_forward(self, i, X, training, seen=None):
        """Convolution, batch norm, ReLU and pooling: Y and the caches; each step into seen."""
        size, pool = self.kernel_sizes[i - 1], self.pools[i - 1]
        Y, conv_cache = self.layers.conv2d_forward(
            X, self.params[f"kernels{i}"], self.params[f"b{i}"], stride=1, padding=size // 2
        )
        steps, pool_cache = {f"conv{i}": Y}, None
        Y, norm_cache = self._normalized(i, Y, training)
        Y, relu_cache = self.layers.relu_forward(Y)
        steps[f"relu{i}"] = Y
        if pool > 1:
            Y, pool_cache = self._pooling("forward")(Y, size=pool, stride=pool)
            steps[f"pool{i}"] = Y
        if seen is not None:
            seen |= steps
        return Y, (conv_cache, norm_cache, relu_cache, pool_cache)

    def _block_backward(self, i, dY, caches, with_dX):
        """Return dX, None if it is not asked for, and the gradients of the block's parameters."""
        conv_cache, norm_cache, relu_cache, pool_cache = caches
        grads = {}
        if pool_cache is not None:
            dY = self._pooling("backward")(dY, pool_cache)
        dY = self.layers.relu_backward(dY, relu_cache)
        if norm_cache is not None:
            dY, grads[f"gamma{i}"], grads[f"beta{i}"] = self.layers.spatial_batch_norm_backward(
                dY, norm_cache
            )
        # Only where the layer is ours: a student's own has to be the one that runs.
        if not with_dX and self.layers.conv2d_backward is convolution.conv2d_backward:
            dX, (dkernels, db) = None, convolution.conv2d_backward_parameters(dY, conv_cache)
        else:
            dX, dkernels, db = self.layers.conv2d_backward(dY, conv_cache)
        return dX, grads | {f"kernels{i}": dkernels, f"b{i}": db}

    def _map_shapes(self):
        """The shape (F, H, W) of what comes in and of what each block gives."""
        H, W, C = self.image_shape
        shapes = [(C, H, W)]
        for i, F in enumerate(self.filters):
            size, pool = self.kernel_sizes[i], self.pools[i]
            H, W = (side + 2 * (size // 2) - size + 1 for side in (H, W))
            H, W = H // pool, W // pool
            if min(H, W) < 1:
                raise ValueError(
                    f"pool: expected windows inside the picture, got {self.pools} for "
                    f"{self.image_shape}; block {i + 1} has no pixel left"
                )
            shapes.append((F, H, W))
        return shapes

    def _put_blocks_first(self, rng, draw):
        """Draw the kernels, and number the linear layers, made first, after them."""
        n = self.n_blocks
        linear, self.params = numbered_from(n, self.params), {}
        buffers, self.buffers = numbered_from(n, self.buffers), {}
        for i, ((C, _, _), F) in enumerate(zip(self.maps, self.filters, strict=False), start=1):
            size = self.kernel_sizes[i - 1]
            kernels = draw(rng, C * size * size, F, self.dtype).T.reshape(F, C, size, size)
            self.params[f"kernels{i}"] = np.ascontiguousarray(kernels)
            self.params[f"b{i}"] = np.zeros(F, self.dtype)  # (F,)
            if self.normalization:
                self.params[f"gamma{i}"] = np.ones(F, self.dtype)  # (F,)
                self.params[f"beta{i}"] = np.zeros(F, self.dtype)
                self.buffers[f"mean{i}"] = np.zeros(F, self.dtype)
                self.buffers[f"var{i}"] = np.ones(F, self.dtype)
        self.params |= linear
        self.buffers |= buffers

    def _pooling(self, direction):
        return getattr(self.layers, f"{self.pooling}_pool_{direction}")

    def _normalized(self, i, A, training):
        """A, centred and scaled as asked for, and the cache of that."""
        if i > self.n_blocks or self.normalization is None:
            return super()._normalized(i, A, training)
        running = {"mean": self.buffers[f"mean{i}"], "var": self.buffers[f"var{i}"]}
        Y, running, cache = self.layers.spatial_batch_norm_forward(
            A, self.params[f"gamma{i}"], self.params[f"beta{i}"], running, training=training
        )
        if training:
            self.buffers |= {f"mean{i}": running["mean"], f"var{i}": running["var"]}
        return Y, cache

    def _flatten(self, Y, training):
        """Make a row of each picture, with dropout; the shape and the mask are the cache."""
        rows, drop_cache = Y.reshape(len(Y), -1), None  # (N, D)
        if training and self.keep < 1:
            rows, drop_cache = self.layers.dropout_forward(
                rows, self.keep, self.generator, training=True
            )
        return rows, (Y.shape, drop_cache)

    def _penalty_and_grads(self, with_grads=True):
        """Return the sum of the L2 penalties and, by key, its gradients; kernels are weights."""
        total, grads = self.dtype.type(0), {}
        weights = [key for key in self.params if key.startswith(("W", "kernels"))]
        for key in weights if self.weight_decay else ():
            penalty, cache = self.layers.l2_penalty_forward(self.params[key], self.weight_decay)
            total = total + penalty
            if with_grads:
                grads[key] = self.layers.l2_penalty_backward(1.0, cache)
        return total, grads
