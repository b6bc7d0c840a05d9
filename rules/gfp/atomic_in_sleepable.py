# SPDX-License-Identifier: GPL-2.0-or-later
r"""GFP_ATOMIC in a place that may sleep.

GFP_ATOMIC takes from the reserves that are kept for interrupts, and fails
without having tried to reclaim.  Where the code may sleep, as in a probe
function, in a work item, under a mutex or after a call that sleeps, GFP_KERNEL
gets memory more surely and leaves the reserves to those who need them.

Bad, under a mutex:
	mutex_lock(&ex->mutex);
	p = kzalloc(sizeof(*p), GFP_ATOMIC);	/* <-- GFP_ATOMIC where sleeping is fine */
	mutex_unlock(&ex->mutex);

Bad, after a call that sleeps:
	msleep(20);
	p = kzalloc(sizeof(*p), GFP_ATOMIC);	/* <-- GFP_ATOMIC where sleeping is fine */

Bad, next to one that sleeps, as virtio_crypto_alg_akcipher_init_session() had it:
	key = kmemdup(data, len, GFP_ATOMIC);	/* <-- kzalloc() with GFP_KERNEL after it may sleep */
	if (!key)
		return -ENOMEM;
	req = kzalloc(sizeof(*req), GFP_KERNEL);

Bad patch, after the bus work of pci-hyperv:
	--- a/drivers/pci/controller/example.c
	+++ b/drivers/pci/controller/example.c
	@@ -10,7 +10,7 @@ static int example_exit(struct example *ex)
	 {
	 	struct example_state *state;

	 	mutex_lock(&ex->mutex);
	-	state = kzalloc(sizeof(*state), GFP_KERNEL);
	+	state = kzalloc(sizeof(*state), GFP_ATOMIC);	/* <-- GFP_ATOMIC where sleeping is fine */
	 	mutex_unlock(&ex->mutex);
	 	return state ? 0 : -ENOMEM;

Good:
	mutex_lock(&ex->mutex);
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	mutex_unlock(&ex->mutex);

Good, a spinlock inside:
	mutex_lock(&ex->mutex);
	spin_lock(&ex->lock);
	p = kzalloc(sizeof(*p), GFP_ATOMIC);
	spin_unlock(&ex->lock);
	mutex_unlock(&ex->mutex);

Good, the one that sleeps is another way:
	p = kmalloc(len, GFP_ATOMIC);
	if (!p && !ex->busy)
		p = kmalloc(len, GFP_KERNEL);

Good, it does not wait for an element of the pool, as r5l_new_meta():
	p = mempool_alloc(ex->pool, GFP_ATOMIC);
	if (!p)
		return NULL;
	q = kmalloc(len, GFP_KERNEL);

Good, nothing is known of the place:
	p = kzalloc(sizeof(*p), GFP_ATOMIC);

Known problems:
	Silent where the patch itself puts GFP_ATOMIC in the place of a mask that sleeps,
	unless the function alone shows that it may.
	Code that reclaim itself may wait for, or that must not wait for long, has
	reasons for GFP_ATOMIC other than its context.

See:
	include/linux/gfp_types.h, "GFP_ATOMIC"
	Documentation/core-api/memory-allocation.rst
	drivers/pci/controller/pci-hyperv.c, hv_pci_bus_exit()
	drivers/crypto/virtio/virtio_crypto_akcipher_algs.c, 6.1 and 6.12
	drivers/md/raid5-cache.c, r5l_new_meta()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = ("GFP_ATOMIC",)


def check(fn: Function) -> Reports:
    if fn.file.matches(("*_test.c", "*kunit*")):
        return  # a test of what allocates
    slept = {call.name for call, mask in fn.was.allocations if mask.blocks} if fn.was is not None else set()
    for call, mask in fn.allocations:
        if call.in_class(fact("allocators", "waits", "classes")):
            continue
        if call.name in slept and call.context.kind != "sleepable":
            continue  # somebody has just made it atomic, and the callers at hand may be those of another kernel
        handler = fn.at_boot and call.called.node is None  # __init, and still called from a softirq: net/ipv4/ipconfig.c
        if set(WORDS) & set(mask.names) and mask.cannot_block and call.called.kind == "sleepable" and not handler:
            yield report(
                mask,
                f"{call.name}() with GFP_ATOMIC where sleeping is fine: {call.called.reason}",
                key=(call.name,),
                help="use GFP_KERNEL, or GFP_NOIO or GFP_NOFS where reclaim must not come back here",
                related=call.note(call.called.node, "sleeping is fine from here"),
            )
