"""What each step makes of a line, example by example."""

import unicodedata

import pytest

from core.data.cleaner import steps_of
from core.data.tokenize import words_of
from core.errors import CorpusError, SettingsError


def cleaned(text, *steps):
    for step in steps_of(steps):
        text = step.text(text)
    return " ".join(text.split())


EXAMPLES = {
    "urls": [
        ("see https://a.org/b?c=(1). And", "see _url_ ). And"),
        ("HTTP://X.COM, www.Foo.de! ftp://a/b", "_url_ , _url_ ! _url_"),
        ("cdc.gov/flu, (nih.gov) at x.edu.", "_url_ , ( _url_ ) at _url_ ."),
        (
            "a full stop.Org and end.Information, node.js 3.com is",
            "a full stop.Org and end.Information, node.js _url_ is",
        ),
        ("jane@cdc.gov stays", "jane@cdc.gov stays"),
        ("见https://example.com/a。查看", "见 _url_ 。查看"),
        ("http:// www. .com :// nothing", "http:// www. .com :// nothing"),
    ],
    "urls to=": [("see https://a.org/b now", "see now")],
    r"urls to='\1 x'": [("see https://a.org/b now", r"see \1 x now")],
    "emails": [
        ("jane.doe+x@mail.example.com.", "_email_ ."),
        ("a@b, x@y.zz; @x.com", "a@b, _email_ ; @x.com"),
        ("发邮件a@b.com联系", "发邮件 _email_ 联系"),
        ("a" * 70 + "@x.com", "a" * 70 + "@x.com"),
    ],
    "mentions": [("@jane, hi .@bob_2! a@b.com @@x @ y", "_user_ , hi . _user_ ! a@b.com @@x @ y")],
    "hashtags": [
        ("#StayHome #covid19 #HTMLPage", "Stay Home covid 19 HTML Page"),
        ("#über_alles #ÉtéChaud #日本語 #lower", "über alles Été Chaud 日本語 lower"),
        ("&#39; C# #1 a#b # x", "&#39; C# #1 a#b # x"),
    ],
    "hashtags into=token": [("so #StayHome now", "so _hashtag_ now")],
    "hashtags into=nothing": [("so #StayHome now", "so now")],
    "unicode": [
        ("“don’t”—he said…", '"don\'t" - he said...'),
        ("ﬁne ｗｉｄｅ x² ½ ™ №", "fine wide x2 1⁄2 TM No"),
        ("\U0001d400bc e\u0301", "Abc é"),
        ("ﾊﾟ 한글", "パ 한글"),
    ],
    "unicode form=NFC": [("ﬁne x² e\u0301’s", "ﬁne x² é's")],
    "unicode plain=false": [("“x²”", "“x2”")],
    "accents": [
        ("café Málaga e\u0301 Ångström naïve", "cafe Malaga e Angstrom naive"),
        ("καλημέρα ᾳ ϊ", "καλημερα α ι"),
        ("ёлка йод їжак за́мок", "елка йод їжак замок"),
        ("Tiếng Việt", "Tieng Viet"),
        ("Łódź Straße øre đ", "Łodz Straße øre đ"),
        ("हिन्दी ภาษาไทย パ 한글", "हिन्दी ภาษาไทย パ 한글"),
        ("عَرَبِيّ آ أ إ", "عربي آ أ إ"),
        ("עִבְרִית", "עברית"),
        ("q\u0301\u0316x 1\u0301", "qx 1\u0301"),
    ],
    "accents points=false": [("عَرَبِيّ é", unicodedata.normalize("NFC", "عَرَبِيّ e"))],
    "accents keep=äöü": [("Bär Öl für café", "Bär Öl für cafe")],
    "punctuation": [
        ("“Well, don't!” she said (e-mail: 3.5).", "Well don't she said e-mail 3.5"),
        ("a -- b ... c... 'tis _url_ x_y", "a b c tis _url_ x_y"),
        ("好，吗？ हिन्दी-भाषा।", "好，吗 हिन्दी-भाषा"),
        ("5 € + 3 © 👍🏽 ☺️ ok", "5 3 ok"),
    ],
    "punctuation inside=true": [("don't e-mail 3.5 x_y 好，吗", "don t e mail 3 5 x_y 好 吗")],
    "punctuation symbols=false": [("5 € 👍 ok!", "5 € 👍 ok")],
    "punctuation keep='#!👍'": [("#tag! 👍 👎, ok.", "#tag! 👍 ok")],
    r"regex pattern='\s+' replacement=' '": [("a   b", "a b")],
    "regex": [("so it is [12], [a]", "so it is , [a]")],
    r"regex pattern='^(\w+) (\w+)' replacement='\2 \1'": [("one two three", "two one three")],
    r"regex pattern='HE(L+)' ignore_case=true replacement='<\1>'": [("hello", "<ll>o")],
    r"regex pattern='\p{Lu}' replacement='\n'": [("aBc", "a c")],
}


@pytest.mark.parametrize(
    ("step", "text", "wanted"), [(step, *example) for step, examples in EXAMPLES.items() for example in examples]
)
def test_example(step, text, wanted):
    assert cleaned(text, step) == wanted


MARKUP = {
    "html": [
        ("<p>un<b>believ</b>able</p><td>a</td><TD>b</TD>", "unbelievable a b"),
        ("a < b and c > d, <3, x<y>z", "a < b and c > d, <3, x z"),
        ("<a title=\"x > y\" href='q'>t</a> <p title=\"x>text", "t text"),
        ("<script>var a=1;</script>b<SCRIPT src=x>z</Script> c<!-- no -->d", "b c d"),
        ("<style>p{}</style>e <scripted>f</scripted> <script> not closed", "e f"),
        ("&lt;b&gt; &amp;amp; &eacute;&#233;&#xE9; &nbsp; x&#10;y &nosuch; &lt", "<b> &amp; ééé x y &nosuch; &lt"),
        ("نمی&zwnj;خواهم", "نمی\u200cخواهم"),
        ("a<br/>b<br>c <!DOCTYPE html><?php echo 1 ?>d", "a b c d"),
    ],
    "markdown": [
        ("## A *title* with `code`", "A title with code"),
        ("[text](http://a.b/(c) \"t\"), ![alt](i.png), [ref][1] [x]", "text, alt, ref [x]"),
        ("> 1. snake_case and _it_ and __bold__ **b**", "snake_case and it and bold b"),
        ("| a | b |", "a b"),
        ("|---|:--|", ""),
        ("~~old~~ <b>new</b> &amp; more", "old new & more"),
    ],
    "bbcode": [
        ("[b]x[/B] [url=http://a]t[/url] [quote=\"me\"]hi[/quote] [*]it", "x t hi it"),
        ("[1] [sic] [see note] a[i]", "[1] [sic] [see note] a"),
    ],
    "wiki": [
        ("{{Box|a={{b}}}}'''Bold''' [[Berlin|the city]] and [[Paris]]", "Bold the city and Paris"),
        ("[http://x.y text] [[File:a.png|thumb|of [[x]] it]] z<ref name=a>see</ref>y<ref name=b/>", "text zy"),
        ("== Head ==", "Head"),
        ("| a || b", "a b"),
        ("* ''item'' __NOTOC__", "item"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "wanted"), [(kind, *example) for kind, examples in MARKUP.items() for example in examples]
)
def test_markup(kind, text, wanted):
    assert cleaned(text, f"markup kind={kind}") == wanted


def test_nothing_is_taken_across_lines():
    text = "a <b\nc> d <!-- e\nf --> g <script>\nh [x\n](y) {{i\n}} j"
    for kind in MARKUP:
        step = steps_of([f"markup kind={kind}"])[0]
        found = "".join(step.text(text).split())
        assert set("acdfghij") <= set(found), kind


def test_nfkc_is_that_of_the_standard():
    """Looked up character by character, it is the same as in one."""
    step = steps_of(["unicode plain=false"])[0]
    assigned = [chr(code) for code in range(0x20, 0x30000) if unicodedata.category(chr(code)) not in ("Cs", "Cn")]
    for text in ("".join(assigned), " ".join(assigned), "\u0327\u0301".join(assigned[::-1])):
        assert step.text(text) == unicodedata.normalize("NFKC", text)


def test_steps_work_in_the_order_given():
    text = "Mail JANE@a.org, #StayHome: www.a.org/#x &amp; @bob"
    steps = ["markup", "urls", "emails", "mentions", "hashtags", "numbers", "punctuation"]
    line = cleaned(text, *[step for step in steps if step != "numbers"])
    assert words_of(line) == ["mail", "_email_", "stay", "home", "_url_", "_user_"]


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("regex pattern='('", "missing \\)"),
        (r"regex pattern=a replacement='\2'", "cannot replace 'a': no such group"),
        (r"regex pattern='(?R)?a' replacement=b", "calls itself"),
        ("regex pattern=", "pattern must be text"),
        ("urls to=" + "x" * 41, "to must be text"),
    ],
)
def test_settings_are_refused_in_one_sentence(step, says):
    with pytest.raises(SettingsError, match=says):
        steps_of([step])


def test_a_pattern_without_an_end_is_stopped():
    with pytest.raises(CorpusError, match="takes too long"):
        steps_of(["regex pattern='(?R)?a'"])[0].text("aaaab")


def test_a_replacement_that_explodes_is_stopped():
    step = steps_of(["regex pattern='(?=.)' replacement=" + "x" * 200])[0]
    assert step.text("short") != "short"
    with pytest.raises(CorpusError, match="20 times as long"):
        step.text("long " * 1000)
