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

Good:
	buf = memdup_user(ubuf, len);
	if (IS_ERR(buf))
		return PTR_ERR(buf);

Good, both:
	p = kmalloc(len, GFP_KERNEL);
	if (IS_ERR_OR_NULL(p))
		return -ENOMEM;

Known problems:
	Only the test right behind the call is looked at.

See:
	mm/util.c, memdup_user()
	include/linux/err.h
"""

from gfplint.rule import Function, Reports, allocator_words, fact, note, report

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = (*allocator_words(fail="errptr"), "IS_ERR")


def check(fn: Function) -> Reports:
    for call in fn.calls:
        test, row = call.asked, call.allocator
        wrong = {"null": "error", "errptr": "null"}.get(row.fail) if row is not None else None
        # How the functions of one subsystem fail changes between kernels: bio_split() of 6.12.117 returns NULL to
        # callers that were taught to expect an error pointer.  What hands out plain memory has returned NULL for ever.
        plain = wrong == "null" or call.in_class(fact("allocators", "keeps_content", "classes"))
        if wrong is None or test is None or call.asked_for != wrong or not plain:
            continue
        what = "NULL" if wrong == "error" else "an error pointer"
        yield report(
            fn.at(test),
            f"{call.name}() returns {what} when it fails, which this test does not see",
            key=(call.name, call.result),
            help=f"if ({'!' + call.result if wrong == 'error' else f'IS_ERR({call.result})'})",
            related=[note(call, "allocated here")],
        )
