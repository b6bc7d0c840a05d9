// SPDX-License-Identifier: GPL-2.0-or-later
// May the call named probe() sleep?  ATOMIC, SLEEPABLE or UNKNOWN, on its line.

void spinning(struct ex *ex)
{
	spin_lock(&ex->slock);
	probe(ex); // ATOMIC
	spin_unlock(&ex->slock);
	probe(ex); // UNKNOWN
}

void interrupts_off(struct ex *ex)
{
	unsigned long flags;

	spin_lock_irqsave(&ex->slock, flags);
	probe(ex); // ATOMIC
	spin_unlock_irqrestore(&ex->slock, flags);
}

void under_a_mutex(struct ex *ex)
{
	probe(ex); // UNKNOWN
	mutex_lock(&ex->lock);
	probe(ex); // SLEEPABLE
	mutex_unlock(&ex->lock);
	probe(ex); // SLEEPABLE
}

void both(struct ex *ex)
{
	mutex_lock(&ex->lock);
	spin_lock(&ex->slock);
	probe(ex); // ATOMIC
	spin_unlock(&ex->slock);
	probe(ex); // SLEEPABLE
	mutex_unlock(&ex->lock);
}

void reading_rcu(struct ex *ex)
{
	rcu_read_lock();
	probe(ex); // ATOMIC
	rcu_read_unlock();
	probe(ex); // UNKNOWN
}

void nested_rcu(struct ex *ex)
{
	rcu_read_lock();
	rcu_read_lock();
	rcu_read_unlock();
	probe(ex); // ATOMIC
	rcu_read_unlock();
	probe(ex); // UNKNOWN
}

void reading_srcu(struct ex *ex)
{
	int idx = srcu_read_lock(&ex->srcu);

	probe(ex); // UNKNOWN
	srcu_read_unlock(&ex->srcu, idx);
}

void no_preemption(struct ex *ex)
{
	preempt_disable();
	probe(ex); // ATOMIC
	preempt_enable();
}

void no_interrupts(struct ex *ex)
{
	unsigned long flags;

	local_irq_save(flags);
	probe(ex); // ATOMIC
	local_irq_restore(flags);
}

void no_bottom_halves(struct ex *ex)
{
	local_bh_disable();
	probe(ex); // ATOMIC
	local_bh_enable();
}

void this_cpu(struct ex *ex)
{
	int cpu = get_cpu();

	probe(ex); // ATOMIC
	put_cpu();
}

void guarded_spin(struct ex *ex)
{
	guard(spinlock)(&ex->slock);
	probe(ex); // ATOMIC
}

void guarded_mutex(struct ex *ex)
{
	guard(mutex)(&ex->lock);
	probe(ex); // SLEEPABLE
}

void scoped_rcu(struct ex *ex)
{
	scoped_guard(rcu) {
		probe(ex); // ATOMIC
	}
	probe(ex); // UNKNOWN
}

void scoped_irqs(struct ex *ex)
{
	scoped_guard(spinlock_irqsave, &ex->slock)
		probe(ex); // ATOMIC
	probe(ex); // UNKNOWN
}

int only_one_branch(struct ex *ex)
{
	if (ex->busy)
		spin_lock(&ex->slock);
	probe(ex); // UNKNOWN
	if (ex->busy)
		spin_unlock(&ex->slock);
	return 0;
}

int tried(struct ex *ex)
{
	if (!spin_trylock(&ex->slock))
		return probe(ex); // UNKNOWN
	probe(ex); // ATOMIC
	spin_unlock(&ex->slock);
	return 0;
}

int tried_mutex(struct ex *ex)
{
	if (!mutex_trylock(&ex->lock))
		return 0;
	probe(ex); // UNKNOWN
	mutex_unlock(&ex->lock);
	return 0;
}

int interruptible(struct ex *ex)
{
	if (mutex_lock_interruptible(&ex->lock))
		return probe(ex); // SLEEPABLE
	probe(ex); // SLEEPABLE
	mutex_unlock(&ex->lock);
	return 0;
}

void slept_before(struct ex *ex)
{
	msleep(10);
	probe(ex); // SLEEPABLE
}

void slept_on_one_path(struct ex *ex)
{
	if (ex->busy)
		msleep(10);
	probe(ex); // UNKNOWN
}

void slept_on_both_paths(struct ex *ex)
{
	if (ex->busy)
		msleep(10);
	else
		wait_for_completion(&ex->done);
	probe(ex); // SLEEPABLE
}

void says_it_might(struct ex *ex)
{
	might_sleep();
	probe(ex); // SLEEPABLE
	spin_lock(&ex->slock);
	probe(ex); // ATOMIC
	spin_unlock(&ex->slock);
}

void sleeps_afterwards(struct ex *ex)
{
	probe(ex); // UNKNOWN
	msleep(10);
}

void in_a_loop(struct ex *ex)
{
	while (ex->busy) {
		probe(ex); // UNKNOWN
		msleep(10);
	}
	probe(ex); // UNKNOWN
}

void after_the_first_time(struct ex *ex)
{
	do {
		msleep(10);
		probe(ex); // SLEEPABLE
	} while (ex->busy);
	probe(ex); // SLEEPABLE
}

void lets_go_to_wait(struct ex *ex)
{
	spin_lock(&ex->slock);
	while (!ex->ready) {
		spin_unlock(&ex->slock);
		probe(ex); // UNKNOWN
		spin_lock(&ex->slock);
	}
	probe(ex); // ATOMIC
	spin_unlock(&ex->slock);
}

void the_callers_lock(struct ex *ex)
{
	spin_unlock(&ex->slock);
	probe(ex); // UNKNOWN
	spin_lock(&ex->slock);
	probe(ex); // ATOMIC
}

void told_by_assert(struct ex *ex)
{
	assert_spin_locked(&ex->slock);
	probe(ex); // ATOMIC
}

static void __init at_boot(struct ex *ex)
{
	probe(ex); // SLEEPABLE
	spin_lock(&ex->slock);
	probe(ex); // ATOMIC
	spin_unlock(&ex->slock);
}

SYSCALL_DEFINE1(ex_call, int, n)
{
	return probe(n); // SLEEPABLE
}

/**
 * documented() - do it
 * @ex: what to do it to
 *
 * Context: Process context. May sleep.
 */
void documented(struct ex *ex)
{
	probe(ex); // SLEEPABLE
}

/**
 * documented_irq() - do it
 * @ex: what to do it to
 *
 * Context: Called from interrupt handlers.
 */
void documented_irq(struct ex *ex)
{
	probe(ex); // ATOMIC
}

/**
 * documented_any() - do it
 * @ex: what to do it to
 *
 * Context: Any context.
 */
void documented_any(struct ex *ex)
{
	probe(ex); // UNKNOWN
}

static irqreturn_t ex_irq(int irq, void *data)
{
	probe(data); // ATOMIC
	return IRQ_WAKE_THREAD;
}

static irqreturn_t ex_thread(int irq, void *data)
{
	probe(data); // SLEEPABLE
	return IRQ_HANDLED;
}

static void ex_timer(struct timer_list *timer)
{
	probe(timer); // ATOMIC
}

static void ex_work(struct work_struct *work)
{
	probe(work); // SLEEPABLE
}

static void ex_either(struct work_struct *work)
{
	probe(work); // UNKNOWN
}

static int ex_setup(struct ex *ex, int irq)
{
	INIT_WORK(&ex->work, ex_work);
	INIT_WORK(&ex->other, ex_either);
	timer_setup(&ex->timer, ex_timer, 0);
	call_rcu(&ex->rcu, ex_either);
	return request_threaded_irq(irq, ex_irq, ex_thread, 0, "ex", ex);
}

static int ex_open(struct inode *inode, struct file *file)
{
	probe(file); // SLEEPABLE
	return 0;
}

static const struct file_operations ex_fops = {
	.open = ex_open,
};

static netdev_tx_t ex_xmit(struct sk_buff *skb, struct net_device *dev)
{
	probe(skb); // ATOMIC
	return NETDEV_TX_OK;
}

static const struct net_device_ops ex_netdev_ops = {
	.ndo_start_xmit = ex_xmit,
};

static void ex_lock_it(struct ex *ex)
{
	spin_lock(&ex->slock);
}

static void ex_unlock_it(struct ex *ex)
{
	spin_unlock(&ex->slock);
}

void through_helpers(struct ex *ex)
{
	ex_lock_it(ex);
	probe(ex); // ATOMIC
	ex_unlock_it(ex);
	probe(ex); // UNKNOWN
}

int leaves_early(struct ex *ex)
{
	spin_lock_bh(&ex->slock);
	if (ex->dead) {
		spin_unlock_bh(&ex->slock);
		return probe(ex); // UNKNOWN
	}
	probe(ex); // ATOMIC
	spin_unlock_bh(&ex->slock);
	return 0;
}

void by_goto(struct ex *ex)
{
	read_lock(&ex->rwlock);
	if (ex->dead)
		goto out;
	probe(ex); // ATOMIC
out:
	read_unlock(&ex->rwlock);
	probe(ex); // UNKNOWN
}

static struct ctx *get_locked(struct ex *ex, unsigned long *flags)
{
	struct ctx *ctx;

	local_irq_save(*flags);
	rcu_read_lock();
	ctx = rcu_dereference(ex->ctx);
	if (ctx)
		raw_spin_lock(&ctx->lock);
	rcu_read_unlock();
	if (!ctx)
		local_irq_restore(*flags);
	return ctx;
}

static struct ctx *pin(struct ex *ex)
{
	unsigned long flags;
	struct ctx *ctx = get_locked(ex, &flags);

	if (ctx) {
		ctx->pins++;
		raw_spin_unlock_irqrestore(&ctx->lock, flags);
	}
	return ctx;
}

void interrupts_off_by_a_callee_and_on_again(struct ex *ex)
{
	struct ctx *ctx = pin(ex);

	if (!ctx)
		return;
	probe(ex); // UNKNOWN
}

static int device_add(struct platform_device *pdev, struct ex *ex)
{
	probe(ex); // SLEEPABLE
	spin_lock(&ex->slock);
	probe(ex); // ATOMIC
	spin_unlock(&ex->slock);
	return 0;
}

static void device_fill(struct platform_device *pdev, struct ex *ex)
{
	probe(ex); // UNKNOWN
}

static int not_the_device_add(struct ex *ex, struct platform_device *pdev)
{
	probe(ex); // UNKNOWN
	return 0;
}
