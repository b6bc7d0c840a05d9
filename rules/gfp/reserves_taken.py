# SPDX-License-Identifier: GPL-2.0-or-later
r"""All of the memory reserves opened to code outside of memory management.

__GFP_MEMALLOC and memalloc_noreclaim_save() let a request take the last page
of a zone.  They are for code that frees more memory than it takes, while it
does so: reclaim itself, the exit of a killed task, swap over the network.
Others starve those, and the system hangs with no page left.

Use a mempool of one's own, or GFP_ATOMIC, which may take a part of the
reserves.

Bad, a flag, in drivers/net/example.c:
	p = kmalloc(len, GFP_NOIO | __GFP_MEMALLOC);	/* <-- __GFP_MEMALLOC opens all of the reserves */

Bad, a scope, in drivers/md/example.c:
	unsigned int flags = memalloc_noreclaim_save();	/* <-- memalloc_noreclaim_save() opens all of the reserves */

	example_write(ex);
	memalloc_noreclaim_restore(flags);

Bad patch:
	--- a/drivers/net/example.c
	+++ b/drivers/net/example.c
	@@ -10,5 +10,5 @@ static int example_refill(struct example *ex)
	 {
	 	void *p;

	-	p = kmalloc(ex->size, GFP_ATOMIC);
	+	p = kmalloc(ex->size, GFP_ATOMIC | __GFP_MEMALLOC);	/* <-- opens all of the reserves */
	 	if (!p)

Good, a part of the reserves:
	p = kmalloc(len, GFP_ATOMIC);

Good, the flag is taken away, as mempool_alloc() does, in drivers/md/example.c:
	p = kmalloc(len, gfp & ~__GFP_MEMALLOC);

Good, swap over the network, in net/core/example.c:
	p = kmalloc(len, GFP_ATOMIC | __GFP_MEMALLOC);

Known problems:
	Block and network drivers that swap may go through need the reserves, and
	are known by their place only: fact table gfp, reserve_users.

See:
	include/linux/gfp_types.h, "Watermark modifiers"
	include/linux/sched/mm.h, memalloc_noreclaim_save()
	mm/mempool.c, mempool_alloc_noprof()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
WORDS = ("__GFP_MEMALLOC", "memalloc_noreclaim_save")


def check(fn: Function) -> Reports:
    if fn.file.matches(fact("gfp", "reserve_users", "files")):
        return
    found = [(mask, flag) for mask in fn.written for flag in mask.terms if flag in WORDS and not mask.tested]
    found += [(call, f"{call.name}()") for call in fn.calls_to(*WORDS)]
    for place, what in found:
        yield report(
            place,
            f"{what} opens all of the reserves: they are for code that frees memory by what it does",
            key=(what,),
            help="use a mempool, or GFP_ATOMIC, which may take a part of the reserves",
        )
