"""What papers on optimisers promise of training nets, held against small ones.

Their own figures are of ImageNet, of translation and of language models; here nets have thousands
of parameters. Rates were chosen from grids of three points a decade on draw 1 of the same cases;
claims are held against other draws, which are other splits and other starts.

`CostGap` is in nats of the held-out loss. Where a paper speaks of training losses, `Level` is that
of one method, and its range comes from what its rival reached on draw 1.
"""

from math import inf

from harness.api import CallsToTarget, Claim, CostGap, Level

_MUON = "muon-scalable-llm-training"
_ADEMAMIX = "the-ademamix-optimizer"
_LION = "symbolic-discovery-optimization-algorithms"
_ADAFACTOR = "adafactor"
_ADABELIEF = "adabelief-optimizer"
_ADAMOMENTUM = "rethinking-adam"
_RANGER = "ranger21"
_AMSGRAD = "convergence-adam-beyond"
_ZERO = "straight-to-zero"


def _draws(family: str, parameters: str = "", last: int = 7) -> tuple[str, ...]:
    """Draws from the second on: on the first one rates were chosen."""
    start = f"{parameters}," if parameters else ""
    return tuple(f"{family}[{start}draw={draw}]" for draw in range(2, last + 1))


_SHORT = _draws("mlp", "passes=13")
_LONG = _draws("mlp", "passes=67", last=9)
_TEXT = _draws("transformer", "passes=4", last=5)
_SMALL_BATCH = _draws("mlp", "passes=2")
_LARGE_BATCH = _draws("mlp", "passes=100")
_MEMORY = _draws("memory")
_DEEP = _draws("mlp", "depth=20,init=small,passes=36", last=6)

_TUNED = "rates tuned on another draw"
_DIGITS = f"digits, a net 64-64-64-10, batches of 64, 1,541 steps, {_TUNED}"
_CHARACTERS = f"text of a grammar, a transformer of two blocks, 128 steps, {_TUNED}"
_STRONGER = "AdamW in the form that does best here, with a decay of 0.1 and a warm-up of a tenth"

_DEEP_NET = "digits, 20 hidden layers of 64 without norms, weights N(0, 1/192), 828 steps"
_HOME = "ranger21"  # at its default rate, 0.01, the better of 0.003 and 0.01 on draw 1
_WITHOUT_BOTH = "ranger21[stable_decay=False,norm_loss=False]"
_PARTS = (
    "clipping",
    "centralising",
    "positive_negative",
    "largest",
    "warm_up",
    "warm_down",
    "lookahead",
)

CLAIMS = [
    Claim(
        name="muon-needs-fewer-steps-on-digits",
        paper=_MUON,
        statement="Muon needs about half of the steps of AdamW.",
        figure="about twice the efficiency, 52 % of AdamW's compute, in language models",
        quantity=CallsToTarget("muon", "adamw[learning_rate=0.05]", _SHORT, target=0.1),
        reproduced=(1.5, inf),
        holds=(1.0, inf),
        setting=f"digits, a net 64-64-64-10, 299 steps of 64, {_TUNED}; until the held-out loss is "
        "0.1 above the least that either reaches",
        seeds=2,
    ),
    Claim(
        name="muon-needs-fewer-steps-on-text",
        paper=_MUON,
        statement="Muon needs about half of the steps of AdamW in training language models.",
        figure="about twice the efficiency, 52 % of AdamW's compute, at scale",
        quantity=CallsToTarget(
            "muon[learning_rate=0.05]", "straight_to_zero[learning_rate=0.03]", _TEXT, target=0.75
        ),
        reproduced=(1.5, inf),
        holds=(1.0, inf),
        setting=f"{_CHARACTERS}; {_STRONGER}; until the held-out loss is 0.75 above the "
        "least that either reaches",
        seeds=2,
    ),
    Claim(
        name="muon-half-of-the-compute",
        paper=_MUON,
        statement="Language models trained by Muon need 52 % of the compute that AdamW takes.",
        figure="52 % of the compute",
        untestable="It needs language models at several scales; small stand-ins are claims of "
        "this board.",
    ),
    Claim(
        name="ademamix-lower-training-loss",
        paper=_ADEMAMIX,
        statement="With a slow momentum beside the fast one, training ends at a much lower loss.",
        figure="figures only; a third of AdamW's training loss counts",
        quantity=Level("ademamix[learning_rate=0.005,memory=0.65]", "training_loss", _LONG),
        reproduced=(-inf, 8.6e-5),
        holds=(-inf, 2.6e-4),
        setting=f"{_DIGITS}; a slow decay of 0.999, weight 8; AdamW's least is 2.6e-4",
        seeds=1,
    ),
    Claim(
        name="ademamix-held-out-on-digits",
        paper=_ADEMAMIX,
        statement="What a slow momentum wins in training is won on unseen data too.",
        figure="models that do better on unseen text; no figure for nets like this",
        quantity=CostGap(
            "ademamix[learning_rate=0.005,memory=0.65]", "adamw[learning_rate=0.05]", _LONG
        ),
        reproduced=(-inf, 0.0),
        setting=_DIGITS,
        seeds=1,
    ),
    Claim(
        name="ademamix-beats-adamw-on-text",
        paper=_ADEMAMIX,
        statement="AdEMAMix trains language models to a lower loss than AdamW in as many steps.",
        figure="1.3 billion parameters: 101 billion tokens do what takes AdamW 197 billion",
        quantity=CostGap(
            "ademamix[learning_rate=0.01]", "straight_to_zero[learning_rate=0.03]", _TEXT
        ),
        reproduced=(-inf, 0.0),
        setting=f"{_CHARACTERS}, of which the slow momentum remembers a tenth; {_STRONGER}",
        seeds=2,
    ),
    Claim(
        name="ademamix-half-of-the-tokens",
        paper=_ADEMAMIX,
        statement="A model of 1.3 billion parameters needs about half as many tokens as by AdamW.",
        figure="101 against 197 billion tokens",
        untestable="It needs runs of 10^5 steps on language models.",
    ),
    Claim(
        name="lion-loses-with-small-batches",
        paper=_LION,
        statement="With small batches Lion is worse than AdamW: its gain grows with the batch.",
        figure="ViT-B/16: the best batch is 4,096 for Lion and 256 for AdamW",
        quantity=CostGap("lion[learning_rate=0.01,batch=16]", "adamw[batch=16]", _SMALL_BATCH),
        reproduced=(0.0, inf),
        setting=f"digits, a net 64-64-64-10, 180 steps of 16, {_TUNED}",
        seeds=2,
    ),
    Claim(
        name="lion-wins-with-large-batches-in-training",
        paper=_LION,
        statement="With large batches Lion trains further than AdamW in as many steps.",
        figure="half of AdamW's training loss counts; no figure of the paper",
        quantity=Level("lion[learning_rate=0.01,batch=1024]", "training_loss", _LARGE_BATCH),
        reproduced=(-inf, 2.8e-4),
        holds=(-inf, 5.6e-4),
        setting=f"digits, a net 64-64-64-10, 200 steps of 1,024 and 414 in turn, {_TUNED}; AdamW's "
        "least is 5.6e-4",
        seeds=2,
    ),
    Claim(
        name="lion-wins-with-large-batches-held-out",
        paper=_LION,
        statement="With large batches Lion is better than AdamW on unseen data.",
        figure="ViT-B/16 with batches of 32,768: 77.9 % against 75.4 % on ImageNet",
        quantity=CostGap(
            "lion[batch=1024]",
            "adamw[learning_rate=0.01,batch=1024]",
            _LARGE_BATCH,
        ),
        reproduced=(-inf, 0.0),
        setting=f"digits, a net 64-64-64-10, 200 steps of 1,024 and 414 in turn, {_TUNED} by the "
        "held-out loss",
        seeds=2,
    ),
    Claim(
        name="lion-half-of-the-state",
        paper=_LION,
        statement="Lion keeps half of Adam's state.",
        figure="one buffer instead of two",
        untestable="Runs measure the memory of a process, in which a net and its activations "
        "outweigh the state. The size of the state is fixed by the rule, and tests hold it to it: "
        "one array of a parameter's shape, where Adam has two.",
    ),
    Claim(
        name="lion-headlines",
        paper=_LION,
        statement="Lion is 2 % better on ImageNet, needs a fifth of the pre-training on JFT, and "
        "2.3 times less compute in diffusion.",
        figure="88.3 % zero-shot and 91.1 % fine-tuned on ImageNet",
        untestable="It needs models and data far beyond a CPU.",
    ),
    Claim(
        name="adafactor-quality-on-digits",
        paper=_ADAFACTOR,
        statement="Second moments of rank one cost no quality.",
        figure="comparable to Adam on WMT 2014 English-German",
        quantity=CostGap("adafactor[learning_rate=0.02]", "adamw[learning_rate=0.05]", _LONG),
        reproduced=(-inf, 0.01),
        holds=(-inf, 0.03),
        setting=f"{_DIGITS}, absolute steps; 0.01 nats count as equal",
        seeds=1,
    ),
    Claim(
        name="adafactor-quality-on-associations",
        paper=_ADAFACTOR,
        statement="Second moments of rank one cost no quality where rows have rare keys, either.",
        figure="comparable to Adam on WMT 2014 English-German",
        quantity=CostGap("adafactor[learning_rate=0.02]", "adamw[learning_rate=0.05]", _MEMORY),
        reproduced=(-inf, 0.02),
        holds=(-inf, 0.06),
        setting=f"Zipfian associations, a product of two matrices, {_TUNED}, absolute steps; "
        "0.02 nats, a tenth of the loss, count as equal",
        seeds=1,
    ),
    Claim(
        name="adafactor-clipping-helps-slow-decay",
        paper=_ADAFACTOR,
        statement="Where second moments fade slowly and no warm-up comes first, updates are too "
        "long, and clipping them helps.",
        figure="no figure; a gap of 0.03 nats counts",
        quantity=CostGap(
            "adafactor[learning_rate=0.03,schedule=constant,warmup=0.0,beta2=0.999]",
            "adafactor[learning_rate=0.03,schedule=constant,warmup=0.0,clip=1000.0,beta2=0.999]",
            _SHORT,
        ),
        reproduced=(-inf, -0.03),
        holds=(-inf, 0.0),
        setting="digits, a net 64-64-64-10, 299 steps of 64, a constant absolute step of 0.03",
        seeds=4,
    ),
    Claim(
        name="adafactor-state-of-rows-and-columns",
        paper=_ADAFACTOR,
        statement="The state of an n x m matrix is n + m numbers and not 2 n m.",
        figure="sublinear memory",
        untestable="Runs measure the memory of a process, in which a net and its activations "
        "outweigh the state. The size of the state is fixed by the rule, and tests hold it to it: "
        "2,560 numbers for 512 x 2048.",
    ),
    Claim(
        name="adabelief-generalises-better",
        paper=_ADABELIEF,
        statement="AdaBelief generalises better than Adam, and as well as SGD.",
        figure="accuracy on ImageNet comparable to that of SGD",
        quantity=CostGap("adabelief[learning_rate=0.05]", "adam[learning_rate=0.05]", _LONG),
        reproduced=(-inf, 0.0),
        setting=_DIGITS,
        seeds=1,
    ),
    Claim(
        name="adabelief-large-models",
        paper=_ADABELIEF,
        statement="AdaBelief trains ImageNet classifiers as well as SGD, and GANs more stably.",
        figure="ImageNet; GANs on CIFAR-10",
        untestable="It needs ImageNet and GANs; what is fit for a CPU are the claims on digits.",
    ),
    Claim(
        name="adamomentum-generalises-better",
        paper=_ADAMOMENTUM,
        statement="AdaMomentum generalises better than Adam.",
        figure="above all others on CIFAR, ImageNet, LSTMs and GANs",
        quantity=CostGap("adamomentum[learning_rate=0.01]", "adam[learning_rate=0.05]", _LONG),
        reproduced=(-inf, 0.0),
        setting=_DIGITS,
        seeds=1,
    ),
    Claim(
        name="amsgrad-trains-better",
        paper=_AMSGRAD,
        statement="AMSGrad often does better than Adam in training nets.",
        figure="lower losses on MNIST and CIFAR-10",
        quantity=CostGap("amsgrad[learning_rate=0.002]", "adam[learning_rate=0.05]", _LONG),
        reproduced=(-inf, 0.0),
        setting=_DIGITS,
        seeds=1,
    ),
    Claim(
        name="ranger21-trains-a-deep-net-without-norms",
        paper=_RANGER,
        statement="Ranger21 trains deep nets that have no normalisation.",
        figure="ResNet-50 without BatchNorm learns; accuracy above 90 % counts here",
        quantity=Level(_HOME, "held_out_accuracy", _DEEP),
        reproduced=(0.9, inf),  # Student's interval may reach beyond 1
        holds=(0.6, inf),
        setting=f"{_DEEP_NET}; eps 1e-6, {_TUNED}",
        seeds=1,
    ),
    Claim(
        name="adamw-is-stuck-without-norms",
        paper=_RANGER,
        statement="AdamW does not get a deep net without normalisation to learn.",
        figure="ResNet-50 without BatchNorm stays where it was; accuracy below 60 % counts here",
        quantity=Level("adamw[learning_rate=0.0003]", "held_out_accuracy", _DEEP),
        reproduced=(-inf, 0.6),
        setting=f"{_DEEP_NET}; at rates of 0.001 and above it learns nothing at all",
        seeds=1,
    ),
    *(
        Claim(
            name=f"ranger21-norm-loss-matters-more-than-{part.replace('_', '-')}",
            paper=_RANGER,
            statement="Norm loss and stable decay are what deep nets without norms need most: "
            f"without both more is lost than without {part.replace('_', ' ')}.",
            figure="no figure",
            quantity=CostGap(_WITHOUT_BOTH, f"ranger21[{part}=False]", _DEEP),
            reproduced=(0.3, inf),
            holds=(0.0, inf),
            setting=f"{_DEEP_NET}; 0.3 nats count, and nothing learnt is ln 10 = 2.3",
            seeds=1,
        )
        for part in _PARTS
    ),
    Claim(
        name="ranger21-is-better-on-a-usual-net",
        paper=_RANGER,
        statement="Ranger21 improves on AdamW in general.",
        figure="higher accuracy, faster; ImageNet",
        quantity=CostGap("ranger21[learning_rate=0.02]", "adamw", _draws("mlp")),
        reproduced=(-inf, 0.0),
        setting=f"digits, a net 64-64-64-10 that starts well, 460 steps, {_TUNED}",
        seeds=2,
    ),
    Claim(
        name="ranger21-imagenet",
        paper=_RANGER,
        statement="Ranger21 is more accurate than AdamW with ResNet-50 on ImageNet.",
        figure="improved accuracy and speed",
        untestable="It needs ImageNet.",
    ),
    Claim(
        name="straight-to-zero-on-text",
        paper=_ZERO,
        statement="A linear decay to zero ends lower than a cosine to a tenth, each at its best "
        "rate, in training language models.",
        figure="610 million parameters: 0.77 % lower at 20 tokens a parameter",
        quantity=CostGap(
            "straight_to_zero[learning_rate=0.03]",
            "straight_to_zero[learning_rate=0.03,schedule=cosine_10]",
            _TEXT,
        ),
        reproduced=(-inf, 0.0),
        setting=_CHARACTERS,
        seeds=2,
    ),
    Claim(
        name="straight-to-zero-on-associations",
        paper=_ZERO,
        statement="A linear decay to zero ends lower than a cosine to a tenth where noise is what "
        "is left.",
        figure="the gain grows with the tokens a parameter sees",
        quantity=CostGap(
            "straight_to_zero[learning_rate=0.05,weight_decay=0.01]",
            "straight_to_zero[learning_rate=0.05,schedule=cosine_10,weight_decay=0.01]",
            _MEMORY,
        ),
        reproduced=(-inf, 0.0),
        setting=f"Zipfian associations of noisy keys, 1,565 steps, {_TUNED}",
        seeds=1,
    ),
]
