# SPDX-License-Identifier: GPL-2.0-or-later
r"""A comment that asks for a lock, where an assertion would check it.

"Called with ex->lock held" is read by people, when they read it.
lockdep_assert_held(&ex->lock) tells people the same, is checked on every test
machine, and costs nothing without lockdep.

Put the assertion at the top of the function.

Bad:
	/* Called with ex->lock held. */
	static void example_link(struct example *ex, struct list_head *item)	/* <-- lockdep_assert_held(&ex->lock) would check */
	{
		list_add(item, &ex->items);
		ex->count++;
	}

Bad patch, a new helper, after __hugetlb_cgroup_uncharge_folio():
	--- a/mm/example.c
	+++ b/mm/example.c
	@@ -10,6 +10,12 @@ static void example_add(struct example *ex)
	 	spin_lock(&example_lock);
	 	list_add(&ex->list, &example_list);
	 	spin_unlock(&example_lock);
	 }

	+/* Should be called with example_lock held. */
	+static void __example_del(struct example *ex)	/* <-- lockdep_assert_held(&example_lock) would check */
	+{
	+	list_del(&ex->list);
	+}
	+
	 static void example_each(void)

Good, asserted:
	/* Called with ex->lock held. */
	static void example_link(struct example *ex, struct list_head *item)
	{
		lockdep_assert_held(&ex->lock);
		list_add(item, &ex->items);
	}

Good, a lock that the function cannot name:
	/* Called with the device's list_lock held. */
	static void example_link(struct list_head *head, struct list_head *item)
	{
		list_add(item, head);
	}

Known problems:
	A wish, not a fault.  Comments are read by a few patterns of words.

See:
	include/linux/lockdep.h, lockdep_assert_held()
	mm/hugetlb_cgroup.c, __hugetlb_cgroup_uncharge_folio()
"""

from gfplint.rule import File, Reports, fact, lock_words, report

SEVERITY = "info"
CONFIDENCE = "low"
WORDS = ("held", "hold", "holds")


def check(file: File) -> Reports:
    said = [name for key in ("held", "anyhow", "not_held") for name in fact("locks", "asserts", key)]
    for fn in file.functions:
        quiet = fn.complete and fn.assertable and not fn.mentions(*said, *lock_words("general"))
        for lock in fn.assertable[:1] if quiet else ():
            yield report(
                fn,
                f"lockdep_assert_held({lock}) would check what the comment on {fn.name}() asks for",
                key=(fn.name, lock),
                help=f"lockdep_assert_held({lock}); at its top",
            )
