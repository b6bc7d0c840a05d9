# SPDX-License-Identifier: GPL-2.0-or-later
r"""A hotplug lock taken inside of one that is to be taken after it.

The order is device_hotplug_lock, then cpu_hotplug_lock, then
mem_hotplug_lock: a device is onlined with the first held, and
mem_hotplug_begin() takes cpus_read_lock() before its own.  acpi_scan_lock and
the section of zone_pcp_disable() are inside of all three.  Two tasks that come
from both ends wait for each other.

Take the outer lock first, or leave the work to a function that does.

Bad:
	get_online_mems();
	lock_device_hotplug();	/* <-- lock_device_hotplug() takes device_hotplug_lock inside of mem_hotplug_lock */
	example_walk();
	unlock_device_hotplug();
	put_online_mems();

Bad patch, the other way round than acpi_device_hotplug():
	--- a/drivers/acpi/example.c
	+++ b/drivers/acpi/example.c
	@@ -10,7 +10,7 @@ static void example_hotplug(struct acpi_device *adev)
	 {
	-	lock_device_hotplug();
	 	acpi_scan_lock_acquire();
	+	lock_device_hotplug();	/* <-- takes device_hotplug_lock inside of acpi_scan_lock */
	 	example_eject(adev);
	-	acpi_scan_lock_release();
	 	unlock_device_hotplug();
	+	acpi_scan_lock_release();
	 }

Bad, a callee that takes it:
	zone_pcp_disable(zone);
	static_key_slow_dec(&example_key);	/* <-- takes cpu_hotplug_lock inside of zone_pcp */
	zone_pcp_enable(zone);

Good, as acpi_device_hotplug():
	lock_device_hotplug();
	acpi_scan_lock_acquire();
	example_eject(adev);
	acpi_scan_lock_release();
	unlock_device_hotplug();

Good, one after the other:
	get_online_mems();
	example_walk();
	put_online_mems();
	lock_device_hotplug();
	example_online();
	unlock_device_hotplug();

Known problems:
	Locks that callers hold are not seen.

See:
	Documentation/core-api/memory-hotplug.rst, "Locking Internals"
	drivers/acpi/scan.c, acpi_device_hotplug()
	mm/memory-failure.c, on zone_pcp_disable()
"""

from gfplint.rule import Function, Reports, contract_words, fact, lock_words, note, report

SEVERITY = "error"
WORDS = (*lock_words("hotplug"), *contract_words("takes"))


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        own = call.contract.forbids if call.contract else ()
        taken = {*(op.lock for op in call.acquires if op.result != "bool"), *(call.contract.takes if call.contract else ())}
        for cls in sorted(taken & {*fact("locks", "ordering", "inside")}):
            inner = next((lock for lock in call.holds if lock.cls in fact("locks", "ordering", "inside", cls)), None)
            if inner and inner.cls not in own:
                yield report(
                    call,
                    f"{call.name}() takes {cls} inside of {inner.cls}: the order is the other way round",
                    key=(call.name, cls, inner.cls),
                    help=f"take {cls} first",
                    related=[note(inner, "taken here")],
                )
                break
