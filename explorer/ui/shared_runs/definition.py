"""The form by which a teacher defines a shared run, and what it takes before it starts."""

from collections.abc import Sequence
from functools import cache
from urllib.parse import parse_qs, urlsplit

import streamlit as st

from explorer.classes.errors import ClassError
from explorer.classes.records import ClassState
from explorer.classes.store.teaching import Teaching
from explorer.jobs.capacity import usable_cores, worker_limit
from explorer.jobs.errors import SettingsError
from explorer.language import N_, _
from explorer.outputs.formatting import whole
from explorer.shared_runs.bounds import LONGEST_VALUES, MOST_PER_SEAT, MOST_STARTED, MOST_VALUES
from explorer.shared_runs.plan import AXES, Plan
from explorer.shared_runs.waiting import plan_range
from explorer.ui.common.address_bar import show_warnings
from explorer.ui.common.page_links import page_file
from explorer.ui.measuring import time_ranges
from explorer.ui.shared_runs import setup
from explorer.ui.shared_runs.board import conductor
from explorer.ui.shared_runs.changes import change
from explorer.ui.shared_runs.setup import GRID, SEEDS, SHAPES, Wanted
from explorer.ui.train.setup import TrainingSetup

ABOUT = N_(
    "Each student trains the same networks on this server with a seed, or with settings, of their own, and the page"
    " shows all of them together. A student starts by a button, so that nobody's turn goes to an empty seat; the seats"
    " take turns."
)
ADDRESS_HELP = N_(
    "An address of the page Train: networks and settings stand in it. It begins with what you have set up there. Seeds"
    " are counted upwards from its seed."
)
SHAPE_HELP = N_(
    "With one seed, all seats train the same, and the band shows how much is chance. With a grid, its cells are dealt"
    " to the seats in turn; after each round comes the next seed."
)
TYPE_VALUES = N_("Type the values of the grid; each combination is a cell.")


def draw_form(teacher: Teaching, state: ClassState) -> None:
    """Draws the form; its shared run replaces the present one."""
    with st.expander(_("Train together: a shared run"), icon=":material/groups:"):
        st.markdown(_(ABOUT))
        plan = _checked(Wanted(_draw_setup(), _draw_grid(), _draw_per_seat()))
        if plan is not None:
            st.caption(cost_text(plan, state.seats, _workers()), help=_(time_ranges.ESTIMATE_HELP))
        st.button(
            _("Open the shared run"),
            key="class.shared.open",
            type="primary",
            icon=":material/play_arrow:",
            disabled=plan is None,
            on_click=_define,
            args=(teacher, plan),
            help=_("Students can start their runs; a shared run before it ends."),
        )


def _checked(wanted: Wanted) -> Plan | None:
    """The plan; None, with a message on the page, where values are still to be typed or something does not fit."""
    if any(name and not text.strip() for name, text in wanted.varied):
        st.info(_(TYPE_VALUES), icon=":material/edit:")
        return None
    try:
        plan = wanted.plan()
        plan.check()
    except ClassError as error:
        st.error(str(error), icon=":material/error:")
        return None
    return plan


def _draw_setup() -> TrainingSetup:
    if setup.ADDRESS not in st.session_state:
        st.session_state[setup.ADDRESS] = setup.present_address()
    typed = st.text_input(
        _("Networks and settings"), key=setup.ADDRESS, max_chars=setup.LONGEST_ADDRESS, help=_(ADDRESS_HELP)
    )
    found = setup.read_address(typed)
    show_warnings(found.warnings)
    st.caption(found.title())
    query = parse_qs(urlsplit(setup.as_text(found)).query, keep_blank_values=True)
    st.page_link(page_file("train"), label=_("Change on Train"), icon=":material/tune:", query_params=query)
    return found


def _draw_grid() -> Sequence[tuple[str, str]]:
    """The settings of the grid with their values as typed; none where each seat is one seed."""
    shape = st.segmented_control(
        _("Each seat is"),
        list(SHAPES),
        default=SEEDS,
        format_func=lambda shape: _(SHAPES[shape]),
        required=True,
        key=setup.SHAPE,
        help=_(SHAPE_HELP),
    )
    if shape != GRID:
        return ()
    numbers = _("2 to {most} numbers, such as 0.01 0.1.").format(most=MOST_VALUES)
    varied = []
    for place, (name_key, values_key) in enumerate(zip(setup.NAMES, setup.VALUES, strict=True)):
        left, right = st.columns([1, 2])
        name = left.selectbox(
            _("Setting of the rows") if place == 0 else _("Setting of the columns"),
            [*AXES] if place == 0 else ["", *AXES],
            format_func=lambda name: _(AXES[name].label) if name else _("none"),
            key=name_key,
            help=_("What differs from cell to cell."),
        )
        text = right.text_input(
            _("Values of the rows") if place == 0 else _("Values of the columns"),
            key=values_key,
            max_chars=LONGEST_VALUES,
            disabled=not name,
            help=numbers,
        )
        varied.append((name, text))
    return varied


def _draw_per_seat() -> int:
    return int(
        st.number_input(
            _("Runs of each seat"),
            1,
            MOST_PER_SEAT,
            1,
            key=setup.RUNS,
            help=_("How many a student may start, one after another. Runs that were stopped are not counted."),
        )
    )


def _define(teacher: Teaching, plan: Plan | None) -> None:
    if plan is not None:
        change(teacher.class_id, lambda: conductor().define(teacher, plan))


@cache
def _workers() -> int:
    """How many trainings this server runs at the same time; 1 where that is set wrongly."""
    try:
        return max(1, min(worker_limit(), usable_cores()))
    except SettingsError:
        return 1


def cost_text(plan: Plan, seats: int, limit: int) -> str:
    """What a shared run takes with the students who are here: trainings, cells, and time on this machine."""
    count = min(max(1, seats) * plan.per_seat, MOST_STARTED)
    trainings, workers = count * len(plan.networks), min(limit, count * len(plan.networks))
    here = _("{seats} students are here; in all they can start {trainings} trainings of {steps} steps.")
    nobody = _("No student is here yet; each can start {trainings} trainings of {steps} steps.")
    numbers = {"seats": whole(seats), "trainings": whole(trainings), "steps": whole(plan.settings.steps)}
    texts = [(here if seats else nobody).format(**numbers)]
    if len(plan.cells) > 1:
        texts.append(_("The grid has {cells} cells.").format(cells=len(plan.cells)))
    if (found := plan_range(plan, count, workers, time_ranges.slowdown())) is None:
        texts.append(_("How long they take is shown when the first ones have finished."))
    else:
        told = _("They take {time} on this machine now, with {workers} at a time.")
        texts.append(told.format(time=time_ranges.range_text(found), workers=workers))
    return " ".join(texts)
