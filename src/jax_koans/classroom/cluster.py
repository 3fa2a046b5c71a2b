"""Submissions judged by a Dask cluster, whose workers have this package too."""

from concurrent.futures import CancelledError
from functools import cache

from jax_koans.classroom.judging import VERSION, Judge, Record, Terms, record, wanted
from jax_koans.classroom.submission import Submission
from jax_koans.course.path import PathError
from jax_koans.i18n import _
from jax_koans.judge.verdict import crashed

_PATIENCE = 10.0  # seconds until the scheduler must have replied


class Cluster:
    """Judges as `Judge` does, on the workers of a scheduler.

    A worker that is lost costs nothing: the scheduler gives its submissions to another one.

    Raises:
        PathError: Dask is not installed, or no scheduler is at this address.
    """

    def __init__(self, address: str) -> None:
        try:
            import distributed
        except ModuleNotFoundError:
            text = _("--scheduler needs Dask. Install it: pip install 'jax-koans[cluster]'")
            raise PathError(text) from None
        try:
            # What is no address leaves a Client behind that takes seconds to close.
            distributed.comm.resolve_address(address)
            self._client = distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            text = _("No Dask scheduler replies at {address}: {error}")
            raise PathError(text.format(address=address, error=error)) from None
        self._killed = distributed.KilledWorker
        self._address = address

    def judge(self, submission: Submission, terms: Terms) -> Record:
        """The record of a submission, which a worker makes.

        Raises:
            PathError: the workers have another version, or the scheduler is gone.
        """
        future = self._client.submit(judged, submission, terms)
        try:
            found: Record = future.result()
        except self._killed as error:
            koans = wanted(submission, terms).items()
            outcomes = {koan: crashed(None, file, koan, str(error)) for koan, file in koans}
            return record(submission, terms, outcomes)
        except CancelledError:
            text = _("The scheduler at {address} is gone. Run this again: it goes on from here.")
            raise PathError(text.format(address=self._address)) from None
        except (ModuleNotFoundError, RuntimeError) as error:  # it cannot read what it is sent
            text = _("The scheduler at {address} and its workers need jax-koans too: {error}")
            why = str(error).partition("\n")[0]
            raise PathError(text.format(address=self._address, error=why)) from None
        return found

    def end(self) -> None:
        """Judge nothing more, also where another thread waits for it."""
        self._client.close()


def judged(submission: Submission, terms: Terms) -> Record:
    """The record of a submission: what a worker runs.

    Raises:
        PathError: this worker has another version.
    """
    if terms.version != VERSION:
        text = _("A worker has version {theirs}; here it is {ours}. Install the same on both.")
        raise PathError(text.format(theirs=VERSION, ours=terms.version))
    return _judge().judge(submission, terms)


@cache
def _judge() -> Judge:
    """A worker's one judge: what XLA has compiled is kept from one submission to the next."""
    from distributed import get_worker

    return Judge(get_worker().state.nthreads)
