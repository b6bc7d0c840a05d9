# SPDX-License-Identifier: GPL-2.0-or-later
r"""Memory that a function allocated for its caller, freed by the wrong function.

Some functions allocate and leave the memory where an argument points.  The
array of iov_iter_get_pages_alloc2() comes from kvmalloc(): a short one is slab
memory, and kfree() works in every test; a long one comes from vmalloc(), and
kfree() of it corrupts memory.  The buffer of kernel_read_file() is vmalloc()'s.

Free it with the function of its kind.

Bad:
	static int example_get(struct iov_iter *iter, struct page ***ppages, size_t len)
	{
		struct page **pages = NULL;
		size_t start;

		if (iov_iter_get_pages_alloc2(iter, &pages, len, &start) < 0)
			return -EFAULT;
		*ppages = pages;
		return 0;
	}

	static void example_put(struct page **pages, int n)
	{
		while (n--)
			put_page(pages[n]);
		kfree(pages);	/* <-- iov_iter_get_pages_alloc2() fills pages, by kvmalloc() */
	}

Bad, a field:
	static int example_load(struct example *ex)
	{
		return kernel_read_file_from_path(ex->path, 0, &ex->table, INT_MAX, NULL, READING_UNKNOWN);
	}

	static void example_unload(struct example *ex)
	{
		kfree(ex->table);	/* <-- kernel_read_file_from_path() fills ex->table, by vmalloc() */
	}

Bad patch, after the pages of a vmbus driver's ioctl:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,5 +10,5 @@ static int example_pin(struct iov_iter *iter, size_t len)
	 	ret = iov_iter_get_pages_alloc2(iter, &pages, len, &start);
	 	if (ret < 0)
	 		return ret;
	 	ret = example_send(pages, ret);
	-	kvfree(pages);
	+	kfree(pages);	/* <-- by kvmalloc() */

Good, as in p9_virtio_zc_request():
	n = iov_iter_get_pages_alloc2(data, &pages, count, &offs);
	kvfree(pages);

Good, the file fills it in other ways, too:
	n = iov_iter_get_pages_alloc2(data, &pages, count, &offs);
	pages = kcalloc(count, sizeof(*pages), GFP_KERNEL);
	kfree(pages);

Known problems:
	Variables of one name in one file are taken for the same thing.

See:
	lib/iov_iter.c, want_pages_array()
	fs/kernel_read_file.c, kernel_read_file()
	net/9p/trans_virtio.c, p9_virtio_zc_request()
"""

from gfplint.rule import Function, Reports, fact, numbers, report

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = tuple(fact("allocators", "frees"))
BACK = {kind: fact("allocators", "fills", "back", kind) for kind in fact("allocators", "fills", "back")}
KINDS = {name: kind for kind in BACK for name in numbers("allocators", "fills", kind)}


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS) if fn.file.mentions(*KINDS) else ():
        name = str(call.args[0]).replace("->", ".").rpartition(".")[2] if call.args else ""
        filler = fn.file.filled_by(name, KINDS) if name.isidentifier() else ""
        if filler and call.name not in BACK[KINDS[filler]]:
            yield report(
                call,
                f"{filler}() fills {call.args[0]}, by {KINDS[filler]}(), which {call.name}() cannot free",
                key=(filler, name),
                help=f"use {BACK[KINDS[filler]][0]}()",
            )
