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
	data->info.priv = data;
	if (example_register(&data->info))
		kfree(data);	/* <-- data comes from devm_kzalloc() */

Bad, a field, after the queue heads of fsl_udc:
	ex->heads = dma_alloc_coherent(dev, size, &ex->dma, GFP_KERNEL);
	if (!ex->heads)
		return -ENOMEM;
	if (example_start(dev))
		kfree(ex->heads);	/* <-- ex->heads comes from dma_alloc_coherent() */

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
	Only pointers that one function both allocates and frees are followed, and
	no function that asks is_vmalloc_addr().

See:
	include/linux/slab.h, mm/util.c, kvfree()
	Documentation/driver-api/driver-model/devres.rst
	drivers/net/ethernet/microsoft/mana/mana_en.c, mana_pre_alloc_rxbufs()
	drivers/usb/gadget/udc/fsl_udc_core.c, struct_udc_setup()
"""

from gfplint.rule import Function, Reports, fact, note, report

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = tuple(fact("allocators", "frees"))
MEANT = ("*/lkdtm/*", "*kunit*", "*[_-]test.c")  # they go wrong on purpose


def check(fn: Function) -> Reports:
    asks = fn.mentions(*fact("allocators", "frees_by_place", "names"))
    for free in fn.frees if not asks and not fn.file.matches(MEANT) else ():
        made = free.wrong
        if made is not None and made.allocator is not None:
            ways = made.allocator.free
            yield report(
                free.call,
                f"{free.name} comes from {made.name}(), which {free.call.name}() cannot free",
                key=(made.name, free.call.name, free.name),
                help=f"use {ways[0]}()" if ways else "leave it to its owner",
                related=[note(made, "allocated here")],
            )
