# SPDX-License-Identifier: GPL-2.0-or-later
r"""A spinlock taken with interrupts on, that all others take with them off.

Where one function of a file takes a lock with spin_lock_irqsave(), an
interrupt handler may want it.  When that interrupt comes on the CPU of a task
that has it by a plain spin_lock(), the handler waits for the task that it has
interrupted.

Use spin_lock_irqsave(), or spin_lock_irq() where interrupts are surely on.

Bad, after eeh_addr_cache_show() of old:
	static void example_insert(struct example *ex, unsigned long flags)
	{
		spin_lock_irqsave(&example_cache.lock, flags);
		list_add(&ex->list, &example_cache.items);
		spin_unlock_irqrestore(&example_cache.lock, flags);
	}

	static void example_remove(struct example *ex, unsigned long flags)
	{
		spin_lock_irqsave(&example_cache.lock, flags);
		list_del(&ex->list);
		spin_unlock_irqrestore(&example_cache.lock, flags);
	}

	static int example_store(const char __user *buf, size_t count)
	{
		if (copy_from_user(example_name, buf, count))
			return -EFAULT;
		spin_lock(&example_cache.lock);	/* <-- takes &example_cache.lock with interrupts on */
		example_apply();
		spin_unlock(&example_cache.lock);
		return 0;
	}

Good, everybody with interrupts on:
	static void example_insert(struct example *ex)
	{
		mutex_lock(&ex->mutex);
		spin_lock(&example_cache.lock);
		list_add(&ex->list, &example_cache.items);
		spin_unlock(&example_cache.lock);
		mutex_unlock(&ex->mutex);
	}

Bad patch, the flags went:
	--- /dev/null
	+++ b/drivers/example/example.c
	@@ -0,0 +1,20 @@
	+static void example_insert(struct example *ex)
	+{
	+	spin_lock_irq(&example_lock);
	+	list_add(&ex->list, &example_items);
	+	spin_unlock_irq(&example_lock);
	+}
	+static void example_remove(struct example *ex)
	+{
	+	spin_lock_irq(&example_lock);
	+	list_del(&ex->list);
	+	spin_unlock_irq(&example_lock);
	+}
	+static void example_clear(struct example *ex)
	+{
	+	mutex_lock(&ex->mutex);
	+	spin_lock(&example_lock);	/* <-- takes &example_lock with interrupts on */
	+	INIT_LIST_HEAD(&example_items);
	+	spin_unlock(&example_lock);
	+	mutex_unlock(&ex->mutex);
	+}

Good, in the handler interrupts are off:
	static void example_add(struct example *ex)
	{
		spin_lock_irq(&example_lock);
		list_add(&ex->list, &example_items);
		spin_unlock_irq(&example_lock);
		spin_lock_irq(&example_lock);
		example_kick(ex);
		spin_unlock_irq(&example_lock);
	}

	static irqreturn_t example_irq(int irq, void *data)
	{
		spin_lock(&example_lock);
		example_next(data);
		spin_unlock(&example_lock);
		return IRQ_HANDLED;
	}

Known problems:
	Others may have turned interrupts off without need: this is a question.

See:
	arch/powerpc/kernel/eeh_cache.c, eeh_addr_cache_show()
	Documentation/locking/spinlocks.rst, "Lesson 3: spinlocks revisited."
"""

from gfplint.rule import Function, Reports, fact, report, twins

SEVERITY = "info"
CONFIDENCE = "low"
NEEDS = "file"
PLAIN = tuple(fact("locks", "irqs_off"))
OFF = {name for plain in PLAIN for name in fact("locks", "irqs_off", plain)}
OFF |= {twins("locks", "guards", "acquire")[kind] for kind in ("irq", "irqsave")}
WORDS = PLAIN


def check(fn: Function) -> Reports:
    for call in fn.calls_to(*PLAIN):
        lock, off = str(call.args[0]) if call.args else "", fact("locks", "irqs_off", call.name)
        before = any(one.span < call.span for one in fn.calls_to(*OFF))  # and spin_unlock() leaves them off
        alone = not before and fn.file.written([call.name], lock) == 1 and fn.file.written(off, lock) > 1
        if alone and (call.called.kind == "sleepable" or fn.shown):
            yield report(
                call,
                f"takes {lock} with interrupts on, and all others in this file with them off",
                key=(call.name, lock),
                help=f"{off[0]}(), if an interrupt handler may take it",
            )
