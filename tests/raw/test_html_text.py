import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.raw.html_text import html_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>wor</b>ld</p><p>again</p>", "Hello world\nagain"),
        ("one<br/>two<BR>three", "one\ntwo\nthree"),
        ("a\n b\r\n c", "a b c"),
        ("<div><div>\n\n</div>x </div> y", "x\ny"),
        ("<a title='5 > 4' href=\"x\">link</a>", "link"),
        ("gr&uuml;n &lt;b&gt; &#228; &#99999999999999; &nope;", "grün <b> ä \ufffd &nope;"),
        ("1 < 2 and 3 <4", "1 < 2 and 3 <4"),
        ("<script>if (a < b) { x('<p>') }</script>y<style>p{}</style><title>t</title>z", "yz"),
        ("<!doctype html><?xml?><!-- <p>no</p> -->yes<!-- open", "yes"),
        ("<p>cut off <a href='", "cut off"),
        ("<blockquote>quoted</blockquote>", "quoted"),
    ],
)
def test_the_visible_text_of_markup(html: str, text: str) -> None:
    assert html_text(html) == text


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["<a ", "<a href='", '<a b="', "<!--", "</", "<![CDATA[", "<script>", "<", "&#", "\n ", "<p>"])
def test_broken_markup_costs_no_more_than_its_length(piece: str) -> None:
    start = time.perf_counter()
    html_text(piece * 200_000)

    assert time.perf_counter() - start < 5


@given(st.text(st.sampled_from("<>/!-&;#\"' abpr\n"), max_size=50))
def test_any_text_is_read(html: str) -> None:
    assert html_text(html) == html_text(html).strip()
