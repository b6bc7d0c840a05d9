# SPDX-License-Identifier: GPL-2.0-or-later
r"""Memory that was zeroed before the patch, and is not any more.

One allocator takes another's place: bitmap_alloc() that of kzalloc(), alloc_pages()
that of get_zeroed_page(), a buffer that of a static array.  The new one hands
out what the last owner left, and the code around still counts on zeroes: bits
that nobody cleared, fields that nobody set, bytes that reach user space.

Use the twin that zeroes (bitmap_zalloc(), kvzalloc(), __GFP_ZERO), or clear the
memory where it was zeroed before.

Bad patch, after pnv_ioda_init_pe() and its bitmap:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -20,6 +20,6 @@ static int example_init(struct example *ex)
	 {
	 	unsigned long *map;

	-	map = kzalloc(BITS_TO_LONGS(ex->total) * sizeof(long), GFP_KERNEL);
	+	map = bitmap_alloc(ex->total, GFP_KERNEL);	/* <-- was zeroed by kzalloc() */
	 	if (!map)
	 		return -ENOMEM;

Bad patch, pages in place of slab:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -40,5 +40,5 @@ static int example_table(struct example *ex)
	 {
	-	ex->table = kcalloc(ex->entries, sizeof(*ex->table), GFP_KERNEL);
	+	ex->table = (void *)__get_free_pages(GFP_KERNEL, ex->order);	/* <-- was zeroed by kcalloc() */
	 	if (!ex->table)
	 		return -ENOMEM;
	 	ex->table[0].valid = true;

Bad patch, a helper sets single bits:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -20,6 +20,6 @@ static int example_init(struct example *ex)
	 {
	-	map = kzalloc(BITS_TO_LONGS(ex->total) * sizeof(long), GFP_KERNEL);
	+	map = bitmap_alloc(ex->total, GFP_KERNEL);	/* <-- was zeroed by kzalloc() */
	 	if (!map)
	 		return -ENOMEM;
	 	example_reserve(ex, map);
	 	ex->map = map;

Good patch, the twin that zeroes:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -20,6 +20,6 @@ static int example_init(struct example *ex)
	 {
	 	unsigned long *map;

	-	map = kzalloc(BITS_TO_LONGS(ex->total) * sizeof(long), GFP_KERNEL);
	+	map = bitmap_zalloc(ex->total, GFP_KERNEL);
	 	if (!map)
	 		return -ENOMEM;

Good patch, it is filled as a whole:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -60,5 +60,5 @@ static int example_read(struct example *ex)
	 {
	-	buf = kzalloc(len, GFP_KERNEL);
	+	buf = kvmalloc(len, GFP_KERNEL);
	 	if (!buf)
	 		return -ENOMEM;
	 	memcpy(buf, ex->data, len);

Known problems:
	kmalloc() in place of kzalloc(), and other twins, are changed on purpose more
	often than not: that is info.  Silent where memory that is no bitmap is handed to
	a function that may fill it.

See:
	include/linux/bitmap.h, bitmap_alloc() and bitmap_zalloc()
	arch/powerpc/platforms/powernv/pci-ioda.c, pnv_pci_init_ioda_phb()
	Documentation/core-api/memory-allocation.rst
"""

from gfplint.rule import Function, Reports, allocator_words, fact, note, report, twins

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = (*allocator_words(*fact("allocators", "keeps_content", "classes"), zero=False), *allocator_words(zero=True))
BITMAPS, WHOLLY = (frozenset(fact("allocators", "bitmaps", key)) for key in ("allocators", "wholly"))
HARMLESS = {*fact("flow", "lifetime", "looks", "names"), *fact("allocators", "frees"), *fact("allocators", "bitmaps", "reads")}


def check(fn: Function) -> Reports:
    for call in fn.calls if fn.was is not None else ():
        old = fn.was.zeroed(call.filled) if call.unzeroed and call.filled and fn.was is not None else None
        if old is None or fn.zeroed(call.filled) is not None or fn.overwrites(call.filled):
            continue
        users = {user.name for user in fn.hands(call.filled)} - HARMLESS - {call.name}
        if users & WHOLLY if call.name in BITMAPS else users:
            continue  # a bitmap is filled bit by bit, whoever does it
        meant = twins("allocators", "zeroing", "twins").get(call.name) == old.name or call.name == old.name
        yield report(
            call,
            f"{call.filled} was zeroed by {old.name}(), and {call.name}() hands it out as it was left",
            key=(call.filled, old.name, call.name),
            help="use the twin that zeroes, or clear it where the code counts on that",
            related=[note(old, "taken out here")],
            severity="info" if meant else None,
        )
