# SPDX-License-Identifier: GPL-2.0-or-later
r"""A call that sleeps where sleeping is not allowed.

Mutexes, semaphores, vmalloc(), msleep(), wait_for_completion(), flush_work()
and hundreds more may put the task to sleep.  Under a spinlock, in an RCU read
section, with interrupts or preemption off, or in an interrupt handler that is
"scheduling while atomic": a warning at best, a dead CPU at worst.

Do the sleeping part before or after the section; put it into a work item; use
the variant that does not sleep.

Bad:
	spin_lock(&ex->lock);
	mutex_lock(&ex->mutex);	/* <-- mutex_lock() may sleep, and &ex->lock is held */
	ex->n++;
	mutex_unlock(&ex->mutex);
	spin_unlock(&ex->lock);

Bad, in an RCU read section:
	rcu_read_lock();
	p = vzalloc(len);	/* <-- vzalloc() may sleep */
	rcu_read_unlock();

Bad patch, after hot_add_req() of hv_balloon.c:
	--- a/drivers/hv/example.c
	+++ b/drivers/hv/example.c
	@@ -10,8 +10,8 @@ static int example_add(struct example *ex)
	 {
	 	unsigned long flags;

	 	spin_lock_irqsave(&ex->lock, flags);
	 	ex->busy = true;
	-	spin_unlock_irqrestore(&ex->lock, flags);
	 	flush_work(&ex->work);	/* <-- flush_work() may sleep, and &ex->lock is held */
	+	spin_unlock_irqrestore(&ex->lock, flags);
	 	return 0;
	 }

Good, after it:
	spin_lock_irqsave(&ex->lock, flags);
	ex->busy = true;
	spin_unlock_irqrestore(&ex->lock, flags);
	flush_work(&ex->work);

Good, does not sleep:
	spin_lock(&ex->lock);
	schedule_work(&ex->work);
	spin_unlock(&ex->lock);

Good, a mutex is no spinlock:
	mutex_lock(&ex->mutex);
	flush_work(&ex->work);
	mutex_unlock(&ex->mutex);

Known problems:
	A lock that a caller in another file holds is not seen.  Functions that
	sleep only for some arguments are left out.

See:
	Documentation/locking/locktypes.rst
	include/linux/kernel.h, might_sleep()
	drivers/hv/hv_balloon.c, hot_add_req()
"""

from gfplint.rule import Function, Reports, report, sleepers

SEVERITY = "error"
CONFIDENCE = "medium"
WORDS = tuple(sorted(sleepers()))


def check(fn: Function) -> Reports:
    for call in fn.calls:
        if call.may_sleep and call.atomic:
            yield report(
                call,
                f"{call.name}() may sleep, and {call.context.reason}",
                key=(call.name,),
                help="do it before or after the section, or use what does not sleep",
                related=call.note(call.context.node, "atomic from here"),
            )
