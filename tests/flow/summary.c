// SPDX-License-Identifier: GPL-2.0-or-later
// What the summaries of functions must say.  The expectations stand on the line of a function's head:
//   QUIET           nothing to the locks of its callers, in the end
//   TAKES keys      it always returns with these
//   WINS keys       it returns with these where its result says so
//   PERHAPS keys    it returns with these on some way, and the result does not tell
//   FREES keys      it always gives these back for its caller
//   SOMETIMES keys  it gives these back on some way
//   VAGUE params    what it calls out of sight may give back locks that belong to these

static void takes(struct ex *ex) // TAKES &ex->lock
{
	mutex_lock(&ex->lock);
}

static void frees(struct ex *ex) // FREES &ex->lock
{
	mutex_unlock(&ex->lock);
}

static void both(struct ex *ex) // QUIET
{
	mutex_lock(&ex->lock);
	ex->count++;
	mutex_unlock(&ex->lock);
}

static void no_lock(struct ex *ex) // QUIET
{
	ex->count++;
}

static int wins(struct ex *ex) // WINS &ex->lock
{
	return mutex_trylock(&ex->lock);
}

static int wins_or_fails(struct ex *ex) // WINS &ex->lock
{
	mutex_lock(&ex->lock);
	if (ex->dead) {
		mutex_unlock(&ex->lock);
		return -ENODEV;
	}
	return 0;
}

static int interrupted(struct ex *ex) // WINS &ex->lock
{
	return mutex_lock_interruptible(&ex->lock);
}

static int interrupted_and_asked(struct ex *ex) // WINS &ex->lock
{
	int ret = mutex_lock_interruptible(&ex->lock);

	if (ret)
		return ret;
	ex->count++;
	return 0;
}

static bool says_true(struct ex *ex) // WINS &ex->slock
{
	spin_lock(&ex->slock);
	if (ex->ready)
		return true;
	spin_unlock(&ex->slock);
	return false;
}

static void on_some_way(struct ex *ex) // PERHAPS &ex->lock
{
	mutex_lock(&ex->lock);
	if (ex->ready)
		mutex_unlock(&ex->lock);
}

static int no_telling(struct ex *ex) // PERHAPS &ex->lock
{
	mutex_lock(&ex->lock);
	if (ex->ready) {
		mutex_unlock(&ex->lock);
		return 0;
	}
	return 0;
}

static void frees_sometimes(struct ex *ex) // SOMETIMES &ex->lock
{
	if (ex->ready)
		mutex_unlock(&ex->lock);
}

static int frees_on_failure(struct ex *ex) // SOMETIMES &ex->lock
{
	if (ex_setup(ex)) {
		mutex_unlock(&ex->lock);
		return -EIO;
	}
	return 0;
}

static void gives_back_for_a_while(struct ex *ex) // QUIET
{
	mutex_unlock(&ex->lock);
	msleep(1);
	mutex_lock(&ex->lock);
}

static void two(struct ex *ex, struct ex *other) // TAKES &ex->lock &other->lock
{
	mutex_lock(&ex->lock);
	mutex_lock(&other->lock);
}

static void two_back(struct ex *ex, struct ex *other) // FREES &ex->lock &other->lock
{
	mutex_unlock(&other->lock);
	mutex_unlock(&ex->lock);
}

static void by_value(struct mutex *lock) // TAKES lock
{
	mutex_lock(lock);
}

static void in_a_part(struct ex *ex) // TAKES &ex->part.lock
{
	mutex_lock(&ex->part.lock);
}

static void behind_a_pointer(struct ex *ex) // TAKES &ex->parent->lock
{
	mutex_lock(&ex->parent->lock);
}

static void global(void) // TAKES &ex_mutex
{
	mutex_lock(&ex_mutex);
}

static void global_back(void) // FREES &ex_mutex
{
	mutex_unlock(&ex_mutex);
}

static void without_an_argument(void) // TAKES cpu_hotplug_lock
{
	cpus_read_lock();
}

static void without_an_argument_back(void) // FREES cpu_hotplug_lock
{
	cpus_read_unlock();
}

static void reads(struct ex *ex) // TAKES &ex->sem
{
	down_read(&ex->sem);
}

static void writes(struct ex *ex) // TAKES &ex->sem
{
	down_write(&ex->sem);
}

static void reads_or_writes(struct ex *ex, bool write) // PERHAPS &ex->sem
{
	if (write)
		down_write(&ex->sem);
	else
		down_read(&ex->sem);
}

static unsigned long saves(struct ex *ex) // TAKES &ex->slock
{
	unsigned long flags;

	spin_lock_irqsave(&ex->slock, flags);
	return flags;
}

static void restores(struct ex *ex, unsigned long flags) // FREES &ex->slock
{
	spin_unlock_irqrestore(&ex->slock, flags);
}

static void through_another(struct ex *ex) // TAKES &ex->lock
{
	takes(ex);
	ex->count++;
}

static void through_two(struct ex *ex) // TAKES &ex->lock
{
	through_another(ex);
}

static void back_through_another(struct ex *ex) // FREES &ex->lock
{
	frees(ex);
}

static void pair_through_others(struct ex *ex) // QUIET
{
	takes(ex);
	ex->count++;
	frees(ex);
}

static int wins_through_another(struct ex *ex) // WINS &ex->lock
{
	int ret = wins_or_fails(ex);

	if (ret)
		return ret;
	ex->count++;
	return 0;
}

static int undone_under_a_condition(struct ex *ex) // PERHAPS &ex->lock
{
	int ret;

	takes(ex);
	ret = ex_start(ex);
	if (ret)
		frees(ex);
	return ret;
}

static void of_the_parent(struct ex *ex) // TAKES &ex->parent->lock
{
	takes(ex->parent);
}

static void of_a_member(struct ex *ex) // TAKES &ex->part.lock
{
	by_value(&ex->part.lock);
}

static void in_a_loop(struct ex *ex, int n) // QUIET
{
	int i;

	for (i = 0; i < n; i++) {
		mutex_lock(&ex->lock);
		ex->count++;
		mutex_unlock(&ex->lock);
	}
}

static void scoped(struct ex *ex) // QUIET
{
	guard(mutex)(&ex->lock);
	ex->count++;
}

static void scoped_block(struct ex *ex) // QUIET
{
	scoped_guard(spinlock, &ex->slock)
		ex->count++;
}

static void never_returns(struct ex *ex) // QUIET
{
	mutex_lock(&ex->lock);
	panic("no way back");
}

static int by_label(struct ex *ex) // FREES &ex->lock
{
	int ret = -EINVAL;

	if (!ex->ready)
		goto out;
	ret = ex_start(ex);
out:
	mutex_unlock(&ex->lock);
	return ret;
}

static struct ex *found(struct list_head *list) // QUIET
{
	struct ex *ex;

	list_for_each_entry(ex, list, node) {
		mutex_lock(&ex->lock);
		if (ex->ready)
			return ex;
		mutex_unlock(&ex->lock);
	}
	return NULL;
}

static void out_of_sight(struct ex *ex) // VAGUE ex
{
	ex_finish(ex);
}

static void out_of_sight_and_takes(struct ex *ex, struct ex *other) // TAKES &other->lock; VAGUE ex
{
	ex_unlock(ex);
	mutex_lock(&other->lock);
}

static int sections_are_counted(struct ex *ex) // QUIET
{
	int cpu;

	rcu_read_lock();
	cpu = get_cpu();
	put_cpu();
	rcu_read_unlock();
	return cpu;
}
