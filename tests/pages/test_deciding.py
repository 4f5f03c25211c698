"""What decides a study on the Train page follows the text until another score is picked."""

import numpy as np

TRAIN = "train/train.py"


def test_gaps_decide_where_the_text_has_enough_of_them(full_home, open_page, tmp_path):
    [small] = [view.id for view in full_home.corpora()]
    rng = np.random.default_rng(1)
    lines = [" ".join(f"w{word}" for word in rng.integers(0, 300, 20)) for _ in range(2000)]
    (tmp_path / "varied.txt").write_text("\n".join(lines), "utf-8")
    varied = full_home.add_corpus(tmp_path / "varied.txt")
    app = open_page(TRAIN)
    app.selectbox(key="form.corpus").set_value(small).run()
    app.segmented_control(key="form.how").set_value("duel").run()
    score = app.selectbox(key="form.score")
    assert score.value == "held_out_rank"
    assert not any("Gaps filled" in option for option in score.options), "there are too few to fill"
    app.selectbox(key="form.corpus").set_value(varied).run()
    assert app.selectbox(key="form.score").value == "held_out_gap"
    app.selectbox(key="form.score").set_value("held_out_rank").run()
    app.number_input(key="form.seconds").set_value(3.0).run()
    assert app.selectbox(key="form.score").value == "held_out_rank", "it was picked"
