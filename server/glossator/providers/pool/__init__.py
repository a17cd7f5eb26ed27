"""Several endpoints behind one name: which one is asked, when it is asked again, and when another one is."""

from glossator.providers.pool.breaker import State
from glossator.providers.pool.member import Member
from glossator.providers.pool.pool import Pool
from glossator.providers.pool.rules import Rules
from glossator.providers.pool.statistics import MemberStatistics, PoolStatistics

__all__ = ["Member", "MemberStatistics", "Pool", "PoolStatistics", "Rules", "State"]
