"""Make the weights of ResNet-20 that come with this package.

    python -m course_utils.torchlab.pretrain_resnet20

learns from CIFAR-10's 45,000 training pictures without their labels, and goes on where it was
stopped. The model card is weights/resnet20-distilled.md.
"""

import argparse
import hashlib
import sys
import time
from pathlib import Path

import numpy as np
import torch

from course_utils.data import load_cifar10

from .pretrained import pretrained
from .pretraining import foretell_turns, imitate, probe, teacher_targets
from .resnet import WEIGHTS, untrained_resnet20
from .transfer import Pictures
from .weight_files import save_weights

TASKS = {"imitate": "distilled", "turns": "turns"}  # what the file is called
COMPONENTS, SIZE = 128, 128  # of the teacher's features; pixels that it sees a picture with
EPOCHS = 24


def main(arguments=None):
    """Run the command; arguments as in sys.argv, without the name."""
    asked = _parser().parse_args(arguments)
    torch.set_num_threads(asked.threads)
    asked.folder.mkdir(parents=True, exist_ok=True)
    photos = load_cifar10()
    train, seen = photos.train.X[: asked.pictures], photos.validation
    print(f"{len(train):,} pictures, labels unread; {photos.source}", flush=True)
    backbone = untrained_resnet20(rng=np.random.default_rng([asked.seed, 0]))
    name = f"{asked.task}-{len(train)}-{asked.epochs}-{asked.seed}"
    name += "-bfloat16" * asked.bfloat16
    settings = {
        "epochs": asked.epochs, "rng": np.random.default_rng([asked.seed, 1]),
        "checkpoint": asked.folder / f"{name}.npz", "resume": True,
        "report": lambda line: print(line, flush=True),
        "bfloat16": asked.bfloat16,
    }  # fmt: skip
    clock = time.process_time()
    about = {"net": "ResNet-20, option A, without a head", "epochs": str(asked.epochs)}
    if asked.task == "imitate":
        targets = _targets(backbone, train, seen.X)
        about["task"] = f"{COMPONENTS} principal components of EfficientNet-Lite0's features"
        imitate(backbone, train, targets[: len(train)], held_out=(seen.X, targets[len(train) :]),
                **settings)  # fmt: skip
    else:
        about["task"] = "by how many quarters of a turn a picture was rotated"
        foretell_turns(backbone, train, held_out=seen.X, **settings)
    print(f"{time.process_time() - clock:.0f} CPU seconds, those of earlier runs not counted")
    out = asked.out or WEIGHTS.with_name(f"resnet20-{TASKS[asked.task]}.safetensors")
    save_weights(out, backbone.net, about=about)
    print(f"weights: {out}, {out.stat().st_size:,} bytes, SHA-256 {_sha256(out)}", flush=True)
    accuracy = probe(backbone.eval(), photos.train, seen, photos.image_shape)
    print(f"a linear layer on the frozen features: validation accuracy {accuracy:.4f}")


def _targets(backbone, train, held_out):
    """The teacher's word on both sets, directions found with the first."""
    see = Pictures(backbone, (32, 32, 3))
    both = see.as_pictures(np.concatenate([train, held_out]))
    found = teacher_targets(pretrained(), both, COMPONENTS, size=SIZE, fit_on=len(train))
    print(f"{COMPONENTS} components keep {found.kept:.1%} of the teacher's variance", flush=True)
    return found.values


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _parser():
    parser = argparse.ArgumentParser(prog="python -m course_utils.torchlab.pretrain_resnet20")
    parser.add_argument("--task", choices=TASKS, default="imitate", help="what is learned")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="times through the pictures")
    parser.add_argument("--pictures", type=int, help="so many only, to try things out")
    parser.add_argument("--seed", type=int, default=0, help="of all that is random")
    parser.add_argument("--threads", type=int, default=1, help="of PyTorch")
    parser.add_argument("--bfloat16", action="store_true", help="less precise, and quicker")
    parser.add_argument("--folder", type=Path, default=Path("build", "resnet20"),
                        help="where the run is kept between two epochs")  # fmt: skip
    parser.add_argument(
        "--out", type=Path, help="the file of weights, in place of that of the package"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
