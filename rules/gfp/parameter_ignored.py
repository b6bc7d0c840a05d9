# SPDX-License-Identifier: GPL-2.0-or-later
r"""A gfp parameter that an allocation of the function does not follow.

A function that takes a gfp_t promises to allocate as its caller needs it.  If
it hard-codes GFP_KERNEL all the same, a caller in atomic context that says
GFP_ATOMIC sleeps, and one in a filesystem that says GFP_NOFS recurses; if it
hard-codes GFP_ATOMIC, a caller that may sleep eats from the reserves and fails
without need.

Hand the parameter on, or drop it where the context is always the same.

Bad:
	static void *example_new(struct example *ex, gfp_t gfp)
	{
		return kzalloc(ex->size, GFP_KERNEL);	/* <-- example_new() is told gfp, and kzalloc() gets GFP_KERNEL */
	}

Bad, one of two follows it:
	static int example_init(struct example *ex, gfp_t gfp)
	{
		ex->a = kmalloc(ex->size, gfp);
		ex->b = kmalloc(ex->size, GFP_KERNEL);	/* <-- is told gfp */
		return ex->a && ex->b ? 0 : -ENOMEM;
	}

Bad patch, after the mappings of an iommu:
	--- a/drivers/iommu/example.c
	+++ b/drivers/iommu/example.c
	@@ -10,9 +10,9 @@
	 static int example_add(struct example *ex, gfp_t gfp)
	 {
	 	struct mapping *map;

	-	map = kzalloc(sizeof(*map), gfp);
	+	map = kzalloc(sizeof(*map), GFP_KERNEL);	/* <-- is told gfp */
	 	if (!map)
	 		return -ENOMEM;
	 	return example_insert(ex, map);
	 }

Good:
	static void *example_new(struct example *ex, gfp_t gfp)
	{
		return kzalloc(ex->size, gfp | __GFP_NOWARN);
	}

Good, asked first, as dm-crypt's crypt_alloc_buffer() does:
	static void *example_new(struct example *ex, gfp_t gfp)
	{
		if (gfpflags_allow_blocking(gfp))
			return kzalloc(ex->size, GFP_KERNEL);
		return kzalloc(ex->size, gfp);
	}

Good, a helper that is called with a lock held, as mvs_queue_command() does:
	static int example_prep(struct example *ex)
	{
		ex->slot = dma_pool_zalloc(ex->pool, GFP_ATOMIC, &ex->dma);
		return ex->slot ? 0 : -ENOMEM;
	}

	static int example_queue(struct example *ex, gfp_t gfp_flags)
	{
		unsigned long flags;
		int ret;

		spin_lock_irqsave(&ex->lock, flags);
		ret = example_prep(ex);
		spin_unlock_irqrestore(&ex->lock, flags);
		return ret;
	}

Good, less than the caller allows:
	static void *example_new(struct example *ex, gfp_t gfp)
	{
		ex->spare = kzalloc(ex->size, GFP_NOWAIT);
		return kzalloc(ex->size, gfp);
	}

Known problems:
	A member of an ops table has to take what its signature has; there the
	finding is for information.

See:
	include/linux/gfp_types.h
	drivers/iommu/iommu.c, the gfp of map_pages(), and Documentation/core-api/memory-allocation.rst
	drivers/md/dm-crypt.c, crypt_alloc_buffer()
	drivers/scsi/mvsas/mv_sas.c, mvs_queue_command()
"""

from gfplint.rule import Function, Reports, note, report

SEVERITY = "warning"
CONFIDENCE = "medium"
NEEDS = "function"
WORDS = ("gfp_t",)


def check(fn: Function) -> Reports:
    names = [name for name in fn.gfp_params if fn.only_handed(name)]
    if not names or fn.name.endswith("_noprof"):
        return
    used = fn.mentions(names[0])
    for callee in (fn,) if used else (fn, *(helper for helper in fn.helpers if not helper.gfp_params)):
        for call, mask in callee.allocations:
            hard = mask.known and callee.flags_alone(call.args[call.gfp_index or 0]) and not mask.only_modifiers
            around = [call] if callee is fn else [call, *fn.calls_to(callee.name)]
            eased = not used and all(one.context.kind != "atomic" for one in around)  # less than it may
            if hard and (mask.blocks or (eased and fn.reached_atomic(frozenset()) is None)):
                yield report(
                    mask,
                    f"{fn.name}() is told {names[0]}, and {call.name}() gets {mask}",
                    key=(call.name, mask.names),
                    help=f"hand {names[0]} on",
                    related=() if callee is fn else [note(fn, "takes the mask, and does not use it")],
                    severity="info" if fn.callback else None,
                )
                if not used:
                    return
