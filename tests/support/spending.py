"""A process that spends, beside the test.

python spending.py FOLDER WORKSPACE COUNT     writes down so many times one token and 0.25 of money; prints "done"
python spending.py FOLDER WORKSPACE 0         the same for ever; prints a line once it has begun
"""

import sys
from itertools import count
from pathlib import Path

from glossator.documenter.ledger import FileLedger
from glossator.engine.scheduler import Spent


def main(folder, workspace, times):
    ledger = FileLedger(Path(folder))
    for number in range(times) if times else count():
        ledger.add(Spent(0.25, 1), workspace)
        if not times and number == 0:
            sys.stdout.write("begun\n")
            sys.stdout.flush()
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
