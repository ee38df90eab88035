"""The benchmarks keep up with the portal."""

from benchmarks.booking import pgbench_script

from testfields.core.clock import now


def test_pgbench_is_given_every_argument_of_the_statements_of_a_booking() -> None:
    assert "EXECUTE file (" in pgbench_script(now())
