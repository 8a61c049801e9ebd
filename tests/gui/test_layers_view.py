import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QComboBox

from tinyml_studio.gui.models.layer_table import CELL_ROLE, ORDER
from tinyml_studio.gui.panes.layers import LayersPane
from tinyml_studio.gui.states.layers import NO_BITS, BitsCell, Column, LayerRow, LayersState
from tinyml_studio.gui.theme import DARK, LIGHT
from tinyml_studio.gui.views.layers_view import LayersView, column_menu

W, A, G = (
    ORDER.index(column)
    for column in (Column.WEIGHT_BITS, Column.ACTIVATION_BITS, Column.GRANULARITY)
)
WIDTHS, OUTPUTS = tuple(range(1, 9)), (4, 8, 16)


def row(key, **changes):
    held = {
        "weight": BitsCell(8, WIDTHS),
        "activation": BitsCell(8, OUTPUTS),
        "granularity": "channel",
        "isolated": 40.0,
        "cumulative": 30.0,
        "clipped": 0.001,
    }
    return LayerRow(key, key, "Conv 3×3", "8×8×4", 160, 9216, **(held | changes))


ROWS = (
    row("input", weight=NO_BITS, granularity=""),
    row("conv"),
    row("pool", weight=NO_BITS, activation=BitsCell(8, reason="It keeps its input's width")),
    row("dense", isolated=4.0, cumulative=-3.0),
)


@pytest.fixture
def view(qtbot, theme):
    made = LayersView()
    qtbot.addWidget(made)
    made.set_colours(theme.colours)
    made.resize(1100, 400)
    made.show_state(LayersState(ROWS))
    made.show()
    return made


def cell(view, place, column):
    return view.table.model().index(place, column)


def select(view, *places, column=W):
    flags = QItemSelectionModel.SelectionFlag
    for place in places:
        view.table.selectionModel().select(cell(view, place, column), flags.Select | flags.Rows)
    view.table.selectionModel().setCurrentIndex(cell(view, places[-1], column), flags.NoUpdate)


def test_shows_the_selected_layer(view):
    view.choose("dense")
    assert [held.key for held in view.table.selected_layers()] == ["dense"]


def test_tells_the_layer_that_is_selected(view, qtbot):
    with qtbot.waitSignal(view.layer_chosen) as told:
        view.table.setCurrentIndex(cell(view, 1, 1))
    assert told.args == ["conv"]


def test_typing_a_digit_asks_once_for_all_selected_rows_that_have_weights(view, qtbot):
    select(view, 0, 1, 3)
    with qtbot.waitSignal(view.bits_chosen) as told:
        qtbot.keyClick(view.table, Qt.Key.Key_4)
    assert told.args == [("conv", "dense"), "w4"]


def test_one_means_sixteen_for_activations(view, qtbot):
    select(view, 1, column=A)
    with qtbot.waitSignal(view.bits_chosen) as told:
        qtbot.keyClick(view.table, Qt.Key.Key_1)
    assert told.args == [("conv",), "a16"]


def test_a_width_that_is_inherited_says_why_it_cannot_be_set(view, qtbot):
    select(view, 2, column=A)
    with qtbot.waitSignal(view.refused) as told, qtbot.assertNotEmitted(view.bits_chosen):
        qtbot.keyClick(view.table, Qt.Key.Key_4)
    assert told.args == ["pool: It keeps its input's width."]


def test_a_choice_in_the_list_holds_for_all_selected_rows(view, qtbot):
    select(view, 1, 3)
    view.table.edit(cell(view, 3, W))
    box = view.table.findChild(QComboBox)
    assert [box.itemText(place) for place in range(box.count())] == list("87654321")
    with qtbot.waitSignal(view.bits_chosen) as told:
        box.setCurrentText("3")
        box.activated.emit(box.currentIndex())
    assert told.args == [("conv", "dense"), "w3"]


def test_a_list_that_is_left_asks_for_nothing(view, qtbot):
    select(view, 1)
    with qtbot.assertNotEmitted(view.bits_chosen):
        view.table.edit(cell(view, 1, W))
        view.table.closePersistentEditor(cell(view, 1, W))


def test_granularity_is_chosen_the_same_way(view, qtbot):
    select(view, 1, column=G)
    view.table.edit(cell(view, 1, G))
    box = view.table.findChild(QComboBox)
    with qtbot.waitSignal(view.granularity_chosen) as told:
        box.setCurrentText("tensor")
        box.activated.emit(box.currentIndex())
    assert told.args == [("conv",), "tensor"]


def test_the_menu_offers_the_same(view, qtbot):
    select(view, 1, 3)
    menu = view.selection_menu()
    weights = menu.actions()[0].menu()
    with qtbot.waitSignal(view.bits_chosen) as told:
        next(action for action in weights.actions() if action.text() == "2").trigger()
    assert told.args == [("conv", "dense"), "w2"]


@pytest.mark.parametrize("colours", [DARK, LIGHT])
def test_an_inherited_width_is_grey_with_its_reason(view, colours):
    view.set_colours(colours)
    held = cell(view, 2, A)
    assert held.data(Qt.ItemDataRole.ForegroundRole).name() == colours.muted
    assert "keeps its input" in held.data(Qt.ItemDataRole.ToolTipRole)


def test_the_selection_stays_when_figures_change(view):
    view.choose("conv")
    view.show_state(LayersState((ROWS[0], row("conv", cumulative=5.0), *ROWS[2:])))
    assert [held.cumulative for held in view.table.selected_layers()] == [5.0]


def test_only_rows_that_differ_are_touched(view, qtbot):
    with qtbot.waitSignal(view.table._model.dataChanged) as told:
        view.show_state(LayersState((*ROWS[:3], row("dense", clipped=0.5))))
    assert (told.args[0].row(), told.args[1].row()) == (3, 3)


def test_a_cell_is_painted_from_one_answer_of_the_model(view):
    asked, readers = [], view._model._readers

    def listening(role, read):
        return lambda place, row, column: (
            asked.append((role, place, column)) or read(place, row, column)
        )

    readers.update({role: listening(role, read) for role, read in readers.items()})
    view.grab()
    assert {role for role, _, _ in asked} == {CELL_ROLE}
    assert len(asked) == len(set(asked)) == len(ROWS) * len(view.table.shown_columns())


def test_a_third_click_brings_the_order_of_the_network_back(view):
    header = view.table.horizontalHeader()
    header.setSortIndicator(1, Qt.SortOrder.AscendingOrder)
    assert cell(view, 0, 1).data() == "conv"
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    assert cell(view, 0, 1).data() == "input"


def test_survives_an_empty_document_and_hostile_names(view):
    view.show_state(LayersState())
    view.choose("conv")
    assert view.table.selected_layers() == ()
    name = "<img src=x>" + "x" * 10_000
    view.show_state(LayersState((row(name, problem="no <b>kernel</b>"),)))
    assert cell(view, 0, 1).data() == name
    assert "<b>" not in cell(view, 0, 1).data(Qt.ItemDataRole.ToolTipRole)
    view.grab()


@pytest.mark.parametrize("width", [400, 640, 900, 1600])
def test_columns_fit_without_a_scroll_bar(view, width):
    view.resize(width, 400)
    if width >= 640:
        assert not view.table.horizontalScrollBar().isVisible()
    view.grab()


def test_columns_are_chosen_kept_and_given_up(person, window, settings):
    person.open_example()
    view = window.board["layers"].view
    table = view.table
    fitting = table.shown_columns()
    assert Column.OPERATOR in fitting
    assert Column.GRANULARITY not in fitting
    menu = column_menu(fitting, view._choose_columns, view)
    next(action for action in menu.actions() if action.text() == "Scales").trigger()
    assert table.shown_columns() == fitting | {Column.GRANULARITY}
    assert Column.GRANULARITY.value in settings.columns
    again = LayersPane(window.desk)
    assert Column.GRANULARITY in again.view.table.shown_columns()
    again.view.deleteLater()
    next(action for action in menu.actions() if action.text() == "What Fits").trigger()
    assert table.shown_columns() == fitting
    assert settings.columns == ()
    menu.deleteLater()
