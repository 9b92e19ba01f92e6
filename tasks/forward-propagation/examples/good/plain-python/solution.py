"""Every function without NumPy: lists, loops and the formulas as they stand in the statement."""


def node(inputs, weights):
    return sum(float(value) * float(weight) for value, weight in zip(inputs, weights, strict=True))


def relu(x):
    if hasattr(x, "__len__"):
        return [relu(part) for part in x]
    return max(0, x)


def hidden_layer(inputs, weights):
    return relu([node(inputs, row) for row in weights])


def linear_network(inputs, hidden_weights, output_weights):
    hidden = [node(inputs, row) for row in hidden_weights]
    return node(hidden, output_weights)


def relu_network(inputs, hidden_weights, output_weights):
    return node(hidden_layer(inputs, hidden_weights), output_weights)


def batch_network(X, layers):
    rows = [list(row) for row in X]
    for number, layer in enumerate(layers, start=1):
        nodes = list(zip(layer["weights"], layer["bias"], strict=True))
        rows = [[node(row, weights) + bias for weights, bias in nodes] for row in rows]
        if number < len(layers):
            rows = relu(rows)
    return rows
