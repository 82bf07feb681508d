"""Multinomial logistic regression with a ridge penalty on sparse counts, and how sure its logits may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RIDGE = 1.5
_BALANCE = 1.2
"""The weight of a class is the reciprocal of its size to this power. Above one: a ridge shrinks the small classes'
logits most, so that on texts that were not learnt from plain reciprocals still find the small classes too seldom."""
_FACTORS = (0.1, 2.0)
_MOST_SUMMAND = 2.0
"""Bounds of the calibration: texts whose classes are told apart without a mistake would ask for any factor."""
_STEPS = 60
_MEMORY = 6


def fit(matrix: Any, labels: NDArray[np.int64], force: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weights of each feature (rows) for each class (columns); the last row is the intercepts'.

    Args:
        matrix: texts by features.
        labels: the class of each text.
        force: how much each text counts.
    """
    import numpy as np
    from scipy.optimize import minimize

    features = matrix.shape[1]
    transposed = matrix.T.tocsr()
    truth = np.eye(3)[labels]
    force = force[:, None]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(features + 1, 3)
        slopes = weights[:-1].astype(np.float32)
        logits = matrix @ slopes + weights[-1]
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        total = odds.sum(axis=1, keepdims=True)
        rest = force * (odds / total - truth)
        gradient = np.empty_like(weights)
        gradient[:-1] = transposed @ rest.astype(np.float32) + _RIDGE * weights[:-1]
        gradient[-1] = rest.sum(axis=0)
        misfit = -float((force * truth * (logits - np.log(total))).sum())
        return misfit + 0.5 * _RIDGE * float((weights[:-1] ** 2).sum()), gradient.ravel()

    options = {"maxiter": _STEPS, "maxcor": _MEMORY}
    found = minimize(loss, np.zeros((features + 1) * 3), jac=True, method="L-BFGS-B", options=options)
    weights: NDArray[np.float64] = found.x.reshape(features + 1, 3)
    return weights


def calibrate(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> tuple[float, NDArray[np.float64]]:
    """A factor, and a summand a class, that make logits of unseen texts the likeliest; all classes count the same."""
    import numpy as np
    from scipy.optimize import minimize

    force = class_weights(labels, 1.0)
    rows = np.arange(len(labels))

    def loss(parameters: NDArray[np.float64]) -> float:
        moved = logits * parameters[0] + np.array([parameters[1], 0.0, parameters[2]])
        top = moved.max(axis=1)
        total = top + np.log(np.exp(moved - top[:, None]).sum(axis=1))
        return float((force * (total - moved[rows, labels])).mean())

    bounds = [_FACTORS, (-_MOST_SUMMAND, _MOST_SUMMAND), (-_MOST_SUMMAND, _MOST_SUMMAND)]
    factor, negative, positive = minimize(loss, np.array([1.0, 0.0, 0.0]), method="L-BFGS-B", bounds=bounds).x
    return float(factor), np.array([negative, 0.0, positive])


def class_weights(labels: NDArray[np.int64], power: float = _BALANCE) -> NDArray[np.float64]:
    """How much each text is to count, in the mean 1, so that the smaller classes are found as well as the larger."""
    import numpy as np

    sizes = np.bincount(labels, minlength=3)
    weights: NDArray[np.float64] = ((len(labels) / 3 / np.maximum(sizes, 1)) ** power)[labels]
    weights /= weights.mean()
    return weights
