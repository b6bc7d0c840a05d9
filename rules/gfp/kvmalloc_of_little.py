# SPDX-License-Identifier: GPL-2.0-or-later
r"""kvmalloc() of a page or less.

kvmalloc() falls back to vmalloc() where contiguous pages cannot be had.  Up
to a page there is nothing to fall back from: the call is kmalloc(), with
another function behind it and kvfree() at the other end, which has to find
out what it is given.

Write kmalloc().

Bad:
	p = kvmalloc(512, GFP_KERNEL);	/* <-- kvmalloc() of 512 bytes */

Bad, a page:
	p = kvzalloc(PAGE_SIZE, GFP_KERNEL);	/* <-- kvzalloc() of PAGE_SIZE bytes */

Bad patch, after the buffer of vdpa_sim_net.c:
	--- a/drivers/vdpa/example.c
	+++ b/drivers/vdpa/example.c
	@@ -10,5 +10,5 @@ static int example_attr(struct example *ex)
	 {
	 	void *buffer;

	-	buffer = kmalloc(PAGE_SIZE, GFP_KERNEL);
	+	buffer = kvmalloc(PAGE_SIZE, GFP_KERNEL);	/* <-- kvmalloc() of PAGE_SIZE bytes */
	 	if (!buffer)

Good, as large as it comes:
	p = kvmalloc(len, GFP_KERNEL);

Good, more than a page:
	p = kvmalloc(16384, GFP_KERNEL);

Good, an array of unknown length:
	p = kvcalloc(n, 16, GFP_KERNEL);

Known problems:
	The size of a structure is not known, so sizeof() is never reported.

See:
	mm/util.c, __kvmalloc_node_noprof()
	drivers/vdpa/vdpa_sim/vdpa_sim_net.c, vdpasim_net_dev_add()
"""

from gfplint.rule import Call, Function, Reports, edit, fact, fix, report

SEVERITY = "info"
WORDS = ("kvmalloc*", "kvzalloc*", "kvcalloc*")


def check(fn: Function) -> Reports:
    for call in fn.calls:
        size = little(call) if call.in_class(("kvmalloc",)) else ""
        if size:
            plain = call.name.replace("kv", "k", 1)
            yield report(
                call,
                f"{call.name}() of {size} bytes is {plain}(): there is nothing to fall back from",
                key=(call.name, size),
                help=f"write {plain}()",
                fix=fix(f"write {plain}()", edit(call, plain)),
            )


def little(call: Call) -> str:
    """The size of the request where it is a constant of a page or less, as words; "" for any other."""
    size, count = call.arg("size"), call.arg("count")
    if size is None or (count is not None and count.number is None):
        return ""
    times = count.number if count is not None and count.number is not None else 1
    if str(size) in fact("allocators", "one_page", "names"):
        return str(size) if times == 1 else ""
    limit = int(fact("allocators", "one_page", "bytes")[0])
    return str(size.number * times) if size.number is not None and 0 < size.number * times <= limit else ""
