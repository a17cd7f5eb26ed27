"""What this server has done and how long that took: the request `glossator/stats` and the command `glossator.stats`."""

from __future__ import annotations

import asyncio

from glossator.lsp.session import Session
from glossator.lsp.wire import Json


async def stats(session: Session, _params: Json) -> Json:
    """The numbers of this server alone, as JSON, with what its settings choose.

    What other processes have done, `glossator stats` adds up.
    """
    # Loaded when somebody wants to know; the database is opened in a thread, since a disk takes its time.
    from glossator.documenter.statistics import with_disk
    from glossator.monitor.report import as_json

    projects = session.projects
    measured = as_json(await asyncio.to_thread(with_disk, session.monitor.snapshot(), projects.settings))
    chosen = {"provider": list(projects.settings.provider), "mode": projects.mode.name, "trusted": session.is_trusted}
    return measured | {"settings": chosen}
