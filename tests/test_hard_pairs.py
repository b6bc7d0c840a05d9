# SPDX-License-Identifier: GPL-2.0-or-later
"""Pairs of functions that look alike, of which one is wrong.  The line at fault is marked ``//!``."""

import pytest

from tests.lint import gone, marked, new, of_file, of_patch

PAIRS = {
    "a lock taken twice because a caller holds it": (
        "hotplug/held-already",
        """\
static void example_pick(struct example *ex)
{
	cpus_read_lock();	//!
	ex->cpu = cpumask_any(cpu_online_mask);
	cpus_read_unlock();
}

void example_offer(struct example *ex)
{
	cpus_read_lock();
	example_pick(ex);
	cpus_read_unlock();
}
""",
        """\
static void example_pick(struct example *ex)
{
	cpus_read_lock();
	ex->cpu = cpumask_any(cpu_online_mask);
	cpus_read_unlock();
}

void example_offer(struct example *ex)
{
	cpus_read_lock();
	example_start(ex);
	cpus_read_unlock();
	example_pick(ex);
}
""",
    ),
    "a variant for those who hold the lock": (
        "hotplug/held-already",
        """\
void example_enable(void)
{
	cpus_read_lock();
	static_branch_enable(&example_key);	//!
	cpus_read_unlock();
}
""",
        """\
void example_enable(void)
{
	cpus_read_lock();
	static_branch_enable_cpuslocked(&example_key);
	cpus_read_unlock();
}
""",
    ),
    "the variant where nobody holds the lock": (
        "hotplug/lock-missing",
        """\
void example_enable(struct example *ex)
{
	cpus_read_lock();
	example_prepare(ex);
	cpus_read_unlock();
	static_branch_enable_cpuslocked(&example_key);	//!
}
""",
        """\
void example_enable(struct example *ex)
{
	cpus_read_lock();
	example_prepare(ex);
	static_branch_enable_cpuslocked(&example_key);
	cpus_read_unlock();
}
""",
    ),
    "goto out twice, one before the lock": (
        "locks/not-held",
        """\
int example_set(struct example *ex, int value)
{
	int ret;

	ret = mutex_lock_interruptible(&ex->lock);
	if (ret)
		goto out;	//!
	ret = example_check(ex, value);
	if (ret)
		goto out;
	ex->value = value;
out:
	mutex_unlock(&ex->lock);
	return ret;
}
""",
        """\
int example_set(struct example *ex, int value)
{
	int ret;

	ret = mutex_lock_interruptible(&ex->lock);
	if (ret)
		goto fail;
	ret = example_check(ex, value);
	if (ret)
		goto out;
	ex->value = value;
out:
	mutex_unlock(&ex->lock);
fail:
	return ret;
}
""",
    ),
    "goto out twice, one a leak": (
        "locks/leaked",
        """\
int example_set(struct example *ex, int value)
{
	int ret;

	ret = example_check(ex, value);
	if (ret)
		goto out;
	mutex_lock(&ex->lock);
	ret = example_write(ex, value);
	if (ret)
		goto out;	//!
	ex->value = value;
	mutex_unlock(&ex->lock);
out:
	return ret;
}
""",
        """\
int example_set(struct example *ex, int value)
{
	int ret;

	ret = example_check(ex, value);
	if (ret)
		goto out;
	mutex_lock(&ex->lock);
	ret = example_write(ex, value);
	if (ret)
		goto out_unlock;
	ex->value = value;
out_unlock:
	mutex_unlock(&ex->lock);
out:
	return ret;
}
""",
    ),
    "the failure of a trylock": (
        "locks/leaked",
        """\
int example_poll(struct example *ex)
{
	if (!mutex_trylock(&ex->lock))
		return -EBUSY;
	if (!ex->ready)
		return -ENODEV;	//!
	example_read(ex);
	mutex_unlock(&ex->lock);
	return 0;
}
""",
        """\
int example_poll(struct example *ex)
{
	if (!mutex_trylock(&ex->lock))
		return -EBUSY;
	example_read(ex);
	mutex_unlock(&ex->lock);
	return 0;
}
""",
    ),
    "a lock handed to the caller": (
        "locks/leaked",
        """\
int example_attach(struct example *ex)
{
	spin_lock(&ex->lock);
	if (ex->dead)
		return -ENODEV;	//!
	ex->users++;
	spin_unlock(&ex->lock);
	return 0;
}
""",
        """\
struct example *example_get_locked(struct example *ex)
{
	spin_lock(&ex->lock);
	if (!ex->dead)
		return ex;
	spin_unlock(&ex->lock);
	return NULL;
}
""",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_pair(name: str) -> None:
    """The first is reported, on that line and by that rule; of the second nothing is said."""
    rule, bad, good = PAIRS[name]
    text, lines = marked(bad)
    assert of_file(text) == [(rule, line) for line in lines]
    assert of_file(good) == []


FAR = """\
--- a/drivers/example/example.c
+++ b/drivers/example/example.c
@@ -10,19 +10,18 @@
 static int example_load(struct example *ex)
 {
 	int ret;

 	down_read(&ex->sem);
 	ret = example_find(ex);
 	if (ret) {
-		up_read(&ex->sem);
 		example_note(ex, ret);
 		example_count(ex);
 		if (ex->loud)
 			example_tell(ex, ret);
 		return ret;
 	}
 	example_use(ex);
 	up_read(&ex->sem);
 	example_done(ex);

 	return 0;
 }
"""


def test_an_unlock_removed_far_above() -> None:
    """A line that the patch does not touch becomes wrong; the same patch the other way round mends it."""
    (finding,) = of_patch(FAR).findings
    assert (finding.rule, finding.code.strip(), finding.mail_line) == ("locks/leaked", "return ret;", 16)
    turned = FAR.replace("-\t\tup_read", "+\t\tup_read").replace("10,19 +10,18", "10,18 +10,19")
    assert new(turned) == set()
    assert gone(turned) == {"locks/leaked"}
