# SPDX-License-Identifier: GPL-2.0-or-later
"""What all tests share: an environment of their own, the corpus, how hard hypothesis tries."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REPO = Path(__file__).resolve().parent.parent

settings.register_profile("default", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("fuzz", max_examples=6000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# Neither the user's settings nor the user's caches have a say in a verdict.
for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "LC_ALL", "LANG"):
    os.environ.pop(name, None)
os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@pytest.fixture(scope="session", autouse=True)
def own_cache() -> Iterator[None]:
    """A cache folder for the session: a test neither trusts nor changes that of the user."""
    with tempfile.TemporaryDirectory(prefix="gfplint-cache-") as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        yield


@pytest.fixture(scope="session")
def demo() -> Path:
    """The series that ``make demo`` lints."""
    return REPO / "examples" / "demo.mbox"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The corpus of real mails beside the checkout; the test is skipped where there is none."""
    folder = REPO.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no corpus: ../shared is not there")
    return folder
