# SPDX-License-Identifier: GPL-2.0-or-later
r"""The raw bit of a flag, or a number, as a gfp mask.

___GFP_ZERO with three underscores is a plain integer, there for the
definition of __GFP_ZERO and for the tables of the tracing code.  In a mask it
goes around the type that lets sparse tell a mask from a size, and its value
depends on the configuration.  A number does the same and says nothing.

Write the flag with two underscores.

Bad, three underscores:
	p = kmalloc(len, GFP_KERNEL | ___GFP_ZERO);	/* <-- ___GFP_ZERO is a raw bit */

Bad, a test, in drivers/block/example.c:
	if (gfp & ___GFP_IO)	/* <-- ___GFP_IO is a raw bit */
		return true;

Bad patch, after l2cap_core.c with a number for a mask:
	--- a/net/example/core.c
	+++ b/net/example/core.c
	@@ -10,5 +10,5 @@ static int example_flush(struct example *ex)
	 {
	 	struct sk_buff *skb;

	-	skb = alloc_skb(ex->len, GFP_KERNEL);
	+	skb = alloc_skb(ex->len, 1);	/* <-- the number 1 */
	 	if (!skb)

Good:
	p = kmalloc(len, GFP_KERNEL | __GFP_ZERO);

Good, the allocator's own house, in mm/example.c:
	if (flags & ___GFP_ZERO)
		return true;

Known problems:
	The number 0 as a mask is not reported: it is legal where nothing is
	allocated.

See:
	include/linux/gfp_types.h, "Plain integer GFP bitmasks. Do not use this directly."
	net/bluetooth/l2cap_core.c, l2cap_streaming_send() and its callers
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
WORDS = ("___GFP_*", *fact("gfp_args", "6.12"))


def check(fn: Function) -> Reports:
    if fn.file.matches(("mm/*", "include/*", "tools/*", "lib/*")):
        return
    for written in fn.written:
        for name in written.names:
            if name.startswith("___"):
                yield report(
                    written, f"{name} is a raw bit, for the definition of flags alone", key=(name,), help=f"write {name[1:]}"
                )
    for call in fn.calls:
        value = call.args[call.gfp_index].number if call.gfp_index is not None else None
        if value:
            yield report(
                call.args[call.gfp_index or 0],
                f"the number {value} as the gfp mask of {call.name}()",
                key=(call.name, value),
                help="write the flags that are meant",
            )
