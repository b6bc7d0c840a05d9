# SPDX-License-Identifier: GPL-2.0-or-later
r"""The only pointer to a buffer overwritten by the result of krealloc().

When krealloc() fails it returns NULL and leaves the old buffer as it was.  In
p = krealloc(p, ...) that NULL takes the place of the pointer, and nobody can
free the buffer any more, or go on with it.

Put the result into another variable and take it over when it is there.

Bad:
	p = krealloc(p, len, GFP_KERNEL);	/* <-- p is lost when krealloc() fails */
	if (!p)
		return -ENOMEM;

Bad, a field:
	ex->buf = krealloc_array(ex->buf, n, sizeof(*ex->buf), GFP_KERNEL);	/* <-- ex->buf is lost */

Bad patch, after the memory timings of tegra:
	--- a/drivers/example/example.c
	+++ b/drivers/example/example.c
	@@ -10,5 +10,4 @@ static int example_grow(struct example *ex, size_t len)
	 {
	-	void *bigger;
	-
	-	bigger = kvrealloc(ex->ring, len, GFP_KERNEL);
	+	/* make room */
	+	ex->ring = kvrealloc(ex->ring, len, GFP_KERNEL);	/* <-- ex->ring is lost */
	 	if (!ex->ring)

Good, taken over when it is there, as in bpf's push_insn_history():
	bigger = krealloc(p, len, GFP_KERNEL);
	if (!bigger)
		return -ENOMEM;
	p = bigger;

Good, a copy, the pointer itself stays where it was, as in bpf_jit_add_poke_descriptor():
	tab = prog->aux->poke_tab;

	tab = krealloc_array(tab, n, sizeof(*tab), GFP_KERNEL);
	if (!tab)
		return -ENOMEM;
	prog->aux->poke_tab = tab;

Good, cannot fail:
	p = krealloc(p, len, GFP_KERNEL | __GFP_NOFAIL);

Known problems:
	devm_krealloc() is left out: the device frees the old buffer in the end.
	Where another pointer to the buffer is kept, nothing is lost.

See:
	mm/slab_common.c, krealloc()
	kernel/bpf/verifier.c, push_jmp_history(), push_insn_history()
	scripts/checkpatch.pl, KREALLOC_ARG_REUSE, which knows krealloc() alone
"""

from gfplint.rule import Function, Reports, numbers, report

SEVERITY = "warning"
CONFIDENCE = "medium"
WORDS = tuple(numbers("allocators", "realloc"))


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*WORDS):
        index, size = numbers("allocators", "realloc")[call.name], call.arg("size")
        old = str(call.args[index]) if index < len(call.args) else ""
        if not old or call.result != old or any(mask.has(("__GFP_NOFAIL",)) for mask in call.masks):
            continue
        if fn.copied(old) or (size is not None and size.number == 0):
            continue
        yield report(
            call,
            f"{old} is lost when {call.name}() fails: NULL takes the place of the only pointer to the buffer",
            key=(call.name, old),
            help="put the result into another variable, and take it over when it is not NULL",
        )
