"""Percentiles and slopes."""

from collections.abc import Sequence

import numpy as np


def percentiles(values: Sequence[float], unit: str, scale: float) -> dict[str, float]:
    """The 50th, 95th and 99th percentile, multiplied by ``scale`` and named ``p50<unit>``."""
    found = np.percentile(values, [50, 95, 99]) * scale
    return {
        f"p{rank}{unit}": rounded(value) for rank, value in zip((50, 95, 99), found, strict=True)
    }


def slope(values: Sequence[float]) -> float:
    """By how much evenly spaced values grow from one to the next (least squares)."""
    return float(np.polyfit(np.arange(len(values)), values, 1)[0])


def rounded(value: float) -> float:
    """Four significant digits: more is noise."""
    return float(f"{value:.4g}")
