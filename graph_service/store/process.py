"""What this process may use of its machine, and what it has used."""

import os
import resource
import sys
from pathlib import Path


def peak_mebibytes() -> int:
    """The greatest resident size of this process so far."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux; what `getrusage` says there holds from before this program began
        (line,) = [one for one in status.read_text().splitlines() if one.startswith("VmHWM")]
        return int(line.split()[1]) // 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts in bytes, others in KiB.
    return peak // (2**20 if sys.platform == "darwin" else 2**10)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
