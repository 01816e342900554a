# SPDX-License-Identifier: Apache-2.0
"""Work on threads: order on the vault's thread, results where the caller lives, errors of both kinds."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

import pytest

from desktop.errors import BugError, CirclekeeperError, DiskFull
from desktop.tasks import UNEXPECTED, InlineTasks, TaskRunner


class Caller:
    """Runs what is posted, on this thread."""

    def __init__(self) -> None:
        self._posted: queue.Queue[Callable[[], None]] = queue.Queue()
        self.bugs: list[BaseException] = []
        self.results: list[object] = []
        self.errors: list[CirclekeeperError] = []
        self.tasks = TaskRunner(self._posted.put, self.bugs.append)

    def run(self, count: int) -> None:
        for _ in range(count):
            self._posted.get(timeout=60)()


def test_the_vaults_work_keeps_its_order_on_one_thread() -> None:
    caller, threads, order = Caller(), set(), []

    def work(number: int) -> int:
        time.sleep(0.01 if number % 2 else 0)
        threads.add(threading.get_ident())
        order.append(number)
        return number

    for number in range(20):
        caller.tasks.on_store(lambda number=number: work(number), caller.results.append, caller.errors.append)
    caller.run(20)
    assert order == caller.results == list(range(20)) and len(threads) == 1
    assert threading.get_ident() not in threads
    caller.tasks.close(lambda: None)


def test_results_and_known_errors_come_where_the_caller_lives() -> None:
    caller, where = Caller(), []

    def fail() -> None:
        raise DiskFull

    caller.tasks.in_pool(fail, lambda _: None, lambda error: where.append((threading.get_ident(), error)))
    caller.run(1)
    assert where[0][0] == threading.get_ident() and isinstance(where[0][1], DiskFull) and caller.bugs == []


@pytest.mark.parametrize("error", [ValueError("Ana Quill"), BugError("inside")])
def test_a_mistake_is_reported_and_its_text_goes_no_further(error: Exception) -> None:
    caller = Caller()

    def fail() -> None:
        raise error

    caller.tasks.on_model(fail, caller.results.append, caller.errors.append)
    caller.run(2)
    assert caller.bugs == [error] and [str(each) for each in caller.errors] == [UNEXPECTED] and not caller.results


def test_closing_waits_for_the_vaults_work_and_drops_what_comes_later() -> None:
    caller, done = Caller(), []
    caller.tasks.on_store(lambda: (time.sleep(0.1), done.append("saved")), lambda _: None, caller.errors.append)
    caller.tasks.close(lambda: done.append("closed"))
    caller.tasks.on_store(lambda: done.append("late"), lambda _: None, caller.errors.append)
    assert done == ["saved", "closed"]


def test_inline_tasks_run_at_once_and_raise_mistakes() -> None:
    results: list[int] = []
    InlineTasks().on_store(lambda: 7, results.append, lambda _: None)
    assert results == [7]
    with pytest.raises(ZeroDivisionError):
        InlineTasks().in_pool(lambda: 1 // 0, lambda _: None, lambda _: None)
