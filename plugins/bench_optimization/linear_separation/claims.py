"""What the paper on large steps claims, as quantities that records determine.

Its solvers draw nothing, so that all seeds of a run agree and the intervals speak of how few
there are. Iterations are passes: how many a solver takes, its calls tell, of which ratios are
claimed; that it takes no more than a bound, a case which allows just as many.
"""

from math import inf, log

from harness.api import CallsToTarget, Claim, Growth, Level

_PAPER = "logistic-regression-perceptron-algorithm-exploring"
_GROWTH = (
    "imbalanced[passes=10000]",
    *(f"imbalanced[n={n},passes=10000]" for n in (2000, 5000, 10000)),
)
_IMAGES = (
    "digits[passes=2000]",  # 0 and 1
    *(f"digits[other={other},passes=2000]" for other in range(2, 10)),
    *(
        f"digits[one={one},other={other},passes=2000]"
        for other in range(2, 10)
        for one in range(1, other)
    ),
)
_POINTS = ("balanced", *(f"balanced[draw={draw}]" for draw in range(1, 16)))

CLAIMS = [
    Claim(
        name="normalised-step-on-the-worst-case",
        paper=_PAPER,
        statement="On the worst case of the batch perceptron, normalised gradient descent with the "
        "step 100 separates in 2 iterations, plain gradient descent in 308.",
        figure="2 against 308 iterations at n = 1000: 154 times",
        quantity=CallsToTarget(
            "normalized_lr_gd[step=100.0]",
            "lr_gd",
            "worst_case",
            target=0.0,
        ),
        reproduced=(135.0, 176.0),
        holds=(10.0, inf),
        seeds=25,
    ),
    Claim(
        name="normalised-step-of-one",
        paper=_PAPER,
        statement="With the step 1 normalised gradient descent takes 16 iterations on it, and 157 "
        "with the step 0.1.",
        figure="16 and 157 iterations at n = 1000: 9.8 times",
        quantity=CallsToTarget(
            "normalized_lr_gd[step=1.0]",
            "normalized_lr_gd[step=0.1]",
            "worst_case",
            target=0.0,
        ),
        reproduced=(8.5, 11.3),
        holds=(1.0, inf),
        seeds=25,
    ),
    Claim(
        name="plain-steps-grow-with-n",
        paper=_PAPER,
        statement="The iterations of gradient descent with huge steps grow as n where one sample "
        "stands against all others.",
        figure="Omega(n) iterations, so that the calls, n for each, grow as n^2",
        quantity=Growth("lr_gd[step=10000000000.0]", _GROWTH, "n", of="calls"),
        reproduced=(1.9, 2.1),
        holds=(1.5, 2.5),
    ),
    Claim(
        name="normalised-steps-do-not",
        paper=_PAPER,
        statement="The iterations of normalised gradient descent there hardly depend on n.",
        figure="R^2/margin^2 + 2 log(2n - 1)/(step margin^2) iterations: the calls grow as n",
        quantity=Growth("normalized_lr_gd[step=100.0]", _GROWTH, "n", of="calls"),
        reproduced=(0.95, 1.05),
        holds=(0.9, 1.5),
    ),
    *(
        Claim(
            name=f"bound-at-step-{name}",
            paper=_PAPER,
            statement="On the worst case, normalised gradient descent with the step "
            f"{step} separates within its bound, {bound} iterations.",
            figure=f"R^2/margin^2 + 2 log(2n - 1)/(step margin^2) = {bound} at n = 1000",
            quantity=Level(solver, "separated", f"worst_case[passes={int(bound)}]"),
            reproduced=(0.85, 1.0),
            seeds=25,
        )
        for name, solver, step, bound in (
            ("tenth", "normalized_lr_gd[step=0.1]", 0.1, 613.1),
            ("one", "normalized_lr_gd[step=1.0]", 1.0, 65.8),
            ("ten", "normalized_lr_gd", 10.0, 11.1),
            ("hundred", "normalized_lr_gd[step=100.0]", 100.0, 5.6),
        )
    ),
    Claim(
        name="the-loss-is-no-proxy",
        paper=_PAPER,
        statement="With a large step the loss may be high one iteration before the samples are "
        "separated: far above log 2, that of the start.",
        figure="12.5 at step 100 on two samples, 18 times log 2",
        quantity=Level("lr_gd", "loss", "pair[passes=1]"),
        reproduced=(12.0, 13.0),
        holds=(10 * log(2), inf),
    ),
    Claim(
        name="separated-one-iteration-later",
        paper=_PAPER,
        statement="On those two samples the next iteration separates.",
        figure="2 iterations",
        quantity=Level("lr_gd", "separated", "pair[passes=2]"),
        reproduced=(0.85, 1.0),
        seeds=25,
    ),
    *(
        Claim(
            name=f"balanced-{name}-want-plain-steps",
            paper=_PAPER,
            statement="On balanced data the normalised step is slightly slower than the plain one, "
            "where both are huge.",
            figure="3160 to 3359 iterations against 2778 on images: 0.83 to 0.88 times as fast",
            quantity=CallsToTarget(
                "normalized_lr_gd[step=1000000.0]", "lr_gd[step=1000000.0]", cases, target=0.0
            ),
            reproduced=(0.5, 1.0),
            holds=(0.0, 1.0),
            setting=setting,
            seeds=1,
        )
        for name, cases, setting in (
            ("images", _IMAGES, "all 45 pairs of handwritten digits, instead of clothes"),
            ("points", _POINTS, "random points of the unit sphere with a margin, not images"),
        )
    ),
]
