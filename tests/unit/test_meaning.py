"""How often the expression of a log of texts reads a column: engines read it as often."""

from pathlib import Path

from wh_uncertainty.cli.accounting.one_pass import rejected_rows, summed
from wh_uncertainty.cli.accounting.request_log import open_log
from wh_uncertainty.cli.accounting.request_map import read_request_map

MAP = '[columns]\nmodel = "model"\ninput_tokens = "in"\noutput_tokens = "out"\n'
#: Of two columns. Written out wherever a count is asked for, they were searched 216 times.
MOST_SEARCHES = 24


def test_counts_that_are_texts_are_read_in_steps(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(MAP, "utf-8")
    (tmp_path / "log.csv").write_text("model,in,out\ngpt-oss-120b,100,50\n", "utf-8")
    meaning = read_request_map(str(tmp_path / "map.toml"))
    log = open_log([str(tmp_path / "log.csv")], meaning, table=None, spark=None)
    for expression in (
        summed(log.tables, meaning, by_reason=True),
        rejected_rows(log.tables, meaning),
    ):
        query = log.tables[0].get_backend().compile(expression)
        assert 0 < query.count("REGEXP") <= MOST_SEARCHES
    log.close()
