"""`bench table` in every format."""

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest

from .conftest import TOYS


@pytest.fixture
def results(bench):
    assert bench("run", "toy_batch", "-n", 2, "--no-timings", "--plugin", TOYS).code == 0
    return bench


def test_text_shows_the_ranking(results):
    said = results("table")
    assert said.code == 0
    assert said.out.index("scan") < said.out.index("guess")


@pytest.mark.parametrize("what", ["leaderboard", "cases", "records", "traces", "timings"])
def test_every_table_comes_in_every_format(results, tmp_path, what):
    frame = pd.DataFrame(json.loads(results("table", "--what", what, "--format", "json").out))
    rows = list(
        csv.DictReader(io.StringIO(results("table", "--what", what, "--format", "csv").out))
    )
    assert len(rows) == len(frame)
    assert results("table", "--what", what, "--format", "markdown").out.startswith("###")
    pytest.importorskip("pyarrow")
    path = tmp_path / "table.parquet"
    assert results("table", "--what", what, "--format", "parquet", "-o", path).code == 0
    assert len(pd.read_parquet(path)) == len(frame)


def test_the_leaderboard_as_json_has_ranks_scores_and_statuses(results):
    board = json.loads(results("table", "--format", "json").out)
    assert [row["label"] for row in board] == ["scan", "guess"]
    first = board[0]
    assert first["rank"] == 1
    assert first["score_low"] <= first["score"] <= first["score_high"]
    assert first["ok"] == first["runs"] == 4


def test_parquet_needs_a_file(results):
    said = results("table", "--format", "parquet")
    assert said.code == 2
    assert "--output" in said.err


def test_no_results_is_said(bench):
    said = bench("table")
    assert said.code == 3
    assert "bench run" in said.err


def test_an_unknown_problem_names_the_nearest(results):
    said = results("table", "toy_bach")
    assert said.code == 2
    assert "toy_batch" in said.err


def test_a_torn_line_is_reported_and_the_rest_is_shown(results, tmp_path):
    (path,) = (tmp_path / "results").glob("*/records.jsonl")
    path.write_bytes(path.read_bytes()[:-10])
    said = results("table")
    assert said.code == 0
    assert "torn" in said.err
    assert "scan" in said.out


def test_a_newer_schema_is_refused_in_a_sentence(results, tmp_path):
    (path,) = (tmp_path / "results").glob("*/run.json")
    header = json.loads(path.read_text())
    path.write_text(json.dumps({**header, "schema": 99}))
    said = results("table")
    assert "newer" in said.err
    assert "install a newer bench-harness" in said.err


def test_output_writes_a_file(results, tmp_path):
    assert results("table", "--format", "csv", "-o", tmp_path / "out.csv").out == ""
    assert "scan" in (tmp_path / "out.csv").read_text()


def test_the_published_sample_is_read_without_complaint(bench):
    said = bench("table", "k_medoids", "--results", Path(__file__).parents[2] / "results/sample")
    assert said.code == 0
    assert said.err == ""
    assert "fasterpam" in said.out
