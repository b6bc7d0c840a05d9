# SPDX-License-Identifier: GPL-2.0-or-later
r"""An allocation that may wait for the very code that makes it.

Reclaim writes dirty pages through the filesystem and the block layer. Code on
that way which allocates with GFP_KERNEL may start reclaim again, and wait for a
page, a request or a lock that is only free when it is done itself.

Write GFP_NOIO where requests are handled, GFP_NOFS where a filesystem writes
pages back, or open a scope with memalloc_noio_save() or memalloc_nofs_save(); a
mempool makes sure that there is progress.

Bad, a request:
	static blk_status_t example_queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
	{
		struct example_cmd *cmd = kmalloc(64, GFP_KERNEL);	/* <-- is .queue_rq of blk_mq_ops */

		return example_send(cmd, bd->rq);
	}

	static const struct blk_mq_ops example_mq_ops = {
		.queue_rq = example_queue_rq,
	};

Bad, pages that are written back:
	static int example_writepages(struct address_space *mapping, struct writeback_control *wbc)
	{
		void *ctx = kzalloc(128, GFP_KERNEL);	/* <-- is .writepages of address_space_operations */

		return example_write(mapping, wbc, ctx);
	}

	static const struct address_space_operations example_aops = {
		.writepages = example_writepages,
	};

Bad patch, after the bios of pmem_submit_bio():
	--- a/drivers/block/example.c
	+++ b/drivers/block/example.c
	@@ -10,11 +10,11 @@
	 static void example_submit_bio(struct bio *bio)
	 {
	 	struct example_work *work;

	-	work = kmalloc(64, GFP_NOIO);
	+	work = kmalloc(64, GFP_KERNEL);	/* <-- is .submit_bio of block_device_operations */
	 	example_start(work, bio);
	 }

	 static const struct block_device_operations example_fops = {
	 	.submit_bio = example_submit_bio,
	 };

Good, as in the map functions of device-mapper:
	static int example_map(struct dm_target *ti, struct bio *bio)
	{
		void *p = mempool_alloc(example_pool, GFP_NOIO);

		return example_remap(ti, bio, p);
	}

	static struct target_type example_target = {
		.map = example_map,
	};

Good, in a scope:
	static int example_writepages(struct address_space *mapping, struct writeback_control *wbc)
	{
		unsigned int flags = memalloc_nofs_save();
		void *ctx = kzalloc(128, GFP_KERNEL);

		memalloc_nofs_restore(flags);
		return example_write(mapping, wbc, ctx);
	}

	static const struct address_space_operations example_aops = {
		.writepages = example_writepages,
	};

Known problems:
	Functions that these call are not looked at.

See:
	Documentation/core-api/gfp_mask-from-fs-io.rst
	drivers/nvdimm/pmem.c, pmem_submit_bio()
	include/linux/gfp_types.h, "Reclaim modifiers"
"""

from gfplint.rule import Function, Reports, report, twins

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = ("GFP_KERNEL*", "GFP_NOFS*", "GFP_USER*")


def check(fn: Function) -> Reports:
    flag = twins("sleep", "reclaim_context", "ops").get(fn.operation, "")
    kind, _, member = fn.operation.partition(".")
    for call, mask in fn.allocations if flag else ():
        if mask.has((flag,)) and mask.blocks and not any(lock.family == "scope" for lock in call.holds):
            base = "GFP_NOIO" if flag == "__GFP_IO" else "GFP_NOFS"
            yield report(
                mask,
                f"{call.name}() with {mask} may wait for {fn.name}(), which is .{member} of {kind}",
                key=(call.name, mask.names),
                help=f"use {base}",
            )
