# SPDX-License-Identifier: GPL-2.0-or-later
r"""An allocation with 0 as its mask.

A mask of 0 is not "no special wishes".  It says: do not reclaim, do not wake
kswapd, take what lies on the free lists, and fail otherwise.  Written as a
number it tells nothing of that to the reader, and where the function may
sleep it fails without need.

Write GFP_KERNEL where it may sleep, GFP_NOWAIT where it may not.

Bad:
	buf = kzalloc(len, 0);	/* <-- 0 as the mask of kzalloc() */

Bad, pages:
	page = alloc_pages_node(nid, 0, order);	/* <-- 0 as the mask of alloc_pages_node() */

Bad patch, after the receive buffers of the FPGA connection in mlx5:
	--- a/drivers/net/ethernet/example/conn.c
	+++ b/drivers/net/ethernet/example/conn.c
	@@ -10,5 +10,5 @@ static int example_post(struct example *ex)
	 {
	 	struct example_buf *buf;

	-	buf = kzalloc(sizeof(*buf) + ex->size, GFP_KERNEL);
	+	buf = kzalloc(sizeof(*buf) + ex->size, 0);	/* <-- 0 as the mask of kzalloc() */
	 	if (!buf)

Good, as other buffers of mlx5's conn.c are made:
	buf = kzalloc(sizeof(*buf) + size, GFP_KERNEL);

Good, nothing is allocated with it:
	old = xa_cmpxchg(&xa, index, old, NULL, 0);

Good, 0 is the order:
	page = alloc_pages(GFP_KERNEL, 0);

Known problems:
	A mask variable that starts as 0 and is filled later is not looked at.

See:
	include/linux/gfp_types.h, "Useful GFP flag combinations"
	drivers/net/ethernet/mellanox/mlx5/core/fpga/conn.c, mlx5_fpga_conn_post_recv_buf()
"""

from gfplint.rule import Function, Reports, allocator_words, edit, fact, fix, report

SEVERITY = "warning"
WORDS = allocator_words(*fact("allocators", "needs_reclaim_or_kswapd", "classes"))


def check(fn: Function) -> Reports:
    if fn.file.matches(("mm/*", "lib/*", "tools/*")):
        return
    for call in fn.calls:
        said = call.args[call.gfp_index] if call.gfp_index is not None else None
        if said is not None and said.number == 0 and call.name in WORDS:
            sleeps = call.called.kind == "sleepable"
            yield report(
                said,
                f"0 as the mask of {call.name}(): it neither reclaims nor wakes kswapd",
                key=(call.name,),
                help="write GFP_KERNEL where it may sleep, GFP_NOWAIT where it may not",
                fix=fix("write GFP_KERNEL", edit(said, "GFP_KERNEL"), sure=True) if sleeps else None,
            )
