# SPDX-License-Identifier: GPL-2.0-or-later
r"""Zeroed memory asked for of a cache that has a constructor.

An object of such a cache is what its constructor and its last owner made of it.
Zeroing undoes the constructor: the slab allocator warns (WARN_ON_ONCE of ctor and
__GFP_ZERO) and the lists, locks and trees in the object are zeroes.

Use kmem_cache_alloc() and set what has to be set, or give the constructor up.

Bad, in fs/example/inode.c:
	static int example_init(void)
	{
		example_cachep = kmem_cache_create("example", sizeof(struct example), 0, SLAB_ACCOUNT, example_once);
		return example_cachep ? 0 : -ENOMEM;
	}

	static struct example *example_get(void)
	{
		return kmem_cache_zalloc(example_cachep, GFP_NOFS);	/* <-- has a constructor */
	}

Bad patch, in fs/example/new.c:
	--- /dev/null
	+++ b/fs/example/new.c
	@@ -0,0 +1,10 @@
	+static int new_init(void)
	+{
	+	new_cachep = kmem_cache_create("new", sizeof(struct new), 0, 0, new_once);
	+	return new_cachep ? 0 : -ENOMEM;
	+}
	+
	+static struct new *new_get(void)
	+{
	+	return kmem_cache_alloc(new_cachep, GFP_KERNEL | __GFP_ZERO);	/* <-- has a constructor */
	+}

Good, no constructor, in fs/example/inode.c:
	static int example_init(void)
	{
		example_cachep = kmem_cache_create("example", sizeof(struct example), 0, SLAB_ACCOUNT, NULL);
		return example_cachep ? 0 : -ENOMEM;
	}

	static struct example *example_get(void)
	{
		return kmem_cache_zalloc(example_cachep, GFP_NOFS);
	}

Good, as ext4_alloc_inode():
	ei = alloc_inode_sb(sb, ext4_inode_cachep, GFP_NOFS);

Known problems:
	A cache that another file makes is not known.

See:
	mm/slub.c, slab_post_alloc_hook() and maybe_wipe_obj_freeptr()
	fs/ext4/super.c, ext4_alloc_inode()
"""

from gfplint.rule import Function, Reports, allocator_words, report

SEVERITY = "error"
NEEDS = "file"
WORDS = allocator_words("slabcache")


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        cache = str(call.args[0]) if call.args else ""
        zeroes = call.zeroes or (call.masks and all(mask.has(["__GFP_ZERO"]) for mask in call.masks))
        if zeroes and cache.isidentifier() and fn.file.constructed(cache):
            yield report(
                call,
                f"{cache} has a constructor, which zeroing undoes",
                key=(cache,),
                help="use kmem_cache_alloc() and set what has to be set",
            )
