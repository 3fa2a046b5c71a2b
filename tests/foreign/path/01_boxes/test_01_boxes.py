"""Boxes: a path of another author, whose names are those of this project's probes."""

import io
from dataclasses import dataclass

from jax_koans import __


@dataclass
class Shelf:
    """A shelf with a number of boxes."""

    count: int


def size(box):
    """Return the volume of a box of three edges."""
    # BEGIN PROMPT: multiply the edges
    # BEGIN SOLUTION
    width, depth, height = box
    return width * depth * height
    # END SOLUTION


def largest(boxes):
    """Return the box with the largest volume."""
    # BEGIN PROMPT: compare the volumes
    # BEGIN SOLUTION
    return max(boxes, key=size)
    # END SOLUTION


def test_a_shelf_knows_its_boxes():
    """A shelf counts the boxes that stand on it."""
    # HINT: Three boxes come, one goes.
    # HINT: 3 - 1
    shelf = Shelf(count=0)
    for change in (3, -1):
        shelf.count += change

    assert shelf.count == __(2)
    # WHY: Three boxes were added and one was removed.


def test_a_label_is_written_once():
    """A label is a line of text."""
    # HINT: What does write append?
    # HINT: Two texts, one after the other.
    label = io.StringIO()
    label.write("glass")
    label.write(", heavy")

    assert label.getvalue() == __("glass, heavy")
    # WHY: Each call of write appends its text.


def test_the_volumes_differ():
    """The comparison of two volumes is a bool."""
    # HINT: 8 and 6
    # HINT: 8 > 6
    heavier = (2 * 2 * 2) > (1 * 2 * 3)

    assert heavier == __(True)
    # WHY: 8 is larger than 6.


def test_the_largest_box_is_found():
    """The largest box has the largest volume."""
    # HINT: max takes a key.
    # HINT: max(boxes, key=size)
    boxes = [(1, 2, 3), (2, 2, 2), (1, 1, 7)]

    assert size(boxes[0]) == 6, "expected the product of the edges"
    assert largest(boxes) == (2, 2, 2), "expected the box with the largest volume"
