# SPDX-License-Identifier: GPL-2.0-or-later
r"""A dmaengine prep callback that allocates with another mask than GFP_NOWAIT.

The device_prep_* functions of a DMA controller are called from whatever
context its clients are in, interrupts among them.  GFP_KERNEL sleeps there;
GFP_ATOMIC eats from the reserves for descriptors of which there may be many.
The documentation asks for GFP_NOWAIT, and for descriptors that are allocated
before.

Bad:
	static struct dma_async_tx_descriptor *example_prep(struct dma_chan *chan)
	{
		void *desc = kzalloc(64, GFP_ATOMIC);	/* <-- GFP_NOWAIT is asked for */

		return desc;
	}

	static int example_probe(struct example *ex)
	{
		ex->dma.device_prep_slave_sg = example_prep;
		return 0;
	}

Bad, it sleeps:
	static struct dma_async_tx_descriptor *example_prep(struct dma_chan *chan)
	{
		return kzalloc(64, GFP_KERNEL);	/* <-- GFP_NOWAIT is asked for */
	}

	static void example_setup(struct dma_device *dd)
	{
		dd->device_prep_dma_memcpy = example_prep;
	}

Bad patch, after the slave transfers of bcm2835-dma.c:
	--- a/drivers/dma/example.c
	+++ b/drivers/dma/example.c
	@@ -10,4 +10,4 @@ static void *example_prep_dma_memcpy(struct dma_chan *chan)
	 {
	-	return kzalloc(64, GFP_NOWAIT);
	+	return kzalloc(64, GFP_ATOMIC);	/* <-- GFP_NOWAIT is asked for */
	 }

	@@ -90,3 +90,3 @@ static void example_setup(struct dma_device *dd)
	 {
	 	dd->device_prep_dma_memcpy = example_prep_dma_memcpy;
	 }

Good, as in bcm2835_dma_prep_dma_memcpy():
	static void *example_prep(struct dma_chan *chan)
	{
		return kzalloc(64, GFP_NOWAIT);
	}

	static void example_setup(struct dma_device *dd)
	{
		dd->device_prep_dma_memcpy = example_prep;
	}

Good, another function:
	static int example_alloc_chan(struct dma_chan *chan)
	{
		chan->private = kzalloc(64, GFP_KERNEL);
		return 0;
	}

Known problems:
	What a prep callback calls is not looked at.

See:
	Documentation/driver-api/dmaengine/provider.rst
	drivers/dma/bcm2835-dma.c, bcm2835_dma_prep_dma_memcpy()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "info"
WORDS = tuple(fact("gfp", "classes", "base_masks"))


def check(fn: Function) -> Reports:
    members = fn.stored.intersection(fact("gfp", "nowait_callbacks", "members"))
    for call, mask in fn.allocations if members else ():
        if mask.known and (mask.blocks or mask.has(("__GFP_HIGH",))):
            yield report(
                mask,
                f"{fn.name}() is a {min(members)} callback and allocates with {mask}, where GFP_NOWAIT is asked for",
                key=(call.name, mask.names),
                help="use GFP_NOWAIT, or descriptors that were allocated before",
            )
