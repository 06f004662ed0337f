"""Docstrings as HTML."""

from harness.report.prose import first_sentences, prose


def test_a_paragraph_is_joined():
    assert prose("one\ntwo") == "<p>one two</p>"


def test_nothing_in_it_is_markup():
    assert prose("a <script> & `b<c`") == "<p>a &lt;script&gt; &amp; <code>b&lt;c</code></p>"


def test_an_indented_block_is_kept_as_it_is():
    assert prose("    a\n      b < c") == '<pre tabindex="0">a\n  b &lt; c</pre>'


def test_a_list_has_items_that_may_go_on():
    assert prose("- one\n  more\n- two") == "<ul><li>one more</li><li>two</li></ul>"


def test_the_summary_is_the_first_paragraph():
    assert first_sentences("\none\ntwo\n\nthree") == "one two"
