// SPDX-License-Identifier: GPL-2.0-or-later
// The argument of probe(): one note for each way of writing it, as
//   KNOWN flags    all that it is made of; "none" for an empty mask
//   OPEN flags     these are written into it, the rest comes from elsewhere; "none" for nothing
// and, after a plus, leaf bits that are surely set, after a minus, such as surely are not.

#define EX_GFP (GFP_KERNEL | __GFP_NOWARN)
#define EX_MORE (EX_GFP | __GFP_ZERO)
#define EX_NOWAIT (GFP_KERNEL & ~__GFP_DIRECT_RECLAIM)
#define EX_CAST ((__force gfp_t)__GFP_COMP)

void constant(void)
{
	probe(GFP_KERNEL); // KNOWN GFP_KERNEL +__GFP_DIRECT_RECLAIM +__GFP_IO -__GFP_ZERO
}

void modifiers(void)
{
	probe(__GFP_THISNODE | __GFP_NOWARN); // KNOWN __GFP_THISNODE __GFP_NOWARN -__GFP_KSWAPD_RECLAIM
}

void over_lines(void)
{
	probe(GFP_KERNEL | __GFP_THISNODE | // KNOWN GFP_KERNEL __GFP_THISNODE __GFP_NOWARN
	      __GFP_NOWARN);
}

void parentheses(void)
{
	probe(((GFP_KERNEL) | (__GFP_ZERO))); // KNOWN GFP_KERNEL __GFP_ZERO +__GFP_ZERO
}

void cast(void)
{
	probe((gfp_t)(GFP_NOIO | __GFP_ZERO)); // KNOWN GFP_NOIO __GFP_ZERO -__GFP_IO
}

void nothing(void)
{
	probe(0); // KNOWN none -__GFP_KSWAPD_RECLAIM
}

void taken_out(void)
{
	probe(GFP_KERNEL & ~__GFP_DIRECT_RECLAIM); // KNOWN GFP_KERNEL +__GFP_KSWAPD_RECLAIM -__GFP_DIRECT_RECLAIM
}

void taken_out_of_more(void)
{
	probe((GFP_HIGHUSER_MOVABLE | __GFP_NOWARN) & ~(__GFP_FS | __GFP_MOVABLE)); // KNOWN GFP_HIGHUSER_MOVABLE __GFP_NOWARN -__GFP_FS -__GFP_MOVABLE +__GFP_IO
}

void kept_only(void)
{
	probe(GFP_KERNEL & __GFP_IO); // KNOWN GFP_KERNEL __GFP_IO +__GFP_IO -__GFP_FS
}

void folds_to_nothing(void)
{
	probe(GFP_KERNEL & __GFP_ZERO); // KNOWN none -__GFP_ZERO -__GFP_IO
}

void differs_by_kernel(void)
{
	probe(GFP_NOWAIT); // KNOWN GFP_NOWAIT +__GFP_KSWAPD_RECLAIM -__GFP_DIRECT_RECLAIM
}

void either(bool wait)
{
	probe(wait ? GFP_KERNEL : GFP_ATOMIC); // KNOWN GFP_KERNEL +__GFP_IO; KNOWN GFP_ATOMIC +__GFP_HIGH -__GFP_IO
}

void either_with_more(bool wait)
{
	probe((wait ? GFP_KERNEL : GFP_ATOMIC) | __GFP_ZERO); // KNOWN GFP_KERNEL __GFP_ZERO; KNOWN GFP_ATOMIC __GFP_ZERO
}

void one_of_three(int how)
{
	probe(how == 1 ? GFP_KERNEL : how == 2 ? GFP_NOFS : GFP_NOIO); // KNOWN GFP_KERNEL; KNOWN GFP_NOFS; KNOWN GFP_NOIO
}

void own_define(void)
{
	probe(EX_GFP); // KNOWN GFP_KERNEL __GFP_NOWARN +__GFP_NOWARN
}

void define_of_define(void)
{
	probe(EX_MORE); // KNOWN GFP_KERNEL __GFP_NOWARN __GFP_ZERO +__GFP_ZERO
}

void define_takes_out(void)
{
	probe(EX_NOWAIT | __GFP_COMP); // KNOWN GFP_KERNEL __GFP_COMP -__GFP_DIRECT_RECLAIM
}

void define_casts(void)
{
	probe(EX_CAST); // KNOWN __GFP_COMP +__GFP_COMP
}

void unknown_define(void)
{
	probe(OTHER_GFP | __GFP_ZERO); // OPEN __GFP_ZERO +__GFP_ZERO
}

void parameter(gfp_t gfp)
{
	probe(gfp); // OPEN none
}

void parameter_and_more(gfp_t gfp)
{
	probe(gfp | __GFP_NOWARN); // OPEN __GFP_NOWARN +__GFP_NOWARN
}

void parameter_without(gfp_t gfp)
{
	probe(gfp & ~__GFP_DIRECT_RECLAIM); // OPEN none -__GFP_DIRECT_RECLAIM
}

void parameter_changed(gfp_t gfp)
{
	gfp |= __GFP_ZERO;
	gfp &= ~__GFP_HIGHMEM;
	probe(gfp); // OPEN __GFP_ZERO +__GFP_ZERO -__GFP_HIGHMEM
}

void parameter_replaced(gfp_t gfp)
{
	gfp = GFP_KERNEL;
	probe(gfp); // KNOWN GFP_KERNEL
}

void parameter_replaced_sometimes(gfp_t gfp)
{
	if (!gfp)
		gfp = GFP_KERNEL;
	probe(gfp); // OPEN none; KNOWN GFP_KERNEL
}

void member(struct ex *ex)
{
	probe(ex->gfp | __GFP_ZERO); // OPEN __GFP_ZERO +__GFP_ZERO
}

void call(struct ex *ex)
{
	probe(mapping_gfp_mask(ex->mapping) | __GFP_NOFAIL); // OPEN __GFP_NOFAIL +__GFP_NOFAIL
}

void constraint(struct ex *ex)
{
	probe(mapping_gfp_constraint(ex->mapping, ~__GFP_FS)); // OPEN none -__GFP_FS
}

void reclaim_part(gfp_t gfp)
{
	probe(gfp & GFP_RECLAIM_MASK); // KNOWN none -__GFP_ZERO -__GFP_THISNODE
}

void local(void)
{
	gfp_t gfp = GFP_KERNEL;

	probe(gfp); // KNOWN GFP_KERNEL
}

void local_later(void)
{
	gfp_t gfp;

	gfp = GFP_ATOMIC | __GFP_NOWARN;
	probe(gfp); // KNOWN GFP_ATOMIC __GFP_NOWARN
}

void local_of_local(void)
{
	gfp_t base = GFP_NOFS;
	gfp_t gfp = base | __GFP_ZERO;

	base = GFP_KERNEL;
	probe(gfp | __GFP_COMP); // KNOWN GFP_NOFS __GFP_ZERO __GFP_COMP -__GFP_FS
}

void added_sometimes(bool quiet)
{
	gfp_t gfp = __GFP_ZERO;

	if (quiet)
		gfp |= __GFP_NOWARN;
	probe(gfp); // KNOWN __GFP_ZERO __GFP_NOWARN; KNOWN __GFP_ZERO
}

void by_branches(int how)
{
	gfp_t gfp;

	if (how == 1)
		gfp = GFP_KERNEL;
	else if (how == 2)
		gfp = GFP_ATOMIC;
	else
		return;
	probe(gfp); // KNOWN GFP_KERNEL; KNOWN GFP_ATOMIC
}

void by_cases(int how)
{
	gfp_t gfp = GFP_NOIO;

	switch (how) {
	case 1:
		gfp = GFP_KERNEL;
		break;
	case 2:
		gfp = GFP_ATOMIC;
		fallthrough;
	case 3:
		gfp |= __GFP_ZERO;
		break;
	}
	probe(gfp); // KNOWN GFP_NOIO __GFP_ZERO; KNOWN GFP_ATOMIC __GFP_ZERO; KNOWN GFP_NOIO; KNOWN GFP_KERNEL
}

void before_and_after(void)
{
	gfp_t gfp = GFP_KERNEL;

	probe(gfp); // KNOWN GFP_KERNEL
	gfp = GFP_ATOMIC;
	probe(gfp); // KNOWN GFP_ATOMIC
}

void changed_in_a_loop(int n)
{
	gfp_t gfp = GFP_KERNEL | __GFP_NORETRY;

	while (n--) {
		if (probe(gfp)) // KNOWN GFP_KERNEL __GFP_NORETRY; KNOWN GFP_KERNEL
			break;
		gfp = GFP_KERNEL;
	}
}

void removed_in_a_loop(int n)
{
	gfp_t gfp = GFP_KERNEL | __GFP_NORETRY;

	while (n--)
		gfp &= ~__GFP_NORETRY;
	probe(gfp); // KNOWN GFP_KERNEL __GFP_NORETRY +__GFP_NORETRY; KNOWN GFP_KERNEL -__GFP_NORETRY
}

void handed_out(void)
{
	gfp_t gfp = GFP_KERNEL;

	ex_adjust(&gfp);
	probe(gfp); // OPEN none
}

void set_elsewhere(struct ex *ex)
{
	gfp_t gfp = GFP_KERNEL;

	if (ex->fast)
		gfp = ex->gfp;
	probe(gfp | __GFP_ZERO); // KNOWN GFP_KERNEL __GFP_ZERO; OPEN __GFP_ZERO
}

void number(void)
{
	probe(0x20u); // OPEN none
}

void assigned_twice_at_once(void)
{
	gfp_t one, two;

	one = two = GFP_NOWAIT;
	probe(one | two); // KNOWN GFP_NOWAIT
}

void from_a_conditional(bool wait)
{
	gfp_t gfp = wait ? GFP_KERNEL : GFP_NOWAIT | __GFP_NOWARN;

	probe(gfp); // KNOWN GFP_KERNEL; KNOWN GFP_NOWAIT __GFP_NOWARN
}

void zero_first(bool zero)
{
	gfp_t extra = 0;

	if (zero)
		extra = __GFP_ZERO;
	probe(GFP_KERNEL | extra); // KNOWN GFP_KERNEL; KNOWN GFP_KERNEL __GFP_ZERO
}

// What branches know of a mask.
void allowed_to_block(gfp_t gfp)
{
	if (gfpflags_allow_blocking(gfp))
		probe(gfp); // OPEN none +__GFP_DIRECT_RECLAIM
	else
		probe(gfp); // OPEN none -__GFP_DIRECT_RECLAIM
	probe(gfp); // OPEN none
}

int leaves_where_it_may_block(gfp_t gfp)
{
	if (unlikely(gfpflags_allow_blocking(gfp)))
		return -EINVAL;
	return probe(gfp | __GFP_NOWARN); // OPEN __GFP_NOWARN +__GFP_NOWARN -__GFP_DIRECT_RECLAIM
}

void one_of_two_is_ruled_out(bool wait)
{
	gfp_t gfp = wait ? GFP_KERNEL : GFP_ATOMIC;

	if (!gfpflags_allow_blocking(gfp))
		probe(gfp); // KNOWN GFP_ATOMIC -__GFP_DIRECT_RECLAIM
	else
		probe(gfp); // KNOWN GFP_KERNEL +__GFP_DIRECT_RECLAIM
}

void asked_for_a_bit(gfp_t gfp)
{
	if (gfp & __GFP_ZERO)
		probe(gfp); // OPEN none +__GFP_ZERO
	if (!(gfp & __GFP_ZERO))
		probe(gfp); // OPEN none -__GFP_ZERO
}

void asked_for_some_of_two(gfp_t gfp)
{
	if (gfp & (__GFP_IO | __GFP_FS))
		probe(gfp); // OPEN none
	else
		probe(gfp); // OPEN none -__GFP_IO -__GFP_FS
}

void asked_for_all(gfp_t gfp)
{
	if ((gfp & GFP_KERNEL) == GFP_KERNEL)
		probe(gfp); // OPEN none +__GFP_IO +__GFP_FS +__GFP_DIRECT_RECLAIM +__GFP_KSWAPD_RECLAIM
	else
		probe(gfp); // OPEN none
}

void has_io_and_fs(gfp_t gfp)
{
	if (gfp_has_io_fs(gfp))
		probe(gfp); // OPEN none +__GFP_IO +__GFP_FS
}

void asked_before_it_changes(gfp_t gfp)
{
	if (gfpflags_allow_blocking(gfp))
		gfp &= ~__GFP_DIRECT_RECLAIM;
	probe(gfp); // OPEN none -__GFP_DIRECT_RECLAIM; OPEN none -__GFP_DIRECT_RECLAIM
}

void without_the_reclaim_part(gfp_t gfp)
{
	probe((gfp & ~GFP_RECLAIM_MASK) | GFP_NOFS); // OPEN GFP_NOFS +__GFP_IO +__GFP_DIRECT_RECLAIM -__GFP_NOFAIL -__GFP_NOWARN
}

void reclaim_part_of_a_local(void)
{
	gfp_t gfp = GFP_KERNEL | __GFP_ZERO | __GFP_COMP;

	probe(gfp & GFP_RECLAIM_MASK); // KNOWN GFP_KERNEL GFP_RECLAIM_MASK +__GFP_IO -__GFP_ZERO -__GFP_COMP
}

void through_a_statement_expression(void)
{
	gfp_t gfp = GFP_KERNEL;

	probe(({ gfp |= __GFP_NOWARN; gfp; })); // OPEN none
	probe(gfp); // KNOWN GFP_KERNEL __GFP_NOWARN
}

void set_before_a_goto(bool wait)
{
	gfp_t gfp = GFP_NOWAIT;

	if (!wait)
		goto alloc;
	gfp = GFP_KERNEL;
alloc:
	probe(gfp); // KNOWN GFP_NOWAIT; KNOWN GFP_KERNEL
}

void added_on_a_second_try(struct ex *ex)
{
	gfp_t gfp = GFP_KERNEL | __GFP_NORETRY;

again:
	if (probe(gfp)) // KNOWN GFP_KERNEL __GFP_NORETRY; KNOWN GFP_KERNEL
		return;
	gfp &= ~__GFP_NORETRY;
	goto again;
}
