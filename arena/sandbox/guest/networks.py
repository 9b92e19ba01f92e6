"""Networks: ONNX, TorchScript, torch.export and Keras, each by its own library on one thread, without gradients."""

from collections.abc import Callable, Sequence
from typing import Any

from . import entry, weights


class Onnx:
    """ONNX Runtime on the CPU, with one thread."""

    layout = weights.CHANNELS_FIRST

    def __init__(self, path: str, _needs: str) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            # By its path: what an exporter left beside it (.onnx.data) is found from there, and nowhere else.
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            weights.refuse(_onnx_advice(str(error), onnxruntime.__version__), error)
        declared = self._session.get_inputs()
        self.inputs = [
            weights.Input(name=each.name, shape=weights.sizes(each.shape[1:]), dtype=_onnx_dtype(each.name, each.type))
            for each in declared
        ]
        sizes = {each.shape[0] for each in declared if each.shape and isinstance(each.shape[0], int)}
        self.rows: int | None = min(sizes) if sizes else weights.ROWS
        self.fixed = bool(sizes)
        if not declared:
            entry.fail("the model has no input: whatever the rows are, it says the same")

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        """See ``Weights``."""
        feed = {each.name: array for each, array in zip(self.inputs, arrays, strict=True)}
        return list(self._session.run(None, feed))


def _onnx_dtype(name: str, kind: str) -> str:
    plain = kind.removeprefix("tensor(").removesuffix(")")
    known = {"float": "float32", "double": "float64", "float16": "float16", "bool": "bool", "string": "object"}
    dtype = known.get(plain, plain)
    if dtype not in known.values() and not dtype.startswith(("int", "uint")):
        entry.fail(f"the model's input `{name}` is a {kind}; only tensors of numbers and of text can be given")
    return dtype


def _onnx_advice(said: str, version: str) -> str:
    """What to do about a model that ONNX Runtime does not take, by what it says."""
    if "IR version" in said:
        return f"the model's IR version is newer than ONNX Runtime {version} reads: export it with an older `onnx`"
    if "Opset" in said or "opset" in said:
        return (
            f"the model's opset is newer than ONNX Runtime {version} reads: export it with a lower `opset_version`,"
            " for instance 18"
        )
    if "not a registered function/op" in said or "No Op registered" in said:
        return (
            "the model uses an operator that is not part of ONNX, or not of its opset: export without custom"
            " operators, or do that step in preprocess.py or postprocess"
        )
    if "External data path" in said:
        return (
            "the model keeps its weights in another file, which may only lie beside it in the submission: hand in the"
            " folder with both, or export into one file (`external_data=False`)"
        )
    if "protobuf" in said.casefold():
        return "the file is no ONNX model, or is cut short: export it again and hand in the whole file"
    return "ONNX Runtime refuses the model"


class _Torch:
    """What TorchScript and torch.export share: tensors in, tensors out, no gradients."""

    layout = weights.CHANNELS_FIRST
    inputs: Sequence[weights.Input]
    rows: int | None = weights.ROWS
    fixed = False
    _call: Callable[..., Any]
    _dtype: Any = None

    def _take_dtype(self, tensors: Any) -> None:
        """Numbers come as 64-bit ones from a table; a network computes with those of its own parameters."""
        self._dtype = next((each.dtype for each in tensors if each.is_floating_point()), None)

    def _tensors(self, arrays: Sequence[Any]) -> list[Any]:
        import torch

        made = [torch.tensor(array) for array in arrays]
        return [each.to(self._dtype or torch.float32) if each.is_floating_point() else each for each in made]

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        """See ``Weights``."""
        import torch

        with torch.inference_mode():
            return _flat(self._call(*self._tensors(arrays)))


def _flat(given: Any) -> list[Any]:
    """Every tensor of what a network returned, in order."""
    if isinstance(given, dict):
        given = list(given.values())
    if isinstance(given, list | tuple):
        return [tensor for part in given for tensor in _flat(part)]
    return [given.detach().cpu().numpy() if hasattr(given, "detach") else given]


class TorchScript(_Torch):
    """What ``torch.jit.save`` wrote."""

    def __init__(self, path: str, _needs: str) -> None:
        import torch

        with weights.refusing(
            "torch.jit.load refuses the file: save it with torch.jit.script(model).save(…), or use torch.export"
        ):
            module = torch.jit.load(path, map_location="cpu").eval()  # type: ignore[no-untyped-call]
        self._take_dtype(module.parameters())
        self.inputs = [
            weights.Input(name=each.name)
            for each in module.forward.schema.arguments[1:]
            if not each.has_default_value()
        ]
        self._call = module


class TorchExport(_Torch):
    """What ``torch.export.save`` wrote."""

    def __init__(self, path: str, _needs: str) -> None:
        import torch

        with weights.refusing(
            "torch.export.load refuses the file: save it with torch.export.save(program, …) and torch 2.13"
        ):
            program = torch.export.load(path)
            self._call = program.module()
        self._take_dtype(program.state_dict.values())
        wanted = program.graph_signature.user_inputs
        shapes = {node.name: node.meta["val"].shape for node in program.graph.nodes if node.name in wanted}
        self.inputs = [weights.Input(name=str(name), shape=weights.sizes(shapes[name][1:])) for name in wanted]
        sizes = {shape[0] for shape in shapes.values() if shape and isinstance(shape[0], int)}
        if sizes:
            self.rows, self.fixed = min(sizes), True
        self._named = tuple(program.example_inputs[1]) if program.example_inputs else ()

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        """See ``Weights``."""
        import torch

        tensors = self._tensors(arrays)
        at = len(tensors) - len(self._named)
        with torch.inference_mode():
            return _flat(self._call(*tensors[:at], **dict(zip(self._named, tensors[at:], strict=True))))


class Keras:
    """What ``model.save("….keras")`` wrote; no code in it is executed."""

    layout = weights.CHANNELS_LAST
    rows: int | None = weights.ROWS
    fixed = False

    def __init__(self, path: str, _needs: str) -> None:
        import keras

        try:
            self._model = keras.models.load_model(path, compile=False, safe_mode=True)
        except MemoryError:
            raise
        except Exception as error:
            weights.refuse(_keras_advice(str(error), keras.__version__), error)
        self.inputs = [
            weights.Input(name=str(each.name), shape=weights.sizes(each.shape[1:]), dtype=str(each.dtype))
            for each in self._model.inputs or ()
        ]
        if not self.inputs:
            entry.fail("the model does not say what it takes: begin it with keras.Input(shape=…) and save it again")

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        """See ``Weights``."""
        given = arrays[0] if len(arrays) == 1 else list(arrays)
        return _flat(self._model.predict(given, batch_size=weights.ROWS, verbose=0))


def _keras_advice(said: str, version: str) -> str:
    if "Lambda" in said or "lambda" in said:
        return (
            "the model has a Lambda layer, which holds code and is not loaded: do that step with layers of Keras, or in"
            " preprocess.py"
        )
    if "Could not locate class" in said or "could not be deserialized" in said:
        return (
            f"the model has a layer that Keras {version} does not know: use layers of Keras alone, or hand the model in"
            " as model.py, which may define its own"
        )
    return f'Keras {version} refuses the file: save it with model.save("….keras")'
