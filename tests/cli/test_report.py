"""`bench report` as users call it."""

from pathlib import Path

from .conftest import TOYS

ENDINGS = {"svg": b"<svg", "pdf": b"%PDF", "png": b"\x89PNG", "csv": b""}


def test_every_chart_can_be_had_as_files(bench):
    said = bench("run", "toy_batch", "-n", 2, "--rounds", 2, "--timing-budget", 1, "--plugin", TOYS)
    assert said.code == 0, said.err
    said = bench("report", "--figures", "figures", "--format", "json", "--plugin", TOYS)
    assert said.code == 0, said.err
    assert Path(said.json["pages"][0]).name == "index.html"
    stems = {path.with_suffix("") for path in Path("figures/toy_batch").iterdir()}
    assert {"trade", "quality", "spread"} <= {stem.name for stem in stems}
    for stem in stems:
        for ending, begin in ENDINGS.items():
            content = stem.with_name(f"{stem.name}.{ending}").read_bytes()
            assert content.startswith(begin)
            assert len(content) > 20
    html = Path("site/problems/toy_batch.html").read_text()
    for stem in stems:
        assert f'id="chart-{stem.name}"' in html


def test_only_some_problems_may_be_reported(bench):
    for name in ("toy_batch", "toy_exact"):
        bench("run", name, "-n", 1, "--no-timings", "--plugin", TOYS)
    assert bench("report", "toy_exact", "--plugin", TOYS).code == 0
    assert Path("site/problems/toy_exact.html").exists()
    said = bench("report", "toy_exac", "--plugin", TOYS)
    assert said.code == 2
    assert "did you mean toy_exact" in said.err
