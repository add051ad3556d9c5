"""Advice for nets of PyTorch that are partly frozen: flags, modes, optimizers, epochs."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

FLAGS = Advice(
    "frozen: flags of parameters",
    (
        "Print name and requires_grad of net.named_parameters(). Which are still True?",
        "A module has no requires_grad of its own: an attribute set on it is just a new "
        "attribute. A parameter has one.",
        "module.parameters() walks through inner modules, too; module.requires_grad_(…) sets all "
        "their flags.",
    ),
)
MODES = Advice(
    "frozen: modes of layers",
    (
        "Which numbers of batch norm are no parameters? What moves them?",
        "No gradient touches a running mean. A forward pass in training mode does.",
        "Frozen means two things: no gradients, and evaluation mode, for all layers inside.",
    ),
)
ONLY_BODY = Advice(
    "frozen: the body and not the head",
    (
        "What is left to learn, if all of the net is frozen?",
        "net is the whole, net.body a part of it. To which do you speak?",
        "The head keeps its flags and its mode.",
    ),
)
AS_IT_WAS = Advice(
    "frozen: the net as it was",
    (
        "A net comes frozen with all that it knows. Does yours still compute the same?",
        "Neither a weight nor a running mean may get another value by being frozen.",
        "Only flags and modes are set; everything else is left alone.",
    ),
)
HEAD_FIRST = Advice(
    "optimizer: the head first",
    (
        "In which order do you make the head and the optimizer?",
        "An optimizer holds tensors, not names. What does it know of a layer that was made later?",
        "Put the head into the net, then ask the net for its parameters.",
    ),
)
WHAT_IS_TRAINED = Advice(
    "optimizer: what is trained",
    (
        "How many tensors are in optimizer.param_groups, and which of the net are they?",
        "A linear layer has two parameters, and both learn.",
        "Choose by requires_grad from net.parameters(): that is what is trained, and no more.",
    ),
)
CLASSES_OUT = Advice(
    "head: as many outputs as classes",
    (
        "What shape should the logits of this net have?",
        "nn.Linear takes the inputs first and the outputs second, and the net must get the layer.",
        "Assign it to net.head. The inputs are those of the old head.",
    ),
)
RATE_GIVEN = Advice(
    "optimizer: the rate that is given",
    (
        "Which rate did the caller ask for?",
        "Every group of the optimizer has its rate under 'lr'.",
        "torch.optim.SGD takes it by the name lr.",
    ),
)
MODES_OF_EPOCH = Advice(
    "epoch: modes",
    (
        "In which mode is each layer at the moment of the forward pass: body, dropout of the head?",
        "net.train() and net.eval() reach all layers inside. Which should each reach here?",
        "First the whole net into training mode, at the beginning of every epoch, then the "
        "frozen body back into evaluation mode.",
    ),
)
ORDER_OF_STEP = Advice(
    "epoch: the order of a step",
    (
        "What is in p.grad at the moment of optimizer.step()?",
        "backward adds to what is there already; step uses whatever is there.",
        "Four lines in one order: old gradients away, loss, backward, step. For every batch.",
    ),
)
LOGITS_IN = Advice(
    "epoch: logits into the loss",
    (
        "What does cross_entropy expect, and what does it average?",
        "It takes the logarithm of softmax itself, and gives the mean over the batch.",
        "Hand over the logits as they come out of the net, and the labels beside them.",
    ),
)
KEEP_NUMBERS = Advice(
    "epoch: keep numbers",
    (
        "What hangs on a loss that still knows how it was computed?",
        "Each kept tensor keeps the graph of its step alive, activations and all.",
        "There is a method that gives a tensor's single number. One number per batch, before "
        "its step.",
    ),
)
MEASURED_IN = Advice(
    "measure: evaluation mode",
    (
        "Measure twice in a row: the same number? Measure a picture alone: the same answer?",
        "Dropout silences units and batch norm uses this very batch, unless told otherwise.",
        "All layers into evaluation mode before the net is asked.",
    ),
)
MODE_BACK = Advice(
    "measure: the mode is put back",
    (
        "In which mode was each layer when the net was handed to you?",
        "One flag of the whole net cannot say that the body slept while the head was awake.",
        "Remember the flag of every module, and set each one back.",
    ),
)
NO_GRAPH = Advice(
    "measure: no gradients",
    (
        "Will anybody call backward on an accuracy?",
        "Recording costs memory for all activations of all test pictures.",
        "There is a context for it, to be opened around the forward pass.",
    ),
)
SHARE_RIGHT = Advice(
    "measure: the share that is right",
    (
        "What does a row of logits say, and along which axis is the largest looked for?",
        "Compare class with label, picture by picture, and count what agrees.",
        "A share is between 0 and 1: how many are right, divided by how many there are.",
    ),
)
