# SPDX-License-Identifier: GPL-2.0-or-later
r"""A mask chosen by asking whether the code runs in atomic context.

in_atomic() and preemptible() do not see a spinlock on a kernel that does not
count preemption, and in_interrupt() never sees one: the test says that sleeping is fine, and the allocation sleeps under the lock.
Only the caller knows; include/linux/preempt.h asks drivers not to use it.

Take a gfp_t from the caller, or use GFP_NOWAIT where failure can be handled.

Bad:
	p = kmalloc(len, in_atomic() ? GFP_ATOMIC : GFP_KERNEL);	/* <-- chosen by in_atomic() */

Bad, one of several tests:
	gfp_t gfp = GFP_KERNEL;

	if (irqs_disabled() || in_interrupt())
		gfp = GFP_ATOMIC;	/* <-- chosen by in_interrupt() */
	p = kmalloc(len, gfp);

Bad patch, after the command queue of t7xx:
	--- a/drivers/net/wwan/example.c
	+++ b/drivers/net/wwan/example.c
	@@ -10,5 +10,5 @@ static int example_command(struct example *ex, gfp_t gfp)
	 {
	 	struct example_cmd *cmd;

	-	cmd = kzalloc(sizeof(*cmd), gfp);
	+	cmd = kzalloc(sizeof(*cmd), in_interrupt() ? GFP_ATOMIC : GFP_KERNEL);	/* <-- chosen by in_interrupt() */
	 	if (!cmd)

Good, the caller says:
	p = kmalloc(len, gfp);

Good, the caller's flag, as ext4 and others have it:
	p = kmalloc(len, nowait ? GFP_NOWAIT : GFP_KERNEL);

Good, something else hangs on the test:
	if (in_interrupt())
		return -EBUSY;
	p = kmalloc(len, GFP_KERNEL);

Known problems:
	irqs_disabled() alone is not reported.
	Glue between an outside interface without a mask and the kernel, such as
	ACPICA's, has no better way, and says so in a comment.

See:
	include/linux/preempt.h, the comment at in_atomic()
	drivers/net/wwan/t7xx/t7xx_state_monitor.c, t7xx_fsm_append_cmd()
	include/acpi/platform/aclinuxex.h, the exception
"""

from gfplint.rule import Function, Reports, fact, report

SEVERITY = "warning"
WORDS = tuple(fact("gfp", "context_tests", "names"))


def check(fn: Function) -> Reports:
    if fn.file.matches(("include/acpi/*", "mm/*", "lib/stackdepot.c")):
        return
    tests, unable = fact("gfp", "context_tests", "names"), fact("gfp", "classes", "nonblocking")
    for mask in fn.written:
        asked = [name for name in mask.calls_of_choice if name in tests]
        if asked and mask.only and not mask.tested and any(name in unable for name in mask.terms):
            yield report(
                mask,
                f"{mask} is chosen by {asked[0]}(), which does not see every spinlock",
                key=(asked[0],),
                help="take a gfp_t from the caller, or use GFP_NOWAIT and handle the failure",
            )
