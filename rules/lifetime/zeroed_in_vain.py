# SPDX-License-Identifier: GPL-2.0-or-later
r"""Memory that is zeroed, and then written over as a whole.

kzalloc() clears what the next line fills to the last byte.  For large
buffers that costs, and the reader looks for the part that is left zero.

Ask for memory as it is, or for a copy at once: kmemdup(), memdup_user().

Bad:
	p = kzalloc(len, GFP_KERNEL);	/* <-- memcpy() writes over all that kzalloc() has zeroed */
	if (!p)
		return -ENOMEM;
	memcpy(p, from, len);

Bad, from the user:
	p = kvzalloc(len, GFP_KERNEL);	/* <-- copy_from_user() writes over all */
	if (!p)
		return -ENOMEM;
	if (copy_from_user(p, from, len))
		goto out;

Bad patch, after hvutil_transport_send() and its message:
	--- a/drivers/md/example.c
	+++ b/drivers/md/example.c
	@@ -10,6 +10,6 @@ static int example_key(struct example *ex, const u8 *key, size_t len)
	 {
	-	ex->key = kmalloc(len, GFP_KERNEL);
	+	ex->key = kzalloc(len, GFP_KERNEL);	/* <-- memcpy() writes over all */
	 	if (!ex->key)
	 		return -ENOMEM;
	 	memcpy(ex->key, key, len);
	 	return 0;

Good, one more byte ends a string:
	p = kzalloc(len + 1, GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	memcpy(p, from, len);

Good, a copy at once:
	p = kmemdup(from, len, GFP_KERNEL);
	if (!p)
		return -ENOMEM;

Known problems:
	Where the copy may fail half-way, somebody may count on zeroes;
	copy_from_user() clears the rest by itself.

See:
	mm/util.c, kmemdup_noprof(), memdup_user()
	include/linux/uaccess.h, _copy_from_user()
	drivers/hv/hv_utils_transport.c, hvutil_transport_send()
	scripts/coccinelle/api/memdup.cocci, memdup_user.cocci
"""

from gfplint.rule import Function, Reports, note, report, twins

SEVERITY = "info"
WORDS = tuple(twins("allocators", "copies", "once"))


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        copy = call.overwritten_by
        if copy is not None:
            twin = twins("allocators", "copies", "user" if "user" in copy.name else "once").get(call.name)
            yield report(
                call,
                f"{copy.name}() writes over all that {call.name}() has zeroed",
                key=(call.name, call.result, copy.name),
                help=f"use {twin}()" if twin else "ask for memory that is not zeroed",
                related=[note(copy, "written over here")],
            )
