# SPDX-License-Identifier: GPL-2.0-or-later
r"""Zeroing asked for of an allocator that zeroes, or done once more by hand.

kzalloc(), kcalloc(), vzalloc(), get_zeroed_page() and dma_alloc_coherent()
hand out zeroed memory.  __GFP_ZERO in their mask changes nothing; a memset()
right after them clears the same bytes again.  The reader wonders which of the
two does the work.

Bad, in the mask:
	p = kzalloc(sizeof(*p), GFP_KERNEL | __GFP_ZERO);	/* <-- kzalloc() zeroes without __GFP_ZERO */

Bad, by hand:
	p = kzalloc(len, GFP_KERNEL);	/* <-- memset() clears again what kzalloc() has zeroed */
	if (!p)
		return -ENOMEM;
	memset(p, 0, len);

Bad patch, after the key buffers of ccp's hsti.c:
	--- a/drivers/crypto/example/hsti.c
	+++ b/drivers/crypto/example/hsti.c
	@@ -10,5 +10,5 @@ static int example_query(struct example *ex)
	 {
	 	void *req;

	-	req = kzalloc(ex->size, GFP_KERNEL);
	+	req = kzalloc(ex->size, GFP_KERNEL | __GFP_ZERO);	/* <-- kzalloc() zeroes without __GFP_ZERO */
	 	if (!req)

Good, asked once:
	p = kzalloc(sizeof(*p), GFP_KERNEL);

Good, the allocator does not zero by itself:
	p = kmalloc_node(len, GFP_KERNEL | __GFP_ZERO, nid);

Good, cleared after use:
	p = kzalloc(len, GFP_KERNEL);
	example_fill(p);
	memset(p, 0, len);

Known problems:
	dma_alloc_coherent() zeroes since 5.0; code that is also built against
	older kernels may say it for their sake.

See:
	include/linux/slab.h, kzalloc()
	kernel/dma/direct.c, dma_direct_alloc()
	drivers/crypto/ccp/hsti.c, psp_poulate_hsti()
"""

from gfplint.rule import Function, Reports, fact, note, report

SEVERITY = "info"
WORDS = ("__GFP_ZERO", *fact("allocators", "zeroing", "by_hand"))


def check(fn: Function) -> Reports:
    for call in fn.calls:
        if call.allocator is None or not call.allocator.zero:
            continue
        for mask in call.masks:
            if mask.has(("__GFP_ZERO",)) and mask.within(call):
                text = f"{call.name}() zeroes without __GFP_ZERO"
                yield report(mask, text, key=(call.name,), help="leave __GFP_ZERO out")
        if call.cleared_by:
            yield report(
                call,
                f"{call.cleared_by.name}() clears again what {call.name}() has zeroed",
                key=(call.name, call.cleared_by.name),
                help=f"leave {call.cleared_by.name}() out",
                related=[note(call.cleared_by, "cleared again here")],
            )
