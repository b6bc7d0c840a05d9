# SPDX-License-Identifier: GPL-2.0-or-later
r"""Memory given back by a function that is not its allocator's.

Each allocator has its own way back: kfree() for kmalloc(), vfree() for
vmalloc(), kvfree() for either, free_pages_exact() for alloc_pages_exact(),
kfree_const() for kstrdup_const(), nothing at all for devm_kzalloc(), which the
device frees.  The wrong one corrupts the allocator's lists, frees twice, or
frees a string constant.

Bad, may be vmalloc memory:
	p = kvmalloc(len, GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	if (example_fill(p))
		kfree(p);	/* <-- p comes from kvmalloc(), which kfree() cannot free */

Bad, the device frees it once more:
	data = devm_kzalloc(dev, sizeof(*data), GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	if (example_register(data))
		kfree(data);	/* <-- data comes from devm_kzalloc() */

Bad patch, after the buffers of a network driver:
	--- a/drivers/net/example.c
	+++ b/drivers/net/example.c
	@@ -10,7 +10,7 @@ static int example_try(struct example *ex)
	 {
	 	void **bufs;

	 	bufs = kvmalloc_array(ex->num, sizeof(void *), GFP_KERNEL);
	-	kvfree(bufs);
	+	kfree(bufs);	/* <-- bufs comes from kvmalloc_array() */
	 	return 0;
	 }

Good, as mana_pre_alloc_rxbufs() and its callers:
	bufs = kvmalloc_array(n, sizeof(void *), GFP_KERNEL);
	kvfree(bufs);

Good, kvfree() takes both:
	p = kmalloc(len, GFP_KERNEL);
	kvfree(p);

Good, one or the other:
	p = small ? kmalloc(len, GFP_KERNEL) : vmalloc(len);
	if (is_vmalloc_addr(p))
		vfree(p);
	else
		kfree(p);

Known problems:
	Only variables that one function both allocates and frees are followed,
	and only where nothing else is put into them.

See:
	include/linux/slab.h, mm/util.c, kvfree()
	Documentation/driver-api/driver-model/devres.rst
	drivers/net/ethernet/microsoft/mana/mana_en.c, mana_pre_alloc_rxbufs()
"""

from gfplint.rule import Function, Reports, fact, note, report

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = tuple(fact("allocators", "frees"))


def check(fn: Function) -> Reports:
    for free in fn.calls_to(*WORDS):
        for made in fn.allocated(str(free.args[0])) if len(free.args) == 1 else ():
            row = made.allocator
            if row is not None and not made.freed_by(free.name):
                yield report(
                    free,
                    f"{free.args[0]} comes from {made.name}(), which {free.name}() cannot free",
                    key=(made.name, free.name, str(free.args[0])),
                    help=f"use {row.free[0]}()" if row.free else "leave it to its owner",
                    related=[note(made, "allocated here")],
                )
                break
