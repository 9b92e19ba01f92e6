"""When a metric has no value: the truth is such that none is defined."""


class UndefinedError(ValueError):
    """The truth of these rows leaves the metric without a value; the text says why and quotes none of it.

    A prediction never raises it: what a submission can cause has a value, the worst or the neutral one.
    """
