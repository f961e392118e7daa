"""The parts of the start page: what the app is, a block in motion, three doors."""

import streamlit as st

from explorer.language import N_, _, told
from explorer.ui.common import theme
from explorer.ui.common.address import PageAddress
from explorer.ui.common.address_bar import current_query, show_warnings, write_query
from explorer.ui.common.components import declare
from explorer.ui.common.page_links import open_page, page_file
from explorer.ui.common.paths import ROOT
from explorer.ui.labs.degradation_question import SWEEP_QUESTION
from explorer.ui.labs.shared.predict import SKIPPED, commit
from explorer.ui.start import training_door
from explorer.ui.start.example import block_example
from explorer.ui.start.picture import residual_svg

ADDRESS = PageAddress("start", ())
TITLE = "Residual Explorer"
SENTENCE = N_(
    "Build, compare and train residual networks, the deep networks whose blocks learn a **change** to their input "
    "instead of a new output, and see why that lets them be deep."
)
IDEA = N_(
    "A plain network hands on only what its layers compute, so every layer has to build its whole output anew.\n\n"
    "A block of a residual network also hands on its input x, over a **shortcut**. Its layers compute only what to "
    "change, and to change nothing they compute zero.\n\n"
    "What the block hands on is the sum: **y\u00a0=\u00a0F(x)\u00a0+\u00a0x**."
)
PAUSE, PLAY = N_("Pause the picture"), N_("Move the picture")
LEARN, BUILD, TRAIN = N_("Learn"), N_("Build and compare"), N_("Train")
OPEN_LESSON, OPEN_BUILD = N_("Open the lesson"), N_("Build ResNet-50")
OPEN_COMPARE = N_("Compare it with ResNeXt-50")

STATEMENT = ROOT / "docs" / "accessibility.md"

_residual = declare("residual")


def introduction() -> None:
    """Draws the title, what the app is, and the moving picture."""
    st.markdown(f"## {TITLE}")
    show_warnings(ADDRESS.read(current_query()).warnings)
    write_query({})
    st.markdown(_(SENTENCE))
    moving, beside = st.columns([3, 2], vertical_alignment="center")
    with moving:
        moving_picture("start.picture")
    with beside:
        st.markdown(_(IDEA))


def moving_picture(key: str) -> None:
    """Draws a trained block at work; its parts move unless the visitor pauses them or wants no motion."""
    example = block_example()
    _residual(key=key, data={"svg": residual_svg(example, theme.current()), "pause": _(PAUSE), "play": _(PLAY)})
    st.caption(
        _(
            "Real values: one channel in a network of {layers} layers that was trained for {steps} steps, looking at a "
            "handwritten {digit}. Blue is above 0, orange below."
        ).format(layers=example.layers, steps=example.steps, digit=example.digit)
    )


def doors() -> None:
    """Draws the three doors, each with what it opens."""
    learn, build, train = st.columns(3)
    with learn, st.container(border=True, height="stretch", key="start-learn"):
        _learn()
    with build, st.container(border=True, height="stretch", key="start-build"):
        _build()
    with train, st.container(border=True, height="stretch", key="start-train"):
        _train()


def _learn() -> None:
    st.markdown(f"### {_(LEARN)}")
    st.markdown(_("The first lesson begins with a guess.") + " " + told(SWEEP_QUESTION.text))
    for position, option in enumerate(SWEEP_QUESTION.options):
        if st.button(told(option), key=f"start.answer.{position}", width="stretch"):
            _open_lesson(position)
    if st.button(_(OPEN_LESSON), key="start.lesson", type="tertiary", icon=":material/school:"):
        _open_lesson(SKIPPED)


def _open_lesson(answer: int) -> None:
    commit(SWEEP_QUESTION, answer)
    open_page("lesson", {})


def _build() -> None:
    st.markdown(f"### {_(BUILD)}")
    st.markdown(
        _(
            "Set up any network of the family with controls, and see at once its picture and its exact shapes, "
            "parameters, cost and memory, checked against torchvision. Or put two networks side by side."
        )
    )
    st.page_link(page_file(""), label=_(OPEN_BUILD), icon=":material/build:", query_params={"preset": "resnet50"})
    pair = {"net": ["resnet50", "resnext50_32x4d"]}
    st.page_link(page_file("compare"), label=_(OPEN_COMPARE), icon=":material/compare_arrows:", query_params=pair)


def _train() -> None:
    st.markdown(f"### {_(TRAIN)}")
    st.markdown(
        _(
            "Four networks, 20 and 56 layers deep, with and without shortcuts, learn 1,797 handwritten digits on this "
            "machine. One click starts them; the curves grow while you watch."
        )
    )
    training_door.draw("start")


def foot() -> None:
    """Draws the button that opens the accessibility statement."""
    if st.button(_("Accessibility"), key="start.accessibility", type="tertiary", icon=":material/accessibility_new:"):
        st.dialog(_("Accessibility"), width="large")(_statement)()


def _statement() -> None:
    st.markdown(STATEMENT.read_text(encoding="utf-8").partition("\n")[2])
