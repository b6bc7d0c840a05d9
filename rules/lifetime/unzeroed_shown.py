# SPDX-License-Identifier: GPL-2.0-or-later
r"""Memory shown to user space as the allocator left it.

Pages come from the allocator with what their last owner wrote: keys, mail,
other users' data.  Mapped into a process, or copied out as a whole, before anybody
cleared or filled them, they hand that over.

Ask for zeroed memory (__GFP_ZERO, kzalloc(), get_zeroed_page(), vmalloc_user()),
or clear the range before the first mapping, and before the linear map is taken away.

Bad, in drivers/example/example.c:
	static int example_open(struct example *ex)
	{
		ex->ring = (void *)__get_free_pages(GFP_KERNEL, 2);	/* <-- not zeroed */
		return ex->ring ? 0 : -ENOMEM;
	}

	static int example_mmap(struct example *ex, struct vm_area_struct *vma)
	{
		return remap_pfn_range(vma, vma->vm_start, virt_to_phys(ex->ring) >> PAGE_SHIFT,
				       4 * PAGE_SIZE, vma->vm_page_prot);
	}

Bad, a range of pages shown by a file of debugfs, as memtrace once did, in drivers/example/trace.c:
	static u64 trace_alloc(int nid, unsigned long nr)
	{
		struct page *page = alloc_contig_pages(nr, GFP_KERNEL, nid, NULL);	/* <-- not zeroed */

		return page ? PFN_PHYS(page_to_pfn(page)) : 0;
	}

	static ssize_t trace_read(struct file *file, char __user *to, size_t count, loff_t *at)
	{
		struct trace *ent = file->private_data;

		return simple_read_from_buffer(to, count, at, ent->mem, ent->size);
	}

Bad patch, the zeroing allocator goes, in drivers/example/new.c:
	--- /dev/null
	+++ b/drivers/example/new.c
	@@ -0,0 +1,12 @@
	+static int new_open(struct new *new)
	+{
	+	new->page = alloc_page(GFP_KERNEL);	/* <-- not zeroed */
	+	return new->page ? 0 : -ENOMEM;
	+}
	+
	+static vm_fault_t new_fault(struct vm_fault *vmf)
	+{
	+	struct new *new = vmf->vma->vm_private_data;
	+
	+	return vmf_insert_page(vmf->vma, vmf->address, new->page);
	+}

Good, cleared before it is shown, as memtrace_clear_range() does, in drivers/example/trace.c:
	static u64 trace_alloc(int nid, unsigned long nr)
	{
		struct page *page = alloc_contig_pages(nr, GFP_KERNEL, nid, NULL);
		unsigned long i;

		for (i = 0; page && i < nr; i++)
			clear_highpage(page + i);
		return page ? PFN_PHYS(page_to_pfn(page)) : 0;
	}

	static ssize_t trace_read(struct file *file, char __user *to, size_t count, loff_t *at)
	{
		struct trace *ent = file->private_data;

		return simple_read_from_buffer(to, count, at, ent->mem, ent->size);
	}

Good, zeroed by the allocator, in drivers/example/example.c:
	static int example_open(struct example *ex)
	{
		ex->page = alloc_page(GFP_KERNEL | __GFP_ZERO);
		return ex->page ? 0 : -ENOMEM;
	}

	static vm_fault_t example_fault(struct example *ex, struct vm_fault *vmf)
	{
		return vmf_insert_page(vmf->vma, vmf->address, ex->page);
	}

Known problems:
	Memory that a device or another file fills before it is shown is reported too.
	Silent as soon as anything in the file may write into the memory.

See:
	arch/powerpc/platforms/powernv/memtrace.c, memtrace_clear_range()
	include/linux/vmalloc.h, vmalloc_user()
	https://lore.kernel.org/r/20201029162718.29910-1-david@redhat.com
"""

from gfplint.rule import File, Reports, fact, note, report

SEVERITY = "warning"
CONFIDENCE = "medium"
NEEDS = "file"
RANGES = tuple(fact("allocators", "ranges", "names"))
WORDS = (*fact("flow", "lifetime", "maps", "names"), *fact("flow", "lifetime", "exposes"))


def check(file: File) -> Reports:
    for fn in file.functions:
        for call in fn.calls:
            if not call.unzeroed:
                continue
            kept = call.kept if call.arg("count") is None else ""  # an array holds pointers to pages, seldom data
            found = file.shows() if call.name in RANGES else file.mapped(kept) if kept else None
            if found is not None:
                place, by = found
                yield report(
                    call,
                    f"memory of {call.name}() is not zeroed, and {by}() shows it to user space",
                    key=(call.name, by),
                    help="ask for zeroed memory, or clear it before it is shown",
                    related=[note(place, "shown here")],
                )
