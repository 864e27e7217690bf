"""The plugin as a project's own test run sees it."""

import subprocess
import sys

import pytest

from tests.support.architecture import ROOT

pytest_plugins = ["pytester"]

TASKS = """
from worker import task

@task("add")
def add(a: int, b: int) -> int:
    return a + b
"""


@pytest.fixture
def project(pytester, monkeypatch):
    """A project with a module of tasks; `project(tests)` runs these."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(its_tasks=TASKS)

    def run(tests, *words):
        pytester.makepyfile(test_its=tests)
        return pytester.runpytest_subprocess("-p", "herdsman_pytest", "-p", "no:cacheprovider", *words, timeout=50)

    return run


def test_inline_jobs_run_while_they_are_enqueued(project):
    done = project("""
        from engine import Client
        import its_tasks

        client = Client("redis://nobody.invalid/")

        def test_it(herdsman_inline):
            assert client.enqueue("add", [1, 2]).result() == 3
            assert [job.type for job in herdsman_inline.jobs] == ["add"]

        def test_the_next_test_begins_with_none(herdsman_inline):
            assert herdsman_inline.jobs == []

        def test_without_the_fixture_nothing_is_replaced():
            assert Client.enqueue.__module__ == "engine.clients.client"
    """)
    done.assert_outcomes(passed=3)


def test_in_memory_jobs_run_when_the_test_says_so(project):
    done = project("""
        import its_tasks

        def test_it(herdsman_memory):
            job = herdsman_memory.client.enqueue("add", {"a": 1, "b": 2}, delay="1h")
            herdsman_memory.advance("1h")
            assert herdsman_memory.run_jobs() == 1
            assert job.result(1) == 3

        def test_the_next_test_begins_with_none(herdsman_memory):
            assert herdsman_memory.jobs == []
    """)
    done.assert_outcomes(passed=2)


def test_a_config_file_gives_the_queues_policies(project, pytester):
    pytester.makefile(".yaml", config="redis: {url: redis://nobody.invalid/}\nqueues: {default: {retries: 0}}\n")
    done = project("""
        import pytest

        from engine import Client
        from worker import task

        @pytest.fixture
        def herdsman_config():
            return "config.yaml"

        @task("fail")
        def fail():
            raise ValueError

        def test_it(herdsman_inline):
            assert Client("redis://nobody.invalid/").enqueue("fail").fetch().attempts == 1
    """)
    done.assert_outcomes(passed=1)


def test_a_project_with_a_folder_named_like_one_of_ours_keeps_it(project, pytester):
    pytester.mkpydir("worker").joinpath("mine.py").write_text("MINE = True\n")
    done = project("""
        from worker.mine import MINE

        def test_it():
            assert MINE
    """)
    done.assert_outcomes(passed=1)


def test_a_run_that_does_not_use_it_imports_nothing_of_ours():
    code = (
        "import sys, pytest; before = set(sys.modules); import herdsman_pytest;"
        "print(*sorted(name for name in set(sys.modules) - before if not name.startswith('_')))"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["herdsman_pytest"]
