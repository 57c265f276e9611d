"""The predictions that a viewer waits for, while its page goes on."""

from collections.abc import Callable

from lasegm_core.experiments.runs import Run
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.predictions import Predictions


class Awaited:
    """The predictions that a viewer needs: on a page, those that are not there are made meanwhile.

    Args:
        predictions: where they are found and made.
        answered: called when all that are awaited are there, or could not be made.

    Attributes:
        asked: those that are being made.
    """

    def __init__(self, predictions: Predictions, answered: Callable[[], None]) -> None:
        self._predictions, self._all_there = predictions, answered
        self.asked: set[tuple[Run, str, int]] = set()
        self._failed: dict[tuple[Run, str, int], BadInput] = {}

    def found(self, *key) -> bytes:
        """Find the prediction of a run on a frame of a clip; empty if it is being made.

        Raises:
            BadInput: it cannot be made.
        """
        if self._predictions.loop is None:
            return self._predictions.prediction(*key)
        if fault := self._failed.pop(key, None):
            raise fault
        found = self._predictions.stored(*key)
        if found is None and key not in self.asked:
            self.asked.add(key)
            self._predictions.ask(*key, lambda fault: self._answered(key, fault))
        return found or b""

    def _answered(self, key: tuple[Run, str, int], fault: BadInput | None) -> None:
        self.asked.discard(key)
        if fault:
            self._failed[key] = fault
        if not self.asked:
            self._all_there()
