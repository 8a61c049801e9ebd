"""Where the panes stand as long as nobody moves them."""

import pytest


@pytest.mark.parametrize(("width", "are_tabs"), [(1440, False), (1024, True)])
def test_advice_stands_beside_error_where_there_is_room(person, window, width, are_tabs):
    window.resize(width, 700)
    person.open_example()
    window.reset_layout()
    beside = window.tabifiedDockWidgets(window.docks["error"])
    assert (window.docks["advice"] in beside) == are_tabs
    assert window.docks["history"] in window.tabifiedDockWidgets(window.docks["budget"])
    for name in ("budget", "error", "distributions"):
        assert not window.docks[name].visibleRegion().isEmpty(), name
