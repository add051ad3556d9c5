"""Tables of the README that benchmarks measure: each stands between two marks."""

from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def put(mark, text, readme=README):
    """Replace what stands between `<!-- mark -->` and `<!-- /mark -->`.

    Args:
        mark: the word in the marks.
        text: what is to stand there.
        readme: path of the page.

    Raises:
        ValueError: the two marks do not stand there, in this order and once.
    """
    page = readme.read_text(encoding="utf-8")
    before, _, after = _split(page, mark)
    begin, end = _marks(mark)
    readme.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def shown(mark, readme=README):
    """Give what stands between the marks.

    Args:
        mark: the word in the marks.
        readme: path of the page.

    Raises:
        ValueError: as for put.
    """
    return _split(readme.read_text(encoding="utf-8"), mark)[1].strip("\n")


def _marks(mark):
    return f"<!-- {mark} -->", f"<!-- /{mark} -->"


def _split(page, mark):
    """What comes before the marks, stands between them, and comes after."""
    begin, end = _marks(mark)
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise ValueError(f"README: expected {begin} and after it {end}, each once")
    before, rest = page.split(begin)
    return before, *rest.split(end)
