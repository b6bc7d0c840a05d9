# SPDX-License-Identifier: GPL-2.0-or-later
r"""Pages of a bulk allocation taken for complete as soon as there is one.

alloc_pages_bulk() and its like hand out what they get without effort, and
say how many pages of the array have one now.  That may be any number: a
caller that only asks whether it is nothing goes on with NULL pages behind
the last one.

Compare the result with what was asked for; call again for the rest, or free what came.

Bad:
	n = alloc_pages_bulk_array(GFP_KERNEL, nr, pages);
	if (!n)	/* <-- alloc_pages_bulk_array() may hand out fewer pages than asked for */
		return -ENOMEM;
	return example_map(pages, nr);

Bad, an error that it never returns:
	ret = alloc_pages_bulk(GFP_KERNEL, nr, pages);
	if (ret < 0)	/* <-- may hand out fewer pages */
		return ret;

Bad patch, in drivers/media/new.c:
	--- /dev/null
	+++ b/drivers/media/new.c
	@@ -0,0 +1,8 @@
	+static int new_alloc(struct new *bo)
	+{
	+	unsigned long n = alloc_pages_bulk_array(GFP_KERNEL, bo->nr, bo->pages);
	+
	+	if (n == 0)	/* <-- may hand out fewer pages */
	+		return -ENOMEM;
	+	return 0;
	+}

Good, as alloc_private_pages() of atomisp does:
	ret = alloc_pages_bulk_array(gfp, bo->pgnr, bo->pages);
	if (ret != bo->pgnr) {
		example_free(ret, bo->pages);
		return -ENOMEM;
	}

Good, called again, as in kasan's shadow.c:
	while (nr) {
		n = alloc_pages_bulk_array(gfp, nr, pages);
		if (!n)
			return -ENOMEM;
		pages += n;
		nr -= n;
	}

Known problems:
	A caller that asks for one page is reported too.

See:
	mm/page_alloc.c, alloc_pages_bulk_noprof()
	drivers/staging/media/atomisp/pci/hmm/hmm_bo.c, alloc_private_pages()
	mm/kasan/shadow.c, ___alloc_pages_bulk()
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
CONFIDENCE = "medium"
NEEDS = "function"
WORDS = tuple(fact("allocators", "bulk", "names"))


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        asked = call.only_nothing
        if asked is not None:
            yield report(
                fn.at(asked),
                f"{call.name}() may hand out fewer pages than asked for, and only none is taken for a failure",
                key=(call.name, call.result),
                help="compare the result with the number asked for, and free or complete what came",
            )
