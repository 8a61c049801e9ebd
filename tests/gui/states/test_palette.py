import pytest

from tinyml_studio.gui.states.palette import ranked

TITLES = ("File › Open…", "File › Export C Header…", "Edit › Undo", "View › Theme › Dark")


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ("", (0, 1, 2, 3)),
        ("file", (0, 1)),
        ("EXP", (1,)),
        ("dark theme", (3,)),
        ("eader", (1,)),
        ("und", (2,)),
        ("fxh", (1,)),
        ("zzz", ()),
    ],
)
def test_a_few_letters_find_a_command(asked, places):
    assert ranked(TITLES, asked) == places


def test_beginnings_of_words_come_first():
    assert ranked(("abc opener", "xopen", "open it"), "open") == (2, 0, 1)
