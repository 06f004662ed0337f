"""What "On the Convergence of Adam and Beyond" promises of its counterexamples.

On the two periodic families nothing is random but what solvers draw, and they draw nothing: seeds
repeat a run there, and intervals have no width.
"""

from math import inf

from harness.api import Claim, Level

_PAPER = "convergence-adam-beyond"
_THEOREM = "theorem[rounds=999999]"
_SYNTHETIC = "synthetic[rounds=5000005]"
_DRAWS = (
    "stochastic[rounds=5000000]",
    *(f"stochastic[rounds=5000000,draw={draw}]" for draw in range(1, 5)),
)
_SLOW = "learning_rate=0.001,decay=False"
_ADAM = f"adam[{_SLOW}]"
_AMSGRAD = f"amsgrad[{_SLOW},variant=torch]"
_CONSTANT = "constant rate 0.001, beta1 = 0.9, beta2 = 0.99; the paper's rates are not known to us"

CLAIMS = [
    Claim(
        name="adam-keeps-regret",
        paper=_PAPER,
        statement="On C x, -x, -x, ... Adam's average regret does not vanish.",
        figure="nonvanishing average regret; 2 (C - 2) / 3 by our own sum",
        quantity=Level("adam", "", _THEOREM),
        reproduced=(0.6, inf),
        holds=(0.1, inf),
        setting="C = 3, rates 0.5 / sqrt(t), beta1 = 0, beta2 = 1 / (1 + C^2), 999,999 rounds",
        seeds=2,
    ),
    Claim(
        name="adam-ends-at-the-worst-point",
        paper=_PAPER,
        statement="On C x, -x, -x, ... Adam ends at +1, the point with the largest loss.",
        figure="x = 1 after every third round: at the distance 2 from the best point",
        quantity=Level("adam", "distance_to_best", _THEOREM),
        reproduced=(1.999, 2.0),
        holds=(1.0, 2.0),
        setting="C = 3, rates 0.5 / sqrt(t), beta1 = 0, beta2 = 1 / (1 + C^2), 999,999 rounds",
        seeds=2,
    ),
    Claim(
        name="amsgrad-loses-its-regret",
        paper=_PAPER,
        statement="AMSGrad's average regret vanishes where Adam's does not.",
        figure="average regret O(1 / sqrt(T))",
        quantity=Level("amsgrad", "", _THEOREM),
        reproduced=(-inf, 0.01),
        holds=(-inf, 0.1),
        setting="C = 3, rates 0.5 / sqrt(t), beta1 = 0, beta2 = 1 / (1 + C^2), 999,999 rounds",
        seeds=2,
    ),
    Claim(
        name="synthetic-adam-ends-at-one",
        paper=_PAPER,
        statement="On 1010 x once in 101 rounds, else -10 x, Adam ends at +1.",
        figure="converges to x = +1, at the distance 2 from the best point",
        quantity=Level(_ADAM, "distance_to_best", _SYNTHETIC),
        reproduced=(1.99, 2.0),
        holds=(1.0, 2.0),
        setting=_CONSTANT,
        seeds=2,
    ),
    Claim(
        name="synthetic-amsgrad-ends-at-minus-one",
        paper=_PAPER,
        statement="On 1010 x once in 101 rounds, else -10 x, AMSGrad ends at the optimum -1.",
        figure="converges to x = -1",
        quantity=Level(_AMSGRAD, "distance_to_best", _SYNTHETIC),
        reproduced=(0.0, 0.1),
        holds=(0.0, 1.0),
        setting=_CONSTANT,
        seeds=2,
    ),
    Claim(
        name="synthetic-amsgrad-regret",
        paper=_PAPER,
        statement="There AMSGrad's average regret is below a quarter of Adam's.",
        figure="tends to 0, while Adam's tends to a constant",
        quantity=Level(_AMSGRAD, "", _SYNTHETIC),
        reproduced=(-inf, 0.0568),  # a quarter of Adam's 0.2275 in the same setting
        holds=(-inf, 0.2),
        setting=_CONSTANT,
        seeds=2,
    ),
    Claim(
        name="stochastic-adam-ends-at-one",
        paper=_PAPER,
        statement="With 1010 x at random, once in 100 rounds, Adam still ends at +1.",
        figure="converges to x = +1, at the distance 2 from the best point",
        quantity=Level(_ADAM, "distance_to_best", _DRAWS),
        reproduced=(1.95, inf),  # Student's interval may reach beyond 2
        holds=(1.0, inf),
        setting=_CONSTANT,
        seeds=1,
    ),
    Claim(
        name="stochastic-amsgrad-regret",
        paper=_PAPER,
        statement="There AMSGrad's average regret is below a quarter of Adam's.",
        figure="tends to 0, while Adam's tends to a constant",
        quantity=Level(_AMSGRAD, "", _DRAWS),
        reproduced=(-inf, 0.099),  # a quarter of Adam's 0.397 in the same setting
        holds=(-inf, 0.397),
        setting=_CONSTANT,
        seeds=1,
    ),
    Claim(
        name="amsgrad-trains-nets-better",
        paper=_PAPER,
        statement="AMSGrad often does better than Adam on training nets.",
        figure="lower training loss on MNIST and CIFAR-10",
        untestable="it speaks of training nets, which the board neural_training compares: both are "
        "there",
    ),
]
