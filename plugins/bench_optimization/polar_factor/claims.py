"""What the paper on Muon says of its orthogonalisation, as far as it shows without training."""

from math import inf

from harness.api import Claim, Level, Speedup

_PAPER = "muon-scalable-llm-training"
_MUON = "newton_schulz_quintic"
_SHAPES = (
    "gaussian[dtype=float32]",
    "gaussian[rows=128,cols=32,dtype=float32]",
    "gaussian[rows=32,cols=256,dtype=float32]",
    "gaussian[rows=96,dtype=float32]",
    "gaussian[rows=128,cols=128,dtype=float32]",
    "gaussian[rows=200,cols=120,dtype=float32]",
    "gaussian[rows=256,cols=1024,dtype=float32]",
    "gaussian[rows=512,cols=256,dtype=float32]",
    "gaussian[rows=512,cols=512,dtype=float32]",
)
_OBLONG = (
    "gaussian[rows=128,cols=32,dtype=float32]",
    "gaussian[rows=32,cols=256,dtype=float32]",
    "gaussian[rows=256,cols=1024,dtype=float32]",
    "gaussian[rows=512,cols=256,dtype=float32]",
)
_MOMENTA = "Gaussian matrices instead of momenta"

CLAIMS = [
    Claim(
        name="update-rms-is-the-same-for-all-shapes",
        paper=_PAPER,
        statement="Scaled by 0.2 sqrt(max(A, B)), updates of all shapes are about as long as "
        "AdamW's: their root mean square is near 0.2 times the rate.",
        figure="0.2, where AdamW's updates usually have 0.2 to 0.4",
        quantity=Level(_MUON, "muon_update_rms", _SHAPES),
        reproduced=(0.15, 0.25),
        holds=(0.1, 0.4),
        setting=f"{_MOMENTA}, nine shapes from 64 x 64 to 512 x 512; a quarter off 0.2 keeps it",
    ),
    Claim(
        name="five-steps-lift-all-directions",
        paper=_PAPER,
        statement="After five steps of Newton-Schulz all singular values are about 1.",
        figure="nearly orthogonal; no figure",
        quantity=Level(_MUON, "least_singular_value", _OBLONG),
        reproduced=(0.65, 1.0),
        holds=(0.3, 1.0),
        setting=f"{_MOMENTA}, shapes that are far from square, whose condition is small; the least "
        "singular value. The polynomial itself keeps values from 0.002 on within 0.68 to 1.21",
    ),
    Claim(
        name="five-steps-overshoot-little",
        paper=_PAPER,
        statement="After five steps of Newton-Schulz no singular value is far above 1.",
        figure="nearly orthogonal; no figure",
        quantity=Level(_MUON, "largest_singular_value", _SHAPES),
        reproduced=(0.9, 1.21),
        holds=(0.5, 1.5),
        setting=f"{_MOMENTA}, nine shapes; the largest singular value",
    ),
    Claim(
        name="cheaper-than-an-svd",
        paper=_PAPER,
        statement="Newton-Schulz takes the place of an SVD because it is much faster.",
        figure="no figure; a factor of 3 or more counts as much",
        quantity=Speedup(_MUON, "svd", "gaussian[rows=512,cols=512,dtype=float32]"),
        reproduced=(3.0, inf),
        holds=(1.0, inf),
        setting="one processor, float32, against LAPACK's divide and conquer; the paper's are GPUs "
        "and bfloat16",
    ),
]
