"""What is sent to workers of a cluster, so that nothing shows what is in it."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something pickled; its bytes stand in no representation, since Dask logs those of a task that fails."""

    payload: bytes = field(repr=False)

    @classmethod
    def of(cls, content: object) -> Parcel:
        """Pack something that can be pickled."""
        return cls(pickle.dumps(content, pickle.HIGHEST_PROTOCOL))

    def content(self) -> Any:
        """What was packed; by our own client, or whoever else may use the cluster, who may run anything there."""
        return pickle.loads(self.payload)  # noqa: S301
