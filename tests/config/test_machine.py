"""What memory the machine has, told from made trees of the system's files."""

from __future__ import annotations

import pytest

from glossator.config.machine import container_limit, memory_bytes

GIB = 1 << 30
NO_LIMIT = "9223372036854771712"  # what version 1 says


@pytest.fixture
def system(tmp_path):
    """Writes the files of a system; its root."""

    def made(groups, limits):
        files = {"proc/self/cgroup": groups} | {f"sys/fs/cgroup/{path}": text for path, text in limits.items()}
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text + "\n")
        return tmp_path

    return made


def test_a_systems_files_may_all_be_absent(tmp_path):
    assert container_limit(tmp_path) is None
    assert memory_bytes(tmp_path) > GIB // 4


def test_a_container_sees_its_own_group_as_the_root(system):
    root = system("0::/", {"memory.max": str(GIB // 4)})
    assert container_limit(root) == GIB // 4
    assert memory_bytes(root) == GIB // 4


def test_no_limit_is_none(system):
    assert container_limit(system("0::/", {"memory.max": "max"})) is None


@pytest.mark.parametrize(("outer", "inner", "want"), [("max", 3, 3), (2, 3, 2), (4, 3, 3), (4, "max", 4)])
def test_the_lowest_limit_on_the_way_up_counts(system, outer, inner, want):
    texts = {"user.slice/memory.max": outer, "user.slice/app.slice/memory.max": inner}
    limits = {path: str(text if text == "max" else text * GIB) for path, text in texts.items()}
    assert container_limit(system("0::/user.slice/app.slice", limits)) == want * GIB


def test_a_group_that_only_the_host_has_leaves_the_containers_root(system):
    assert container_limit(system("0::/docker/0123abcd", {"memory.max": str(GIB)})) == GIB


def test_a_path_that_leads_out_of_the_namespace_is_read_beneath_the_mount(system):
    assert container_limit(system("0::/../../other", {"memory.max": str(GIB)})) == GIB


def test_the_first_version_has_a_folder_for_memory(system):
    groups = "12:cpu,cpuacct:/a\n4:memory:/docker/a\n1:name=systemd:/b"
    limits = {"memory/docker/a/memory.limit_in_bytes": str(2 * GIB), "memory/memory.limit_in_bytes": NO_LIMIT}
    assert container_limit(system(groups, limits)) == 2 * GIB


def test_the_first_versions_no_limit_is_more_than_any_machine_has(system, tmp_path):
    root = system("4:memory:/", {"memory/memory.limit_in_bytes": NO_LIMIT})
    assert memory_bytes(root) == memory_bytes(tmp_path / "nowhere")


def test_both_versions_at_once_are_both_read(system):
    groups = "4:memory:/a\n0::/b"
    limits = {"memory/a/memory.limit_in_bytes": str(3 * GIB), "unified/b/memory.max": str(2 * GIB)}
    assert container_limit(system(groups, limits)) == 2 * GIB


@pytest.mark.parametrize("groups", ["", "nonsense", "0:", "::::", "\udcff"])
def test_what_cannot_be_read_is_passed_over(system, tmp_path, groups):
    root = system("", {"memory.max": str(GIB)})
    (tmp_path / "proc/self/cgroup").write_bytes(groups.encode("utf-8", "surrogateescape"))
    assert container_limit(root) == GIB
