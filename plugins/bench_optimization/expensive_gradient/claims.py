"""What the paper on target-based surrogates claims, as quantities of records.

Calls to the model are free in these cases (c_model=0), so that what is compared is the number of
expensive gradients, as in the paper's figures; the board itself charges both.
"""

from math import inf

from harness.api import Claim, CostGap

_PAPER = "target-based-surrogates-stochastic-optimization"
_FULL = tuple(
    f"logistic[passes=25,c_expensive=1,c_model=0{draw}]"
    for draw in ("", *(f",draw={number}" for number in range(1, 6)))
)
_BATCHES = tuple(
    f"logistic[passes=47,c_expensive=1,c_model=0,draw={number}]" for number in range(1, 6)
)
_TUNED = "sso[eta=5.6,schedule=stochastic]"
_SETTING = (
    "generated logistic regression, n = 4000, d = 100, 300 batches of 625; each method at the best "
    "of a grid of rates a factor 1.4 apart, found on another draw, with the paper's schedules"
)

CLAIMS = [
    Claim(
        name="inner-steps-help-at-once",
        paper=_PAPER,
        statement="With all data, ten inner steps lower the objective further than one does for "
        "as many expensive gradients.",
        figure="figures of the loss by expensive gradients, m = 1, 10, 100",
        quantity=CostGap("sso[batch=0]", "sso[m=1,batch=0]", _FULL),
        reproduced=(-inf, 0.0),
        setting="generated logistic regression, n = 4000, d = 100, 25 gradients, eta = 1/L",
        seeds=1,
    ),
    Claim(
        name="more-inner-steps-help-more",
        paper=_PAPER,
        statement="A hundred inner steps lower it further than ten.",
        figure="figures of the loss by expensive gradients, m = 1, 10, 100",
        quantity=CostGap("sso[m=100,batch=0]", "sso[batch=0]", _FULL),
        reproduced=(-inf, 0.0),
        setting="generated logistic regression, n = 4000, d = 100, 25 gradients, eta = 1/L",
        seeds=1,
    ),
    Claim(
        name="full-batch-against-gradient-descent",
        paper=_PAPER,
        statement="For as many expensive gradients the surrogate gets nearer to the optimum than "
        "gradient descent at 1/L.",
        figure="figures of the loss by expensive gradients",
        quantity=CostGap("sso[m=100,batch=0]", "gradient_descent", _FULL),
        reproduced=(-inf, 0.0),
        setting="generated logistic regression, n = 4000, d = 100, 25 gradients",
        seeds=1,
    ),
    Claim(
        name="batches-against-sgd",
        paper=_PAPER,
        statement="With mini-batches and ten inner steps it gets nearer than tuned SGD.",
        figure="figures of the loss by expensive gradients",
        quantity=CostGap(_TUNED, "sgd[step=27.0,batch=625]", _BATCHES),
        reproduced=(-inf, 0.0),
        setting=f"{_SETTING}; SGD whose rate falls in a straight line to 0 is better than both",
        seeds=3,
    ),
    Claim(
        name="batches-against-adam",
        paper=_PAPER,
        statement="With mini-batches and ten inner steps it gets nearer than tuned Adam.",
        figure="figures of the loss by expensive gradients",
        quantity=CostGap(_TUNED, "adam[learning_rate=0.1,batch=625]", _BATCHES),
        reproduced=(-inf, 0.0),
        setting=f"{_SETTING}; Adam whose rate falls in a straight line to 0 is better than both",
        seeds=3,
    ),
    Claim(
        name="rate-with-falling-eta",
        paper=_PAPER,
        statement="For convex losses, eta falling as 1 / sqrt(t) gives a gap of 1 / sqrt(T).",
        figure="O(1 / sqrt(T))",
        untestable="a bound from above: no quantity reads the exponent of a cost along a run, and "
        "on strongly convex instances runs are faster",
    ),
]
