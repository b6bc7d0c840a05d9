# SPDX-License-Identifier: GPL-2.0-or-later
r"""A test for failure that never sees the failure.

kmalloc() and its like return NULL, memdup_user() and its like an error in the
pointer.  IS_ERR() of NULL is false, and an error pointer is not NULL: the
branch that was written for the failure is never taken, and the code goes on with a
pointer that leads nowhere.

Bad:
	p = kmalloc(len, GFP_KERNEL);
	if (IS_ERR(p))	/* <-- kmalloc() returns NULL when it fails */
		return PTR_ERR(p);

Bad, the other way round:
	buf = memdup_user(ubuf, len);
	if (!buf)	/* <-- memdup_user() returns an error pointer when it fails */
		return -ENOMEM;

Bad patch, after many a conversion to memdup_user():
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,7 +10,3 @@ static int example_write(struct example *ex)
	-	buf = kmalloc(len, GFP_KERNEL);
	+	buf = memdup_user(ubuf, len);
	 	if (!buf)	/* <-- memdup_user() returns an error pointer when it fails */
	 		return -ENOMEM;
	-	if (copy_from_user(buf, ubuf, len)) {
	-		kfree(buf);
	-		return -EFAULT;
	-	}

Good, as in pmem_attach_disk():
	addr = devm_memremap(dev, start, size, MEMREMAP_WB);
	if (IS_ERR(addr))
		return PTR_ERR(addr);

Good, both are asked:
	buf = memdup_user(ubuf, len);
	if (!buf || IS_ERR(buf))
		return -EINVAL;
	p = kmalloc(len, GFP_KERNEL);
	if (IS_ERR_OR_NULL(p))
		return -ENOMEM;

Good, asked before it is set anew, as in kstrdup_quotable_file():
	name = file_path(file, buf, PATH_MAX + 11);
	if (IS_ERR(name))
		name = kstrdup("<too_long>", gfp);
	else
		name = kstrdup_quotable(name, gfp);

Known problems:
	Only tests in the same block, right behind the call, are looked at.  bio_split()
	is not judged: it returns NULL in some kernels and an error pointer in others.

See:
	include/linux/err.h
	drivers/nvdimm/pmem.c, pmem_attach_disk()
	mm/util.c, memdup_user()
	lib/string_helpers.c, kstrdup_quotable_file()
"""

from gfplint.rule import Function, Reports, allocator_words, fact, note, report

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = (*allocator_words(fail="errptr"), *fact("allocators", "failure", "errptr"), "IS_ERR*", "PTR_ERR*")
MISSED = {"null": "error", "errptr": "null"}  # the way of failing, and the question that does not see it


def check(fn: Function) -> Reports:
    for call in fn.calls:
        wrong = next((asked for asked in call.checks if asked.asks == MISSED.get(call.fails)), None)
        if wrong is None or call.ever_asked("either", "null" if wrong.asks == "error" else "error"):
            continue
        what = "NULL" if wrong.asks == "error" else "an error pointer"
        yield report(
            fn.at(wrong.node),
            f"{call.name}() returns {what} when it fails, which this test does not see",
            key=(call.name, call.result),
            help=f"if ({'!' + call.result if wrong.asks == 'error' else f'IS_ERR({call.result})'})",
            related=[note(call, "allocated here")],
        )
