"""The table of attacks: what each is, how the pipeline must end it, and what protection it depends on."""

from collections.abc import Callable, Mapping
from pathlib import Path

from arena.model.outcome import Outcome
from tests.integration.attacks.attack import Attack, Need
from tests.integration.attacks.handed import ARCHIVES, MODULES, TABLES

_MIB = 1 << 20
SCORED, CRASHED, NOTHING = Outcome.SCORED, Outcome.CRASHED, Outcome.NO_PREDICTIONS
TIME, CPU, MEMORY = Outcome.TIME_EXCEEDED, Outcome.BUDGET_EXCEEDED, Outcome.MEMORY_EXCEEDED
DISK, FLOOD, INVALID = Outcome.DISK_EXCEEDED, Outcome.OUTPUT_FLOODED, Outcome.INVALID_PREDICTIONS
REJECTED = Outcome.REJECTED

# Limits that end a program early; the hogs stop by themselves at 640 MiB, so that a missing wall costs little.
_SHORT = {"wall_seconds": 0.7}
_BURN = {"cpu_seconds": 0.6, "wall_seconds": 8.0}
_SMALL: Mapping[str, float] = {"memory_bytes": 128 * _MIB, "wall_seconds": 10.0}
_SMALL_DISK: Mapping[str, float] = {"disk_bytes": 4 * _MIB}


def _attack(
    id_: str,
    *outcomes: Outcome,
    needs: frozenset[Need] = frozenset(),
    first: str | None = None,
    extra: Mapping[str, str] | None = None,
    budget: Mapping[str, float] | None = None,
) -> Attack:
    theme, name = id_.split("/")
    return Attack(
        theme=theme,
        name=name,
        outcomes=frozenset(outcomes or {SCORED}),
        budget=budget or {},
        needs=needs,
        first=first,
        extra=extra or {},
    )


def _several(
    theme: str, names: str, *outcomes: Outcome, first: str | None = None, budget: Mapping[str, float] | None = None
) -> list[Attack]:
    return [_attack(f"{theme}/{name}", *outcomes, first=first, budget=budget) for name in names.split()]


def _handed(theme: str, table: Mapping[str, tuple[str, Outcome, Callable[[Path], Path]]]) -> list[Attack]:
    return [
        Attack(theme=theme, name=name, outcomes=frozenset({outcome}), make=make, tells=tells)
        for name, (tells, outcome, make) in table.items()
    ]


_GROUP = frozenset({Need.MEMORY_GROUP})

ATTACKS: tuple[Attack, ...] = (
    *_several(
        "secrets",
        """answers_by_path answers_by_parent_links answers_by_search environment other_environments process1_memory
        process1_links inherited_descriptors reopened_outputs own_memory heap_objects stack_frames harness_modules
        host_accounts kernel_log folders_of_the_host mount_table locks_and_handles""",
    ),
    *_several(
        "secrets",
        "left_over_memory left_over_files left_over_environment left_over_shared_memory left_over_sockets",
        first="plant_everywhere",
    ),
    *_several(
        "tampering",
        """environment_python path_file site_customize user_site compiled_cache guest_code inputs_changed inputs_mapped
        inputs_locked own_source exit_in_thread metric_patched working_folder_hooks streams_replaced streams_blocked
        names_of_the_harness""",
    ),
    _attack("tampering/shadowed_modules", extra=MODULES),
    _attack("tampering/result_channel", CRASHED),
    _attack("tampering/report_on_stdout", NOTHING),
    _attack("tampering/exit_code", NOTHING, CRASHED),
    *_several(
        "outputs",
        """link_to_answers link_to_accounts link_to_process link_to_descriptor linked_folder hard_link
        hard_link_to_input pipe endless_pipe socket device folder unreadable""",
        NOTHING,
    ),
    _attack("outputs/sparse_file", INVALID),
    _attack("outputs/oversized_table", DISK, budget={"disk_bytes": 512 * _MIB}),
    _attack("outputs/unreadable_folder", SCORED, NOTHING),
    _attack("outputs/late_writer", SCORED),
    _attack("outputs/swapping_names", SCORED, NOTHING),
    _attack("outputs/growing", SCORED, INVALID, DISK),
    _attack("outputs/other_files"),
    _attack("outputs/strange_names"),
    _attack("outputs/pickled_table", INVALID),
    *_several(
        "processes",
        """trace_process1 memory_of_others stolen_descriptor signals_to_process1 signals_to_all_pids
        namespaces_of_process1 priority_of_process1 fork_and_count thread_bomb double_fork respawning_daemon
        many_sleepers zombies limits_raised priority affinity set_uid_programs capabilities cgroup_escape""",
    ),
    *_several("processes", "ignored_signals sleep stopped waiting_in_kernel", TIME, budget=_SHORT),
    _attack("processes/fork_bomb", TIME, CPU, CRASHED, MEMORY, budget={"wall_seconds": 0.8, "cpu_seconds": 2.0}),
    _attack("processes/endless_exec", TIME, CPU, budget={"wall_seconds": 0.8}),
    _attack("processes/adopted_orphans", budget={"wall_seconds": 4.0}),
    *_several("processes", "spin spin_in_children spin_in_threads", CPU, budget=_BURN),
    _attack("processes/spin_in_short_children", CPU, needs=frozenset({Need.CPU_GROUP}), budget=_BURN),
    _attack("processes/exhausted_launcher", CRASHED, TIME, CPU, budget={"wall_seconds": 3.0, "cpu_seconds": 3.0}),
    *_several("resources", "memory_of_one memory_of_children memory_locked", MEMORY, budget=_SMALL),
    _attack("resources/memory_in_shared_maps", MEMORY, needs=_GROUP, budget=_SMALL),
    _attack("resources/memory_in_nameless_files", MEMORY, needs=_GROUP, budget=_SMALL),
    _attack("resources/memory_in_unmapped_shares", MEMORY, needs=_GROUP, budget=_SMALL),
    _attack("resources/memory_in_sockets", MEMORY, needs=_GROUP, budget=_SMALL),
    _attack("resources/memory_in_page_tables", MEMORY, needs=_GROUP, budget=_SMALL),
    _attack("resources/memory_in_bursts", MEMORY, needs=_GROUP, budget=_SMALL),
    # The kernel bounds the pipes of one account by itself, far below any task's memory.
    _attack("resources/memory_in_pipes", MEMORY, NOTHING, budget=_SMALL),
    _attack("resources/packed_bomb", MEMORY, budget=_SMALL),
    _attack("resources/memory_in_temporary_files", DISK, budget=_SMALL_DISK),
    _attack("resources/disk_of_many_folders", DISK, budget=_SMALL_DISK),
    _attack("resources/disk_of_deleted_files", DISK, CRASHED, budget=_SMALL_DISK),
    _attack("resources/inodes", SCORED, DISK, MEMORY, CRASHED, needs=frozenset({Need.INODE_LIMIT}), budget=_SMALL),
    _attack("resources/deep_folders", SCORED, CRASHED),
    _attack("resources/many_links"),
    *_several("resources", "output_flood endless_line flood_by_children", FLOOD),
    _attack("resources/slow_log", TIME, budget=_SHORT),
    _attack("resources/core_dump", CRASHED),
    *_several("resources", "open_files kernel_objects queued_signals"),
    _attack("resources/recursion", CRASHED, MEMORY, budget={"wall_seconds": 6.0}),
    _attack("resources/big_numbers", TIME, MEMORY, budget=_SHORT),
    _attack("resources/regular_expression", TIME, budget=_SHORT),
    *_several(
        "kernel",
        """user_namespace clone3_namespace mounts new_mount_calls other_roots file_handles settings core_pattern
        magic_files own_process_files keys perf bpf io_uring page_faults modules machine_controls clock host_name
        x32_calls calls_of_32_bits terminal_input system_v_messages filter_undone filter_listener personality
        nested_sandbox hidden_memory file_watches""",
    ),
    *_several(
        "network",
        """tcp_to_host tcp_to_world udp name_service raw netlink strange_families kernel_crypto unix_path unix_name
        interfaces descriptors_through_sockets""",
    ),
    *_handed("archives", ARCHIVES),
    *_handed("tables", TABLES),
)
