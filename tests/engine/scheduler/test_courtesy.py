"""What a workspace's requests leave to people who share the event loop."""

from glossator.engine.scheduler.courtesy import FEW, PERIOD_S, SHARE, Courtesy


class Process:
    """A clock and the processor time of a process that is busy for a share of it."""

    def __init__(self):
        self.now = self.used = 0.0
        self.courtesy = Courtesy(lambda: self.now, lambda: self.used)

    def spend(self, seconds, busy):
        self.now += seconds
        self.used += seconds * busy

    def begun(self, seconds, busy, cost_s=0.0):
        """How many requests begin in so many seconds, each of which takes processor time."""
        count, until = 0, self.now + seconds
        while self.now < until:
            rest_s = self.courtesy.rest_s()
            if rest_s > 0:
                self.spend(rest_s, busy)
                continue
            self.courtesy.begun()
            count += 1
            self.used += cost_s
        return count


def test_in_a_process_that_does_nothing_else_a_few_begin_in_each_period():
    process = Process()
    assert process.begun(100 * PERIOD_S, busy=0.0) in range(99 * FEW, 102 * FEW)


def test_in_a_busy_process_none_begins_and_later_they_do():
    process = Process()
    process.begun(2.0, busy=0.9)
    assert process.begun(2.0, busy=0.9) == 0
    process.begun(1.0, busy=0.0)
    assert process.begun(1.0, busy=0.0) >= FEW * 40


def test_requests_that_take_much_keep_the_process_at_its_share():
    process = Process()
    process.begun(2.0, busy=0.1, cost_s=0.008)
    used, now = process.used, process.now
    process.begun(10.0, busy=0.1, cost_s=0.008)
    assert 0.7 * SHARE < (process.used - used) / (process.now - now) < 1.3 * SHARE


def test_after_a_long_time_without_requests_only_the_last_while_counts():
    process = Process()
    process.begun(2.0, busy=0.9)
    process.spend(60.0, busy=0.01)
    assert process.courtesy.rest_s() == 0.0
