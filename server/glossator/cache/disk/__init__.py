"""The disk tier: what was answered before, for all servers and commands of this user, in a database of diskcache's.

tier     the tier for an event loop: a thread of its own, deadlines, writes behind
store    opens when needed, mends what can be mended, never raises
answers  the database, as diskcache makes it and holds it (its only importer)
database how a database that anybody may have written to is opened
folder   which folder may hold it, and what happens to a damaged one
"""

from glossator.cache.disk.store import Disk, Verification
from glossator.cache.disk.tier import DiskTier

__all__ = ["Disk", "DiskTier", "Verification"]
