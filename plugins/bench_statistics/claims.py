"""What the papers that brought these statistics claim of their own subjects.

Their statistics are at work on every board; their headlines are about what was measured with them,
mostly language models and accelerators, which nobody can run here.
"""

from harness.api import Claim

_MODELS = "It needs the language models that were measured, and their price."

CLAIMS = [
    Claim(
        name="onebench-sparse-rankings",
        paper="onebench-test-them-sample-level",
        statement="Rankings by Plackett-Luce stand when nearly all measurements are missing.",
        figure="about 95 % missing, up to 20 times cheaper, little to no change",
        untestable="It needs the paper's tables of model answers. On made-up tables of 50 models "
        "and 2,000 samples, 90 % missing at random, the tests of this statistic watch that the "
        "order agrees with the full one by a Kendall's tau above 0.8.",
    ),
    Claim(
        name="algoperf-gaps",
        paper="benchmarking-neural-network-training-algorithms",
        statement="There are non-trivial gaps between training algorithms.",
        figure="eight workloads, eight tuned baselines",
        untestable="Its workloads need accelerators, for days.",
    ),
    Claim(
        name="mlgym-agents",
        paper="mlgym",
        statement="Agents improve on baselines by better hyper-parameters, not by new algorithms.",
        figure="13 tasks, five frontier models",
        untestable=_MODELS,
    ),
    Claim(
        name="arithmetic-extrapolation",
        paper="measuring-arithmetic-extrapolation-performance",
        statement="Learning to extrapolate arithmetic is a matter of luck, above all for products.",
        figure="4,800 experiments",
        untestable="No board trains neural arithmetic units yet.",
    ),
    Claim(
        name="long-tasks-horizon",
        paper="measuring-ai-ability-complete-long",
        statement="The tasks that the best models solve half the time grow exponentially longer.",
        figure="about 50 minutes for the best model; doubling every seven months since 2019",
        untestable=_MODELS,
    ),
    Claim(
        name="enamel-experts",
        paper="efficient-llm-generated-code-rigorous",
        statement="Generated programs fall short of an expert's in speed.",
        figure="30 models; the best reach eff@1 of 0.47 where pass@1 is 0.80",
        untestable=_MODELS,
    ),
    Claim(
        name="effibench-time",
        paper="effibench",
        statement="Generated programs take longer than canonical solutions.",
        figure="1.69 times on average and 45.49 times at worst",
        untestable=_MODELS,
    ),
    Claim(
        name="enhancements-gain",
        paper="ai-capabilities-can-significantly-improved",
        statement="What is done after training is worth several times the compute of training.",
        figure="most enhancements above 5 times, some above 20 times",
        untestable=_MODELS,
    ),
    Claim(
        name="pass-until-prediction",
        paper="unlock-predictable-scaling-emergent-abilities",
        statement="Tiny success rates of small models predict a large one's before it is trained.",
        figure="within 0.05 % for 2.4 billion parameters",
        untestable=_MODELS,
    ),
    Claim(
        name="gans-equal-when-tuned",
        paper="gans-created-equal-large-scale",
        statement="With enough settings tried, most generative models reach similar scores.",
        figure="seven models, no one consistently better",
        untestable="No board trains generative adversarial networks yet.",
    ),
    Claim(
        name="archgym-lottery",
        paper="archgym",
        statement="With unlimited samples all search methods do equally well once they are tuned.",
        figure="more than 21,000 experiments on four simulators",
        untestable="Its simulators of hardware are not at hand.",
    ),
    Claim(
        name="pie-speed-ups",
        paper="learning-performance-improving-code-edits",
        statement="Models that edit programs make a quarter of them much faster.",
        figure="more than 2.5 times for over 25 % of the programs",
        untestable=_MODELS,
    ),
    Claim(
        name="small-data-comparisons",
        paper="model-evaluation-model-selection-algorithm",
        statement="For small data the combined 5x2cv F test is to be preferred.",
        figure="a recommendation without a figure",
        untestable="It is advice. Of two equal learners on 90 items, the tests of this statistic "
        "watch that at 5 % it calls one better in about a tenth of the trials, and the resampled t "
        "test without a correction in more than four tenths.",
    ),
]
