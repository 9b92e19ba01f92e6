"""How a case can fail."""

from enum import Enum


class Mismatch(Enum):
    """The kinds; of a hidden case, a learner is told no more than this."""

    WRONG_VALUE = "wrong_value"
    WRONG_SHAPE = "wrong_shape"
    WRONG_TYPE = "wrong_type"
    RAISED = "raised"
    DID_NOT_RAISE = "did_not_raise"
    CHANGED_ARGUMENTS = "changed_arguments"
    TOO_SLOW = "too_slow"
    DIED = "died"
    NOT_THERE = "not_there"
    NOT_PLAIN = "not_plain"
