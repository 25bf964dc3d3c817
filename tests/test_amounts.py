"""Too little is not too much: what answers the one does not answer the other."""

import pytest

from chat.amounts import agreement

LOW, HIGH = "What are the signs of low magnesium?", "Why can too much salt be dangerous?"


@pytest.mark.parametrize(
    ("question", "text", "wanted"),
    [
        (LOW, "Signs of far too much magnesium are weakness and slow breathing.", -1),
        (LOW, "A marked lack of magnesium can cause cramps.", 1),
        (LOW, "Magnesium deficiency is uncommon.", 1),
        (LOW, "Too much calcium or not enough magnesium keeps muscles tight.", 1),
        (LOW, "Excess calcium makes cells excitable.", 0),
        (LOW, "Magnesium is found in bones.", 0),
        (HIGH, "A shortage of salt makes people weak.", -1),
        (HIGH, "An excess of salt raises blood pressure.", 1),
        ("How does magnesium work?", "Too much magnesium is dangerous.", 0),
    ],
)
def test_amounts_of_the_same_thing_agree_or_not(question: str, text: str, wanted: int) -> None:
    assert agreement(question, text) == wanted
