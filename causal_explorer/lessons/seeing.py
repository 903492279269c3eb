"""Lesson: seeing is not doing, where what is seen and what is done have a common cause."""

from __future__ import annotations

from causal_explorer.data.dsprites import FACTORS, SHAPES
from causal_explorer.inference.explorer import Explorer
from causal_explorer.lessons.lesson import HEART, Lesson, Opener, Told, shown
from causal_explorer.lessons.numbers import Law, mean, signed
from causal_explorer.scm.law import population_law
from causal_explorer.sharing.panel import Figure, brightened
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import equations, listed, percent

STATE = Question("scm-vae", "confounded", HEART, (("scale", 5),), 1001, 0, "gumbel")
SMALL, LARGE = {"scale": 0}, dict(STATE.do)
LOW, HIGH = equations(SMALL, FACTORS), equations(LARGE, FACTORS)


def tell(open_explorer: Opener) -> Told:
    """Exact laws and pictures at the two ends of scale, seen and done."""
    explorer = open_explorer(STATE.checkpoint, STATE.story)
    see = [explorer.law(given=end) for end in (SMALL, LARGE)]
    do = [explorer.law(do=end) for end in (SMALL, LARGE)]
    return Told(
        _sentences(see, do),
        _figures(explorer, see, do),
        _answer(change(see), change(do), within(explorer), adjusted(explorer)),
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


def _sentences(see: list[Law], do: list[Law]) -> tuple[str, str, str]:
    seen, done, shape = see[1], do[1], int(see[1]["shape"].argmax())
    turned = "turns round: Simpson's paradox" if change(see) * change(do) < 0 else "stays"
    return (
        f"Sprites that are seen with {HIGH} have a mean posY of {mean(seen['posY']):.1f}; were all "
        f"sprites set to {HIGH}, it would be {mean(done['posY']):.1f}.",
        f"Of those seen {percent(seen['shape'][shape])} are {SHAPES[shape]}s, of those set "
        f"{percent(done['shape'][shape])}.",
        f"From {LOW} to {HIGH} the mean posY changes by {signed(change(see))} where scale is seen "
        f"and by {signed(change(do))} where it is set; the sign {turned}.",
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


def _answer(seen: float, done: float, inside: list[float], weighed: float) -> str:
    parts = [f"{signed(part)} among {name}s" for name, part in zip(SHAPES, inside, strict=True)]
    return (
        f"posY counts rows from the top: in the crowd the {'small' if seen > 0 else 'large'} "
        f"sprites lie higher, but a sprite that is made larger {'sinks' if done > 0 else 'rises'}. "
        "Shape is a common cause of scale and posY: seeing the scale tells of the shape, setting "
        f"it does not. With the shape held fixed, the change from {LOW} to {HIGH} that is seen is "
        f"{listed(parts)}. Weighed by how often each shape occurs, that is {signed(weighed)}: the "
        f"back-door adjustment, which needs no experiment. do() itself gives {signed(done)}."
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
