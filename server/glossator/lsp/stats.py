"""What this server has done and how long that took: the request `glossator/stats` and the command `glossator.stats`."""

from __future__ import annotations

import asyncio

from glossator.lsp.session import Session
from glossator.lsp.wire import Json


async def stats(session: Session, _params: Json) -> Json:
    """The numbers of this server alone, as JSON; what other processes have done, `glossator stats` adds up."""
    # Loaded when somebody wants to know; the database is opened in a thread, since a disk takes its time.
    from glossator.documenter.statistics import with_disk
    from glossator.monitor.report import as_json

    return as_json(await asyncio.to_thread(with_disk, session.monitor.snapshot(), session.projects.settings))
