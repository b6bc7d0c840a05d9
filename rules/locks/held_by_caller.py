# SPDX-License-Identifier: GPL-2.0-or-later
r"""A lock taken in a callback that the kernel's core calls with it held.

snd_ctl_elem_write() holds controls_rwsem around a control's put(), a network
device is opened under the RTNL.  A callback that takes that lock waits for its
own caller, for ever.  It happens when a helper asks for the lock with
lockdep_assert_held(), and nobody looks who holds it already.

Take the lock out: the helper may be called as it is.

Bad, after fsl_xcvr_mode_put():
	static int example_mode_put(struct snd_kcontrol *kcontrol, struct snd_ctl_elem_value *value)
	{
		struct example *ex = snd_kcontrol_chip(kcontrol);

		ex->mode = value->value.enumerated.item[0];
		down_read(&ex->card->controls_rwsem);	/* <-- takes &ex->card->controls_rwsem, which is held */
		example_activate(ex);
		up_read(&ex->card->controls_rwsem);
		return 0;
	}

	static struct snd_kcontrol_new example_mode = SOC_ENUM_EXT("Mode", example_enum, example_mode_get, example_mode_put);

Bad, in a helper that only callbacks call:
	static void example_rx_mode(struct net_device *dev)
	{
		rtnl_lock();	/* <-- takes rtnl_mutex, which is held where .ndo_open of a net_device_ops is called */
		example_update(dev);
		rtnl_unlock();
	}

	static int example_open(struct net_device *dev)
	{
		example_rx_mode(dev);
		return 0;
	}

	static const struct net_device_ops example_netdev_ops = {
		.ndo_open = example_open,
	};

Bad patch, the lock is new:
	--- a/drivers/net/phy/example.c
	+++ b/drivers/net/phy/example.c
	@@ -10,11 +10,16 @@
	 static int example_resume(struct phy_device *phydev)
	 {
	+	int ret;
	+
	+	mutex_lock(&phydev->lock);	/* <-- takes &phydev->lock, which is held */
	-	return genphy_resume(phydev);
	+	ret = genphy_resume(phydev);
	+	mutex_unlock(&phydev->lock);
	+	return ret;
	 }

	 static struct phy_driver example_driver[] = {
	 	{
	 		.name = "example",
	 		.resume = example_resume,
	 	},
	 };

Good, the callback drops it first:
	static int example_open(struct net_device *dev)
	{
		rtnl_unlock();
		example_wait(dev);
		rtnl_lock();
		return 0;
	}

	static const struct net_device_ops example_netdev_ops = {
		.ndo_open = example_open,
	};

Good, the lock of another object:
	static int example_resume(struct phy_device *phydev)
	{
		struct example *ex = phydev->priv;

		mutex_lock(&ex->lock);
		ex->resumed = true;
		mutex_unlock(&ex->lock);
		return 0;
	}

	static struct phy_driver example_driver = { .resume = example_resume };

Known problems:
	Only callbacks of facts/ops.toml are known, and only where an initialiser or
	a macro for that is in sight, in the file or in the tree's copy of it.  A lock that a
	branch takes is not reported where the branch may ask who calls.

See:
	sound/soc/fsl/fsl_xcvr.c, fsl_xcvr_mode_put() and fsl_xcvr_activate_ctl()
	sound/core/control.c, snd_ctl_elem_write()
	Documentation/networking/netdevices.rst
"""

from gfplint.rule import Function, Reports, operation_words, report

SEVERITY = "error"
WORDS = operation_words()


def check(fn: Function) -> Reports:
    for again in fn.held_by_core:
        table, member = again.operation.split(".")
        shared = again.held == again.mode == "read"
        yield report(
            again,
            f"{again.name}() takes {again.lock}, which is held where .{member} of a {table} is called"
            + (": a deadlock as soon as a writer waits" if shared else ": a deadlock"),
            key=(again.name, again.lock),
            help=f"take it out: {again.core} holds it around the call" + (f" of {again.through}()" if again.through else ""),
            severity="warning" if shared else None,
            confidence="medium" if shared else None,
        )
