// SPDX-License-Identifier: GPL-2.0-or-later
// What the lock analysis must say.  Expectations stand on the line they are about:
//   LEAK key      a lock is forgotten at this way out
//   TWICE key     a lock is taken that is held
//   WRONG name    the lock taken by name is released by another one's function
//   UNHELD key    a lock is released that is not held any more; at a goto: where that leads to
//   HELD keys     held on every path, right before the line (at its end for a closing brace); "-" for none
//   MAYBE keys    held on some paths only
// LEAK, TWICE, WRONG, UNHELD must stand wherever they are found; HELD and MAYBE are looked at where they stand.

int early_return(struct ex *ex)
{
	int ret;

	mutex_lock(&ex->lock);
	ret = ex_setup(ex); // HELD &ex->lock
	if (ret)
		return ret; // LEAK &ex->lock
	mutex_unlock(&ex->lock);
	return 0; // HELD -
}

int one_label(struct ex *ex)
{
	int ret;

	mutex_lock(&ex->lock);
	ret = ex_setup(ex);
	if (ret)
		goto out;
	ret = ex_more(ex);
out:
	mutex_unlock(&ex->lock);
	return ret;
}

void falls_off_the_end(struct ex *ex)
{
	spin_lock(&ex->slock);
	if (!ex->ready) {
		spin_unlock(&ex->slock);
		return;
	}
	ex->count++; // HELD &ex->slock
} // LEAK &ex->slock

// Two labels: one goto leaks, its twin does not.
int two_gotos(struct ex *ex)
{
	int ret = -EINVAL;

	if (!ex->ready)
		goto out;
	mutex_lock(&ex->lock);
	if (ex_busy(ex))
		goto out; // LEAK &ex->lock
	ret = ex_setup(ex);
	mutex_unlock(&ex->lock);
out:
	return ret;
}

int three_gotos(struct ex *ex)
{
	int ret;

	mutex_lock(&ex->lock);
	ret = ex_first(ex);
	if (ret)
		goto out_unlock;
	ret = ex_second(ex);
	if (ret)
		goto out; // LEAK &ex->lock
	ret = ex_third(ex);
	if (ret)
		goto out_unlock;
out_unlock:
	mutex_unlock(&ex->lock);
out:
	return ret;
}

int trylock_failed(struct ex *ex)
{
	if (!mutex_trylock(&ex->lock))
		return -EBUSY;
	ex_work(ex); // HELD &ex->lock
	mutex_unlock(&ex->lock);
	return 0;
}

int trylock_positive(struct ex *ex)
{
	if (mutex_trylock(&ex->lock)) {
		ex_work(ex); // HELD &ex->lock
		mutex_unlock(&ex->lock);
		return 1;
	}
	ex_other(ex); // HELD -
	return 0;
}

int try_with_work(struct ex *ex)
{
	if (ex->ready && spin_trylock(&ex->slock)) {
		if (ex_busy(ex))
			return -EBUSY; // LEAK &ex->slock
		spin_unlock(&ex->slock);
	}
	return 0;
}

int trylock_through_variable(struct ex *ex)
{
	bool locked = mutex_trylock(&ex->lock);

	ex_work(ex); // MAYBE &ex->lock
	if (locked)
		mutex_unlock(&ex->lock);
	return 0;
}

int try_wrong_polarity(struct ex *ex)
{
	int ret = mutex_trylock(&ex->lock);

	if (!ret)
		return -EAGAIN;
	if (ex_busy(ex))
		return -EBUSY; // LEAK &ex->lock
	mutex_unlock(&ex->lock);
	return 0;
}

int may_fail(struct ex *ex)
{
	int ret;

	ret = mutex_lock_interruptible(&ex->lock);
	if (ret)
		return ret; // HELD -
	ret = ex_setup(ex); // HELD &ex->lock
	mutex_unlock(&ex->lock);
	return ret;
}

int may_fail_in_condition(struct ex *ex)
{
	if (mutex_lock_interruptible(&ex->lock))
		return -ERESTARTSYS;
	if (ex_busy(ex))
		return -EBUSY; // LEAK &ex->lock
	mutex_unlock(&ex->lock);
	return 0;
}

int may_fail_negative(struct ex *ex)
{
	int err = down_write_killable(&ex->sem);

	if (err < 0)
		return err;
	ex_work(ex); // HELD &ex->sem
	up_write(&ex->sem);
	return 0;
}

int assigned_in_condition(struct ex *ex)
{
	int err;

	if ((err = mutex_lock_killable(&ex->lock)) != 0)
		return err;
	if ((err = ex_setup(ex)) < 0)
		goto fail;
	mutex_unlock(&ex->lock);
	return 0;
fail:
	return err; // LEAK &ex->lock
}

// A flag decides at both ends.
int by_flag(struct ex *ex, bool locked)
{
	if (!locked)
		mutex_lock(&ex->lock);
	ex_work(ex); // MAYBE &ex->lock
	if (!locked)
		mutex_unlock(&ex->lock);
	return 0;
}

int by_flag_early(struct ex *ex, bool locked)
{
	if (!locked)
		mutex_lock(&ex->lock);
	if (ex_busy(ex))
		return -EBUSY; // LEAK &ex->lock
	if (!locked)
		mutex_unlock(&ex->lock);
	return 0;
}

int by_variable(struct ex *ex)
{
	bool unlock = false;

	if (ex->shared) {
		mutex_lock(&ex->lock);
		unlock = true;
	}
	ex_work(ex);
	if (unlock)
		mutex_unlock(&ex->lock);
	return 0;
}

int by_variable_forgotten(struct ex *ex)
{
	int unlock = 0;

	if (ex->shared) {
		mutex_lock(&ex->lock);
		unlock = 1;
	}
	if (ex_work(ex))
		return -EIO; // LEAK &ex->lock
	if (unlock == 1)
		mutex_unlock(&ex->lock);
	return 0;
}

int by_mode(struct ex *ex, int mode)
{
	if (mode == EX_READ)
		down_read(&ex->sem);
	else if (mode == EX_WRITE)
		down_write(&ex->sem);
	ex_work(ex);
	if (mode == EX_READ)
		up_read(&ex->sem);
	else if (mode == EX_WRITE)
		up_write(&ex->sem);
	return 0;
}

int by_switch(struct ex *ex, int mode)
{
	switch (mode) {
	case EX_READ:
		down_read(&ex->sem);
		break;
	case EX_WRITE:
		down_write(&ex->sem);
		break;
	default:
		return -EINVAL; // HELD -
	}
	ex_work(ex);
	if (mode == EX_WRITE)
		up_write(&ex->sem);
	else
		up_read(&ex->sem);
	return 0;
}

int by_bit(struct ex *ex, unsigned int flags)
{
	if (flags & EX_LOCK)
		mutex_lock(&ex->lock);
	ex_work(ex);
	if (flags & EX_LOCK)
		mutex_unlock(&ex->lock);
	return 0;
}

// The flag is in memory: a call in between might change it, but nobody would call that a leak.
int by_member(struct ex *ex)
{
	if (ex->shared)
		mutex_lock(&ex->lock);
	ex_work(ex);
	if (ex->shared)
		mutex_unlock(&ex->lock);
	return 0;
}

int by_error_code(struct ex *ex)
{
	int ret = 0;

	if (ex->shared) {
		ret = mutex_lock_interruptible(&ex->lock);
	} else {
		ret = -ENODEV;
	}
	if (ret)
		return ret; // HELD -
	ex_work(ex); // HELD &ex->lock
	mutex_unlock(&ex->lock);
	return 0;
}

// Handed to the caller: by its name, by what it returns.
int ex_lock_both(struct ex *ex)
{
	mutex_lock(&ex->lock);
	mutex_lock(&ex->other);
	return 0;
}

struct ex *ex_find_locked(struct list *list, int id)
{
	struct ex *ex;

	for (ex = list->first; ex; ex = ex->next) {
		mutex_lock(&ex->lock);
		if (ex->id == id)
			return ex;
		mutex_unlock(&ex->lock);
	}
	return NULL;
}

bool ex_try(struct ex *ex)
{
	spin_lock(&ex->slock);
	if (ex->busy) {
		spin_unlock(&ex->slock);
		return false;
	}
	return true;
}

void ex_untry(struct ex *ex)
{
	spin_unlock(&ex->slock);
}

int ex_begin_io(struct ex *ex)
{
	down_read(&ex->sem);
	if (ex->dead) {
		up_read(&ex->sem);
		return -EIO;
	}
	return 0;
}

bool returns_trylock(struct ex *ex)
{
	if (ex->dead)
		return false;
	return mutex_trylock(&ex->lock);
}

// The caller holds the lock.
void unlocks_and_relocks(struct ex *ex)
{
	mutex_unlock(&ex->lock);
	ex_wait(ex);
	mutex_lock(&ex->lock);
}

int relocks_on_one_path(struct ex *ex)
{
	if (ex->slow) {
		spin_unlock(&ex->slock);
		ex_wait(ex);
		spin_lock(&ex->slock);
	}
	return ex->count;
}

void only_unlocks(struct ex *ex)
{
	ex->count--;
	mutex_unlock(&ex->lock);
}

int waits_unlocked(struct ex *ex)
{
	int ret = 0;

	spin_lock(&ex->slock);
	while (!ex->ready) {
		spin_unlock(&ex->slock);
		ret = ex_wait(ex);
		if (ret)
			return ret; // HELD -
		spin_lock(&ex->slock);
	}
	ex->count++; // HELD &ex->slock
	spin_unlock(&ex->slock);
	return ret;
}

int waits_unlocked_leaks(struct ex *ex)
{
	int ret = 0;

	spin_lock(&ex->slock);
	while (!ex->ready) {
		spin_unlock(&ex->slock);
		ret = ex_wait(ex);
		spin_lock(&ex->slock);
		if (ret)
			return ret; // LEAK &ex->slock
	}
	spin_unlock(&ex->slock);
	return ret;
}

// Loops.
void each_iteration(struct ex *ex, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		spin_lock(&ex->slock);
		ex_step(ex, i); // HELD &ex->slock
		spin_unlock(&ex->slock);
	}
}

int leaves_the_loop(struct ex *ex, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		spin_lock(&ex->slock);
		if (ex_step(ex, i))
			return -EIO; // LEAK &ex->slock
		spin_unlock(&ex->slock);
	}
	return 0;
}

int breaks_locked(struct ex *ex)
{
	for (;;) {
		spin_lock(&ex->slock);
		if (ex->ready)
			break;
		spin_unlock(&ex->slock);
		ex_wait(ex);
	}
	ex->count++; // HELD &ex->slock
	spin_unlock(&ex->slock);
	return 0;
}

int continues_locked(struct ex *ex, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		spin_lock(&ex->slock); // TWICE &ex->slock
		if (ex_skip(ex, i))
			continue;
		spin_unlock(&ex->slock);
	}
	return 0;
}

int locks_once_in_loop(struct ex *ex, int n)
{
	bool locked = false;
	int i;

	for (i = 0; i < n; i++) {
		if (!locked) {
			mutex_lock(&ex->lock);
			locked = true;
		}
		ex_step(ex, i); // HELD &ex->lock
	}
	if (locked)
		mutex_unlock(&ex->lock);
	return 0;
}

int tries_again(struct ex *ex)
{
	int ret;

again:
	mutex_lock(&ex->lock);
	ret = ex_setup(ex);
	if (ret == -EAGAIN) {
		mutex_unlock(&ex->lock);
		ex_wait(ex);
		goto again;
	}
	mutex_unlock(&ex->lock);
	return ret;
}

int tries_again_locked(struct ex *ex)
{
	int ret;

again:
	mutex_lock(&ex->lock); // TWICE &ex->lock
	ret = ex_setup(ex);
	if (ret == -EAGAIN)
		goto again;
	mutex_unlock(&ex->lock);
	return ret;
}

int retry_below_the_lock(struct ex *ex)
{
	mutex_lock(&ex->lock);
retry:
	if (ex_step(ex, 0))
		goto retry; // HELD &ex->lock
	mutex_unlock(&ex->lock);
	return 0;
}

void do_while_once(struct ex *ex)
{
	do {
		spin_lock(&ex->slock);
		ex->count++; // HELD &ex->slock
		spin_unlock(&ex->slock);
	} while (ex_more(ex));
}

void one_lock_a_slot(struct ex *ex, int n)
{
	int i;

	for (i = 0; i < n; i++)
		mutex_lock(&ex->slot[i].lock);
	ex_work(ex);
	for (i = 0; i < n; i++)
		mutex_unlock(&ex->slot[i].lock);
}

void hand_over_hand(struct ex *ex)
{
	struct ex *next;

	spin_lock(&ex->slock);
	while ((next = ex->next) != NULL) {
		spin_lock(&next->slock);
		spin_unlock(&ex->slock);
		ex = next;
	}
	spin_unlock(&ex->slock);
}

// switch
int falls_through(struct ex *ex, int op)
{
	int ret = 0;

	switch (op) {
	case 1:
		mutex_lock(&ex->lock);
		fallthrough;
	case 2:
		ret = ex_work(ex); // MAYBE &ex->lock
		if (op == 1)
			mutex_unlock(&ex->lock);
		break;
	default:
		ret = -EINVAL; // HELD -
	}
	return ret;
}

int case_leaks(struct ex *ex, int op)
{
	mutex_lock(&ex->lock);
	switch (op) {
	case 1:
		ex_work(ex);
		break;
	case 2:
		return -EINVAL; // LEAK &ex->lock
	default:
		break;
	}
	mutex_unlock(&ex->lock);
	return 0;
}

// Names for the same lock.
int by_pointer(struct ex *ex)
{
	struct mutex *lock = &ex->lock;

	mutex_lock(lock);
	ex_work(ex); // HELD &ex->lock
	mutex_unlock(&ex->lock);
	return 0;
}

int by_base(struct dev *dev)
{
	struct ex *ex = dev->ex;

	mutex_lock(&ex->lock);
	if (ex_busy(ex))
		return -EBUSY; // LEAK &dev->ex->lock
	mutex_unlock(&dev->ex->lock);
	return 0;
}

int perhaps_the_same(struct ex *ex)
{
	struct ex *peer = ex_peer(ex);

	mutex_lock(&ex->lock);
	mutex_unlock(&peer->lock);
	return 0;
}

int two_of_them(struct ex *ex)
{
	mutex_lock(&ex->lock);
	mutex_lock(&ex->other);
	if (ex_busy(ex)) {
		mutex_unlock(&ex->lock);
		return -EBUSY; // LEAK &ex->other
	}
	mutex_unlock(&ex->other);
	mutex_unlock(&ex->lock);
	return 0;
}

// Releases of the wrong kind.
void wrong_mode(struct ex *ex)
{
	down_read(&ex->sem);
	ex_work(ex);
	up_write(&ex->sem); // WRONG down_read
}

void wrong_hotplug_mode(void)
{
	get_online_mems();
	ex_each();
	mem_hotplug_done(); // WRONG get_online_mems
}

void downgraded(struct ex *ex)
{
	down_write(&ex->sem);
	ex_work(ex);
	downgrade_write(&ex->sem);
	ex_more(ex); // HELD &ex->sem
	up_read(&ex->sem);
}

int downgraded_leaks(struct ex *ex)
{
	down_write(&ex->sem);
	downgrade_write(&ex->sem);
	if (ex_busy(ex))
		return -EBUSY; // LEAK &ex->sem
	up_read(&ex->sem);
	return 0;
}

void interrupts_apart(struct ex *ex)
{
	unsigned long flags;

	spin_lock_irqsave(&ex->slock, flags);
	ex->count++; // HELD &ex->slock
	spin_unlock(&ex->slock);
	local_irq_restore(flags);
}

void unlocks_twice(struct ex *ex)
{
	mutex_lock(&ex->lock);
	mutex_unlock(&ex->lock);
	ex_work(ex); // HELD -
	mutex_unlock(&ex->lock); // UNHELD &ex->lock
}

int unlocks_on_error_and_after(struct ex *ex)
{
	int ret;

	mutex_lock(&ex->lock);
	ret = ex_setup(ex);
	if (ret) {
		mutex_unlock(&ex->lock);
		goto out;
	}
	ex_work(ex);
	mutex_unlock(&ex->lock);
out:
	return ret;
}

// What does not come back.
int dies(struct ex *ex)
{
	mutex_lock(&ex->lock);
	if (!ex->ready)
		BUG();
	if (ex->dead)
		panic("dead");
	mutex_unlock(&ex->lock);
	return 0;
}

void asserts(struct ex *ex, int mode)
{
	BUG_ON(mode != EX_READ);
	if (mode == EX_READ)
		down_read(&ex->sem);
	ex_work(ex); // HELD &ex->sem
	up_read(&ex->sem);
}

// Callees that may release.
int callee_unlocks(struct ex *ex)
{
	mutex_lock(&ex->lock);
	if (ex_busy(ex)) {
		ex_unlock_and_put(ex);
		return -EBUSY;
	}
	mutex_unlock(&ex->lock);
	return 0;
}

int callee_is_handed_the_lock(struct ex *ex)
{
	spin_lock(&ex->slock);
	if (ex_flush(ex, &ex->slock))
		return -EIO;
	spin_unlock(&ex->slock);
	return 0;
}

int returns_what_the_callee_says(struct ex *ex)
{
	spin_lock(&ex->slock);
	if (ex->busy)
		return ex_finish_locked(ex);
	spin_unlock(&ex->slock);
	return 0;
}

int asserts_are_no_release(struct ex *ex)
{
	mutex_lock(&ex->lock);
	lockdep_assert_held(&ex->lock);
	if (ex_busy(ex))
		return -EBUSY; // LEAK &ex->lock
	mutex_unlock(&ex->lock);
	return 0;
}

// cleanup.h
int guarded(struct ex *ex)
{
	guard(mutex)(&ex->lock);
	if (ex_busy(ex))
		return -EBUSY; // HELD &ex->lock
	return ex_work(ex); // HELD &ex->lock
}

int guard_in_a_block(struct ex *ex)
{
	if (ex->shared) {
		guard(spinlock)(&ex->slock);
		ex->count++; // HELD &ex->slock
	}
	ex_work(ex); // HELD -
	return 0;
}

int guard_in_a_loop(struct ex *ex, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		guard(mutex)(&ex->lock);
		if (ex_skip(ex, i))
			continue;
		if (ex_step(ex, i))
			break;
	}
	ex_work(ex); // HELD -
	return 0;
}

int guard_left_by_goto(struct ex *ex)
{
	{
		guard(mutex)(&ex->lock);
		if (ex_busy(ex))
			goto out;
	}
	ex_work(ex); // HELD -
out:
	ex_more(ex); // HELD -
	return 0;
}

// Expressions.
int in_a_conditional(struct ex *ex, bool wait)
{
	int ret = wait ? mutex_lock_killable(&ex->lock) : -EAGAIN;

	if (ret)
		return ret; // HELD -
	ex_work(ex); // HELD &ex->lock
	mutex_unlock(&ex->lock);
	return 0;
}

int in_a_statement_expression(struct ex *ex)
{
	int n = ({ spin_lock(&ex->slock); ex->count; });

	spin_unlock(&ex->slock); // HELD &ex->slock
	return n;
}

int either_of_two(struct ex *ex)
{
	if (!spin_trylock(&ex->slock) || !spin_trylock(&ex->other))
		return -EBUSY; // LEAK &ex->slock
	spin_unlock(&ex->other);
	spin_unlock(&ex->slock);
	return 0;
}

int implicit(void)
{
	int ret;

	cpus_read_lock();
	get_online_mems();
	ret = ex_each(); // HELD cpu_hotplug_lock mem_hotplug_lock
	if (ret)
		goto out; // LEAK mem_hotplug_lock
	put_online_mems();
out:
	cpus_read_unlock();
	return ret;
}

int sysfs(struct ex *ex)
{
	int ret = lock_device_hotplug_sysfs();

	if (ret)
		return ret;
	if (ex_busy(ex))
		return -EBUSY; // LEAK device_hotplug_lock
	unlock_device_hotplug();
	return 0;
}

int scoped(struct ex *ex)
{
	scoped_guard(mutex, &ex->lock) {
		if (ex_busy(ex))
			return -EBUSY; // HELD &ex->lock
		if (ex->dead)
			break;
		ex_work(ex);
	}
	ex_more(ex); // HELD -
	return 0;
}

int in_an_iterator(struct ex *ex)
{
	struct item *item;

	list_for_each_entry(item, &ex->items, node) {
		spin_lock(&item->slock);
		if (item->bad)
			return -EINVAL; // LEAK &item->slock
		if (item->skip) {
			spin_unlock(&item->slock);
			continue;
		}
		ex_step(ex, item->n); // HELD &item->slock
		spin_unlock(&item->slock);
	}
	return 0;
}

int by_configuration(struct ex *ex)
{
#ifdef CONFIG_EX_SHARED
	mutex_lock(&ex->lock);
#endif
	ex_work(ex);
#ifdef CONFIG_EX_SHARED
	mutex_unlock(&ex->lock);
#endif
	return 0;
}

int by_other_configuration(struct ex *ex)
{
#ifdef CONFIG_EX_SHARED
	mutex_lock(&ex->lock);
#endif
	if (ex_busy(ex))
		return -EBUSY; // LEAK &ex->lock
#ifdef CONFIG_EX_SHARED
	mutex_unlock(&ex->lock);
#endif
	return 0;
}

// After drivers/net/ethernet/qlogic/qed/qed_mcp.c: who breaks out has not run out of tries.
int tries_left_over(struct ex *ex, int tries)
{
	int n = 0;

	do {
		mutex_lock(&ex->lock);
		if (!ex_busy(ex))
			break;
		mutex_unlock(&ex->lock);
		msleep(1);
	} while (++n < tries);
	if (n >= tries)
		return -EAGAIN;
	ex->ready = 1;
	mutex_unlock(&ex->lock);
	return 0;
}

int counted_for(struct ex *ex, int tries)
{
	int n;

	for (n = 0; n < tries; n++) {
		mutex_lock(&ex->lock);
		if (!ex_busy(ex))
			break;
		mutex_unlock(&ex->lock);
	}
	if (n == tries)
		return -EAGAIN;
	ex->ready = 1;
	mutex_unlock(&ex->lock);
	return 0;
}

// After put_chip() of drivers/mtd/lpddr/lpddr_cmds.c: the caller's lock is given back for a while, with a like one held.
void lent_beside_another(struct ex *ex, struct ex *other)
{
	mutex_lock(&other->lock);
	mutex_unlock(&ex->lock);
	ex_finish(other);
	mutex_lock(&ex->lock);
	mutex_unlock(&other->lock);
}

// After do_compact_page() of mm/z3fold.c: the last reference is given back with the lock held, and its release unlocks.
static bool put_locked(struct ex *ex)
{
	return kref_put(&ex->refs, release_locked);
}

static void release_locked(struct kref *refs)
{
	struct ex *ex = container_of(refs, struct ex, refs);

	spin_unlock(&ex->slock);
	ex_free(ex);
}

void last_reference_unlocks(struct ex *ex)
{
	spin_lock(&ex->slock);
	if (put_locked(ex))
		return;
	ex->count++;
	spin_unlock(&ex->slock);
}

// After drivers/net/ethernet/chelsio/inline_crypto/ch_ktls/chcr_ktls.c: a field remembers that the lock is held.
int field_remembers(struct ex *ex)
{
	if (ex_setup(ex))
		goto free;
	wait_for_completion(&ex->done);
	mutex_lock(&ex->lock);
	if (ex->state) {
		if (ex->state == 2)
			ex->pending = true;
		else
			mutex_unlock(&ex->lock);
		goto free;
	}
	mutex_unlock(&ex->lock);
	if (ex_more(ex))
		goto free;
	return 0;
free:
	if (ex->pending)
		mutex_unlock(&ex->lock);
	else
		ex_free(ex);
	return -1;
}
