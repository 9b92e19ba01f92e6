"""What metrics published on Kaggle import under this name: two kinds of errors, and two functions that raise them.

Written anew after what https://www.kaggle.com/code/metric/kaggle-metric-utilities does.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_TOLERANCE = 1e-6


class ParticipantVisibleError(Exception):
    """The submission is to blame; its author may read the text."""


class HostVisibleError(Exception):
    """The metric or the solution is to blame; the text is for the competition's host alone."""


def treat_as_participant_error(error_message: str, solution: Any) -> bool:
    """Whether a text can be shown, because it cannot quote the solution: that has numbers only, and the text none."""
    import numpy as np
    import pandas as pd

    kinds = {np.dtype(kind).kind for kind in pd.DataFrame(solution).dtypes if isinstance(kind, np.dtype)}
    if len(kinds) == 0 or not kinds <= set("biuf") or any(char.isnumeric() for char in error_message):
        return False
    quotes_truth = "b" in kinds and any(word in error_message.casefold() for word in ("true", "false"))
    return not quotes_truth


def safe_call_score(
    metric_function: Callable[..., Any], solution: Any, submission: Any, **metric_func_kwargs: Any
) -> Any:
    """Call a metric; an error of its own goes to the participant where the text is safe, else to the host."""
    try:
        return metric_function(solution, submission, **metric_func_kwargs)
    except Exception as error:
        text = str(error)
        if type(error).__name__ in {"ParticipantVisibleError", "HostVisibleError"}:
            raise
        if treat_as_participant_error(text, solution):
            raise ParticipantVisibleError(text) from error
        raise HostVisibleError(text) from error


def verify_valid_probabilities(df: "pd.DataFrame", df_name: str) -> None:
    """Raise a ``ParticipantVisibleError`` unless every row holds numbers from 0 to 1 that sum to 1."""
    import numpy as np
    from pandas.api.types import is_numeric_dtype

    if not all(is_numeric_dtype(kind) for kind in df.dtypes):
        raise ParticipantVisibleError(f"All values in {df_name} must be numbers")
    values = df.to_numpy(dtype=float)
    if not ((values >= 0) & (values <= 1)).all():
        raise ParticipantVisibleError(f"All values in {df_name} must be between zero and one")
    if not np.allclose(values.sum(axis=1), 1, atol=_TOLERANCE):
        raise ParticipantVisibleError(f"The values of each row in {df_name} must sum to one")
