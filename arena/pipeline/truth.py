"""The hidden split in the order in which predictions come: read once, and what is large is mapped from then on."""

import hashlib
import json

import numpy as np

from arena.errors import TaskError
from arena.files import content_key, is_large
from arena.model.task import Task
from arena.predictions.contract import Contract, canonical_id, encode
from arena.predictions.ids import finder
from arena.predictions.truth import Truth, read_truth
from arena.predictions.typed import TYPED
from arena.vault.columns import Columns
from arena.vault.plain import SPLITS, USAGE, PlainVault

# Raised when the same answers would become other columns.
_FORMAT = 1


def truth_of(task: Task, contract: Contract, vault: PlainVault) -> Truth:
    """The true values and which rows are public.

    Raises:
        TaskError: the vault has no answers, or they do not fit the test table or the definition.
    """
    if contract.needs.truth not in TYPED or not is_large(vault.answers_file(task)):
        return _from_text(task, contract, vault)

    def made() -> Columns:
        with vault.answers_file(task).open("rb") as file:
            found = read_truth(file, contract, target=task.data.target[0], split=USAGE, splits=SPLITS)
        truth = found or _from_text(task, contract, vault)
        return {"values": truth.values, "is_public": truth.is_public}

    columns = vault.columns(task, _key(task, contract, vault), made)
    return Truth(values=columns["values"], is_public=columns["is_public"])


def _key(task: Task, contract: Contract, vault: PlainVault) -> str:
    """A hash of everything that the columns follow from."""
    parts = [
        *(_FORMAT, content_key(vault.answers_file(task)), content_key(task.public_dir / task.data.test)),
        *(task.data.id, task.data.target, contract.needs.truth.value, task.data.labels),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _from_text(task: Task, contract: Contract, vault: PlainVault) -> Truth:
    answers = vault.answers(task)
    places = finder(contract.ids)([canonical_id(name) for name in answers.ids])
    if len(places) != len(contract.ids) or len(set(places.tolist())) != len(places) or (places < 0).any():
        raise TaskError("answers.unusable", task=task.id, reason=f"their ids are not those of public/{task.data.test}")
    values = encode(answers.columns, contract)
    if values is None:
        raise TaskError("answers.unusable", task=task.id, reason="a value is none that the task allows")
    aligned, is_public = np.empty_like(values), np.empty(len(places), dtype=np.bool_)
    aligned[places], is_public[places] = values, answers.is_public
    return Truth(values=aligned, is_public=is_public)
