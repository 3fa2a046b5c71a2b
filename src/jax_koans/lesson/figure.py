"""Pictures of what a learner's own functions computed, drawn only when --plots asks for them."""

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from jax_koans.i18n import _

PLOTS = "plots"
DRAWN = pytest.StashKey[list[str]]()  # of an item: the pictures that it drew
# Okabe and Ito's colors, which color-blind eyes tell apart; without black, lost on a dark page,
# and yellow, lost on a white one. Line styles differ too.
_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
_STYLES = ("-", "--", "-.", ":", "-", "--")
_SIZE = 4.8, 3.6  # inches a panel
_DPI = 120

Draw = Callable[..., None]


def add_options(parser: pytest.Parser) -> None:
    parser.getgroup("koans", "JAX koans").addoption(
        "--plots", action="store_true", help=_("draw the pictures of koans that pass, to plots/")
    )


def require(config: pytest.Config) -> None:
    """Raise pytest.UsageError, which names the extra, where --plots cannot draw."""
    if config.getoption("--plots") and importlib.util.find_spec("matplotlib") is None:
        raise pytest.UsageError(
            _(
                "--plots needs matplotlib: python -m pip install 'jax-koans[plots]'"
                " (in a clone: '.[plots]')."
            )
        )


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[..., Callable[[Draw], Draw]]:
    """A decorator that draws: `@figure("orbit", xlabel="x [au]")` above `def draw(axes): ...`.

    `panels` axes stand side by side; then `xlabel`, `ylabel`, `xscale` and `yscale` may be
    tuples, one entry a panel. Without --plots the decorated function is never called, and
    matplotlib not imported.
    """
    config = request.config

    def named(name: str, *, panels: int = 1, **settings: str | Sequence[str]) -> Any:
        def decorate(draw: Draw) -> Draw:
            if config.getoption("--plots"):
                path = config.rootpath / PLOTS / f"{name}.png"
                _save(draw, path, panels, settings)
                drawn = path.relative_to(config.rootpath).as_posix()
                request.node.stash.setdefault(DRAWN, []).append(drawn)
            return draw

        return decorate

    return named


def _save(draw: Draw, path: Path, panels: int, settings: dict[str, Any]) -> None:
    from cycler import cycler
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    cycle = cycler(color=_COLORS) + cycler(linestyle=_STYLES)
    with rc_context({"axes.prop_cycle": cycle, "axes.grid": True, "grid.alpha": 0.3}):
        picture = Figure(figsize=(_SIZE[0] * panels, _SIZE[1]), layout="constrained")
        FigureCanvasAgg(picture)
        axes = picture.subplots(1, panels, squeeze=False)[0]
        for number, each in enumerate(axes):
            each.set(
                **{
                    key: value if isinstance(value, str) else value[number]
                    for key, value in settings.items()
                }
            )
        draw(*axes)
        for each in axes:
            if each.get_legend_handles_labels()[1]:
                each.legend()
        path.parent.mkdir(exist_ok=True)
        picture.savefig(path, dpi=_DPI)
