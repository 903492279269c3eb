"""Lesson: seeing is not doing, where what is seen and what is done have a common cause.

Simpson's paradox compares the crowd with its parts, and all of it is seen. That the parts tell of
doing is the back-door criterion, with its assumptions (Pearl 2009, 3.3.1 and 6.1).
"""

from __future__ import annotations

from math import ceil, log, log1p

from causal_explorer.data.dsprites import FACTORS, SHAPES
from causal_explorer.inference.explorer import Explorer
from causal_explorer.lessons.lesson import HEART, Lesson, Opener, Told, shown
from causal_explorer.lessons.numbers import Law, mean, signed
from causal_explorer.scm.law import population_law
from causal_explorer.sharing.panel import Figure, brightened
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import equations, listed, percent, small

STATE = Question("scm-vae", "confounded", HEART, (("scale", 5),), 1001, 0, "gumbel")
SMALL, LARGE = {"scale": 0}, dict(STATE.do)
LOW, HIGH = equations(SMALL, FACTORS), equations(LARGE, FACTORS)


def tell(open_explorer: Opener) -> Told:
    """Exact laws and pictures at the two ends of scale, seen and done."""
    explorer = open_explorer(STATE.checkpoint, STATE.story)
    see = [explorer.law(given=end) for end in (SMALL, LARGE)]
    do = [explorer.law(do=end) for end in (SMALL, LARGE)]
    return Told(
        _sentences(see, do, within(explorer)),
        _figures(explorer, see, do),
        _answer(explorer, change(see), change(do)),
    )


def change(ends: list[Law]) -> float:
    """Of the mean posY, from the first law to the second."""
    return mean(ends[1]["posY"]) - mean(ends[0]["posY"])


def within(explorer: Explorer) -> list[float]:
    """The change that is seen within each shape."""
    return [
        change([explorer.law(given=end | {"shape": shape}) for end in (SMALL, LARGE)])
        for shape in range(len(SHAPES))
    ]


def adjusted(explorer: Explorer) -> float:
    """Σ_shape p(shape) × the change within it: the back-door adjustment (Pearl 2009, 3.3.1)."""
    prior = population_law(explorer.story, {}, {})["shape"].tolist()
    return sum(p * part for p, part in zip(prior, within(explorer), strict=True))


def rarest(explorer: Explorer) -> tuple[int, float, float]:
    """The shape that is most seldom so large, p(LARGE | shape), and p(shape, LARGE)."""
    prior = population_law(explorer.story, {}, {})["shape"].tolist()
    shares = [
        float(explorer.law(given={"shape": shape})["scale"][LARGE["scale"]])
        for shape in range(len(SHAPES))
    ]
    shape = min(range(len(SHAPES)), key=shares.__getitem__)
    return shape, shares[shape], prior[shape] * shares[shape]


def pictures_until(chance: float) -> int:
    """The smallest n with 1 - (1 - chance)ⁿ ≥ 0.95: pictures until one of a kind is likely seen."""
    return ceil(log(0.05) / log1p(-chance))


def is_paradox(seen: float, parts: list[float]) -> bool:
    """Simpson's: one sign in the crowd, the other in each of its parts."""
    return all(part * seen < 0 for part in parts)


def _sentences(see: list[Law], do: list[Law], parts: list[float]) -> tuple[str, str, str]:
    seen, done, shape = see[1], do[1], int(see[1]["shape"].argmax())
    paradox = " (Simpson's paradox)" if is_paradox(change(see), parts) else ""
    return (
        f"Sprites that are seen with {HIGH} have a mean posY of {mean(seen['posY']):.1f}; were all "
        f"sprites set to {HIGH}, it would be {mean(done['posY']):.1f}.",
        f"Of those seen {percent(seen['shape'][shape])} are {SHAPES[shape]}s, of those set "
        f"{percent(done['shape'][shape])}.",
        f"From {LOW} to {HIGH} the mean posY changes by {signed(change(see))} in the crowd and by "
        f"{signed(min(parts))} to {signed(max(parts))} within a shape{paradox}; where scale is "
        f"set, by {signed(change(do))}.",
    )


def _figures(explorer: Explorer, see: list[Law], do: list[Law]) -> tuple[Figure, ...]:
    """The average pictures, each as bright as it can be: small sprites leave a faint one."""
    return tuple(
        shown(
            f"{name} {equations(end, FACTORS)}",
            f"mean posY {mean(law['posY']):.1f}; averaged, brightened",
            brightened(ask(end, STATE.samples, STATE.seed).density),
        )
        for name, ask, laws in (
            ("See", explorer.condition, see),
            ("Do", explorer.intervention, do),
        )
        for end, law in zip((SMALL, LARGE), laws, strict=True)
    )


def _answer(explorer: Explorer, seen: float, done: float) -> str:
    changes = zip(within(explorer), SHAPES, strict=True)
    parts = [f"{signed(part)} among {name}s" for part, name in changes]
    return (
        f"posY counts rows from the top: in the crowd the {'small' if seen > 0 else 'large'} "
        f"sprites lie higher, but a sprite that is made larger {'sinks' if done > 0 else 'rises'}. "
        "Shape is a common cause of scale and posY: seeing the scale tells of the shape, setting "
        f"it does not. With the shape held fixed, the change from {LOW} to {HIGH} that is seen is "
        f"{listed(parts)}. Weighed by how often each shape occurs, that is "
        f"{signed(adjusted(explorer))}: the back-door adjustment. do() itself gives "
        f"{signed(done)}. {_granted(explorer)}"
    )


def _granted(explorer: Explorer) -> str:
    """What the adjustment takes for granted, and how thin one part of it is here."""
    shape, share, both = rarest(explorer)
    return (
        "The adjustment needs no experiment, but takes three things for granted: the shape is "
        "seen, the graph is right, so that nothing else is a common cause, and every scale occurs "
        "with every shape. Stories here leave no class impossible, yet "
        f"p({HIGH} | shape = {SHAPES[shape]}) is {small(share)}: 1,000 pictures hold "
        f"{small(1000 * both)} such {SHAPES[shape]}s on average, and it takes "
        f"{pictures_until(both):,} to see one with a probability of 95\u00a0%."
    )


LESSON = Lesson(
    id="seeing-is-not-doing",
    title="Seeing is not doing",
    page="rungs",
    state=STATE,
    asked="In the crowd, which sprites lie higher: the small or the large? And does a sprite that "
    "is made larger rise or sink?",
    tell=tell,
)
