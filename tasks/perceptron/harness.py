"""Between the arena and your functions: `gate` is judged by what its neuron says, because many weights are right."""

import numpy as np


def gate(solution, name, inputs):
    """What a neuron with the weights and the bias of `solution.gate(name)` says to each row of `inputs`."""
    answer = solution.gate(name)
    try:
        weights, bias = answer
        outputs = inputs @ np.asarray(weights, dtype=float) + float(bias) >= 0
    except ValueError as error:
        # Not a ValueError: that is what gate itself raises for what no neuron can be.
        count = inputs.shape[1]
        raise TypeError(f"gate({name!r}) must return ({count} weights, one bias); it returned {answer!r}") from error
    return outputs.astype(int)
