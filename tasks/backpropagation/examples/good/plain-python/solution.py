"""Every function without NumPy: lists, loops and the formulas as they stand in the statement."""


def relu_slope(x):
    if hasattr(x, "__len__"):
        return [relu_slope(part) for part in x]
    return 1.0 if x > 0 else 0.0


def loss_slope(prediction, target):
    return 2 * (float(prediction) - float(target))


def weight_slope(node_value, activation_slope, loss_slope):
    return float(node_value) * float(activation_slope) * float(loss_slope)


def layer_slopes(node_values, activation_slopes, loss_slopes):
    nodes = list(zip(activation_slopes, loss_slopes, strict=True))
    return [[weight_slope(value, activation, loss) for value in node_values] for activation, loss in nodes]


def dot(values, weights):
    return sum(float(value) * float(weight) for value, weight in zip(values, weights, strict=True))


def sums_of(x, network):
    return [dot(x, weights) + float(bias) for weights, bias in zip(network["W1"], network["b1"], strict=True)]


def forward(x, target, network):
    hidden = [max(0.0, total) for total in sums_of(x, network)]
    prediction = dot(hidden, network["W2"]) + float(network["b2"])
    return {"hidden": hidden, "prediction": prediction, "loss": (prediction - float(target)) ** 2}


def gradients(x, target, network):
    result = forward(x, target, network)
    at_output = loss_slope(result["prediction"], target)
    at_hidden = [at_output * float(weight) for weight in network["W2"]]
    on = relu_slope(sums_of(x, network))
    return {
        "W1": layer_slopes(x, on, at_hidden),
        "b1": [slope * switch for slope, switch in zip(at_hidden, on, strict=True)],
        "W2": [at_output * value for value in result["hidden"]],
        "b2": at_output,
    }


def combine(first, second, rule):
    """Apply a rule of two numbers to the numbers in the same places of two nested lists."""
    if hasattr(first, "__len__"):
        return [combine(x, y, rule) for x, y in zip(first, second, strict=True)]
    return rule(float(first), float(second))


def batch_gradients(X, targets, network):
    mean = None
    for x, target in zip(X, targets, strict=True):
        slopes = gradients(x, target, network)
        if mean is None:
            mean = {name: combine(slopes[name], slopes[name], lambda slope, _: slope / len(X)) for name in slopes}
        else:
            mean = {
                name: combine(mean[name], slopes[name], lambda total, slope: total + slope / len(X)) for name in slopes
            }
    return mean


def train_step(x, target, network, learning_rate):
    slopes = gradients(x, target, network)
    return {
        name: combine(network[name], slopes[name], lambda weight, slope: weight - learning_rate * slope)
        for name in network
    }
