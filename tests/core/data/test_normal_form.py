"""Line by line it is the same as in one."""

import random
import unicodedata

from core.data.normal_form import nfc


def test_the_same_as_in_one():
    rng = random.Random(4)
    marks = "e\u0301\u0327\u0316\u0958\u0344\u1100\u1161\u11a8\u212b\n a\ufb01"
    for _ in range(300):
        text = "".join(rng.choice(marks) for _ in range(rng.randrange(30)))
        assert nfc(text) == unicodedata.normalize("NFC", text)
    assert nfc("e\u0301\n\u0301\n") == "é\n\u0301\n"
