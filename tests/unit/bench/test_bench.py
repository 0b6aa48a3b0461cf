"""The benchmarks run, compare like with like, and say so in both forms."""

import json
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from bench import peers
from bench.__main__ import BENCHMARKS, main, show
from bench.measure import Benchmark, measure


def test_the_first_way_is_what_the_others_are_compared_with() -> None:
    def twice() -> None:
        sorted(range(40_000))
        sorted(range(40_000))

    ways: dict[str, Callable[[], object]] = {"once": lambda: sorted(range(40_000)), "twice": twice}
    once, other = measure(Benchmark("sorting", "sort", ways), rounds=3, least_seconds=0.002)
    assert once.ratio == 1
    assert other.ratio == pytest.approx(other.seconds / once.seconds)


def test_the_list_names_every_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == list(BENCHMARKS)


def test_a_run_gives_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reading", "--json", "--rounds", "1"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    (found,) = json.loads(line)["benchmarks"]
    assert found["name"] == "reading"
    assert found["ways"][0]["ratio"] == 1
    assert all(way["seconds"] > 0 for way in found["ways"])


@pytest.mark.parametrize("arguments", [["nonesuch"], ["--rounds", "0"], ["--scale", "0"], ["--scale", "nan"]])
def test_what_cannot_be_run_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize("name", [name for name in BENCHMARKS if not name.startswith("delivery")])
def test_every_way_of_a_benchmark_can_be_called(name: str) -> None:
    with ExitStack() as stack:
        benchmark = BENCHMARKS[name](0.001, stack)
        for way in benchmark.ways:
            benchmark.time(way, 1)


def test_the_scale_makes_it_smaller() -> None:
    with ExitStack() as stack:
        assert "1 MiB" in BENCHMARKS["sealing"](0.001, stack).what
        assert "131 entries" in BENCHMARKS["log"](0.001, stack).what


def test_a_program_that_is_not_there_is_named_with_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    ways: dict[str, Callable[[], object]] = {"ours": lambda: None}
    benchmark = Benchmark("sealing", "seal", ways, (peers.missing("age"),))
    show(benchmark, measure(benchmark, rounds=1, least_seconds=0))
    assert "age is not here and was left out; to compare with it: apt-get install age" in capsys.readouterr().out


def test_a_program_that_fails_ends_the_run() -> None:
    with pytest.raises(peers.CalledProcessError):
        peers.run(["false"])
