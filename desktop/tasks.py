# SPDX-License-Identifier: Apache-2.0
"""The one place that makes threads. This core knows nothing of Qt.

All work on the vault runs on one thread, in the order in which it was asked for: SQLite is meant for one thread, and
a search that was typed after a save must see what was saved. All work with the model runs on another, because the
engine answers one request at a time. Other long work runs on a few more. What comes of it is handed to the callables
that were given with the work, through `post`: in the window that is a queued signal to the main thread, so that neither
view-models nor widgets ever need a lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from desktop.errors import BugError, CirclekeeperError

T = TypeVar("T")
Done = Callable[[T], None]
Failed = Callable[[CirclekeeperError], None]
Post = Callable[[Callable[[], None]], None]

POOL_THREADS = 4
UNEXPECTED = "A mistake in the program got in the way; what was saved before is kept."


def in_background(work: Callable[[], None]) -> None:
    """Run `work` on a thread of its own, which does not keep the program alive."""
    threading.Thread(target=work, daemon=True).start()


class Tasks(Protocol):
    """Where view-models send work. `done` and `failed` are called where the caller lives, never on the worker."""

    def on_store(self, work: Callable[[], T], done: Done[T], failed: Failed) -> None:
        """Run `work` on the vault's thread, after all that was sent there before."""
        ...

    def on_model(self, work: Callable[[], T], done: Done[T], failed: Failed) -> None:
        """Run `work` on the model's thread, after all that was sent there before."""
        ...

    def in_pool(self, work: Callable[[], T], done: Done[T], failed: Failed) -> None:
        """Run `work`, which may be long, beside the two."""
        ...

    def post(self, action: Callable[[], None]) -> None:
        """From inside running work: call `action` where the caller lives."""
        ...


class TaskRunner:
    """Tasks on real threads. `report_bug` gets, where the caller lives, whatever was no known trouble."""

    def __init__(self, post: Post, report_bug: Callable[[BaseException], None]) -> None:
        self.post = post
        self._report_bug = report_bug
        self._store = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._model = ThreadPoolExecutor(1, thread_name_prefix="model")
        self._pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="pool")
        self._is_closed = False

    def on_store(self, work: Callable[[], T], done: Done[T], failed: Failed) -> None:
        """See `Tasks`."""
        self._send(self._store, work, done, failed)

    def on_model(self, work: Callable[[], T], done: Done[T], failed: Failed) -> None:
        """See `Tasks`."""
        self._send(self._model, work, done, failed)

    def in_pool(self, work: Callable[[], T], done: Done[T], failed: Failed) -> None:
        """See `Tasks`."""
        self._send(self._pool, work, done, failed)

    def close(self, last_work: Callable[[], None]) -> None:
        """End: wait for all work on the vault, then for `last_work` there.

        From now on work that is sent is dropped, and so are results: whoever waited for them is going away too. What
        runs elsewhere was asked to stop by whoever started it and is not waited for.
        """
        self._is_closed = True
        for executor in (self._model, self._pool):
            executor.shutdown(wait=False, cancel_futures=True)
        last = self._store.submit(last_work)
        self._store.shutdown(wait=True)
        last.result()

    def _send(self, executor: ThreadPoolExecutor, work: Callable[[], T], done: Done[T], failed: Failed) -> None:
        def hand_over(future: Future[T]) -> None:
            if not future.cancelled() and not self._is_closed:
                self._hand_over(future, done, failed)

        if not self._is_closed:
            executor.submit(work).add_done_callback(hand_over)

    def _hand_over(self, future: Future[T], done: Done[T], failed: Failed) -> None:
        error = future.exception()
        if error is None:
            result = future.result()
            self.post(lambda: done(result))
        elif isinstance(error, CirclekeeperError) and not isinstance(error, BugError):
            self.post(lambda: failed(error))
        else:
            self.post(lambda: failed(BugError(UNEXPECTED)))
            self.post(lambda: self._report_bug(error))


class InlineTasks:
    """Tasks that run at once, on the caller: for tests. Bugs are raised where they happen."""

    def on_store(self, work: Callable[[], T], done: Done[T], failed: Failed) -> None:
        """See `Tasks`."""
        self._run(work, done, failed)

    def on_model(self, work: Callable[[], T], done: Done[T], failed: Failed) -> None:
        """See `Tasks`."""
        self._run(work, done, failed)

    def in_pool(self, work: Callable[[], T], done: Done[T], failed: Failed) -> None:
        """See `Tasks`."""
        self._run(work, done, failed)

    def post(self, action: Callable[[], None]) -> None:
        """See `Tasks`."""
        action()

    @staticmethod
    def _run(work: Callable[[], Any], done: Done[Any], failed: Failed) -> None:
        try:
            result = work()
        except BugError:
            raise
        except CirclekeeperError as error:
            failed(error)
        else:
            done(result)
