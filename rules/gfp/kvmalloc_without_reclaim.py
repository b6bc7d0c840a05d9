# SPDX-License-Identifier: GPL-2.0-or-later
r"""kvmalloc() with a mask that forbids its fallback.

kvmalloc() tries kmalloc() and then vmalloc(), and vmalloc() sleeps.  With
GFP_NOWAIT or GFP_ATOMIC there is no second try: the call is kmalloc() under
another name, and a size that needed kvmalloc() fails as soon as memory is
fragmented.  Most such lines follow from the belief that kvmalloc() copes.

Allocate earlier, where GFP_KERNEL is allowed; or write kmalloc() and handle
the failure.

Bad:
	p = kvmalloc(len, GFP_ATOMIC);	/* <-- has no vmalloc() to fall back on */

Bad, an array:
	v = kvcalloc(n, sizeof(*v), GFP_NOWAIT | __GFP_NOWARN);	/* <-- has no vmalloc() to fall back on */

Bad patch, after the bind operations of xe_vm.c:
	--- a/drivers/gpu/drm/example/vm.c
	+++ b/drivers/gpu/drm/example/vm.c
	@@ -10,5 +10,5 @@ static int example_snapshot(struct example *ex)
	 {
	 	struct example_snap *snap;

	-	snap = kvzalloc(struct_size(snap, item, ex->n), GFP_KERNEL);
	+	snap = kvzalloc(struct_size(snap, item, ex->n), GFP_NOWAIT);	/* <-- has no vmalloc() to fall back on */
	 	if (!snap)

Good, may sleep:
	p = kvmalloc(len, GFP_NOFS);

Good, says what it is:
	p = kmalloc(len, GFP_ATOMIC);

Known problems:
	Kernels from about 6.19 on have a vmalloc() that need not sleep; where the
	kernel is not known the finding is for information.

See:
	mm/util.c, __kvmalloc_node_noprof(), "non-sleeping allocations are not supported by vmalloc"
	drivers/gpu/drm/xe/xe_vm.c, xe_vm_snapshot_capture()
"""

from gfplint.rule import Function, Reports, report

SEVERITY = "warning"
WORDS = ("kv*",)


def check(fn: Function) -> Reports:
    for call in fn.calls:
        for mask in call.masks if call.in_class(("kvmalloc",)) else ():
            if mask.cannot_block and not mask.only_modifiers:
                yield report(
                    mask,
                    f"{call.name}() with {mask} has no vmalloc() to fall back on: it is kmalloc()",
                    key=(call.name,),
                    help="allocate where GFP_KERNEL is allowed, or write the kmalloc() that it is",
                    severity=None if fn.file.kernel else "info",
                )
