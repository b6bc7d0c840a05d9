// SPDX-License-Identifier: GPL-2.0-or-later
// What a pointer holds: FREE, RETURN or EXPOSE, then the allocating functions ("-": nothing known to be held),
// then with an equals sign: =zeroed, =raw, =filled (written to since), =other (may hold something else too),
// =null (may be NULL), =freed (was freed on some path).

void plain(struct ex *ex)
{
	char *p = kmalloc(10, GFP_KERNEL);

	kfree(p); // FREE kmalloc =raw =null
}

int checked(struct ex *ex)
{
	char *p = kmalloc(10, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	kfree(p); // FREE kmalloc =raw
	return 0;
}

void *returned(void)
{
	void *p = kzalloc(10, GFP_KERNEL);

	return p; // RETURN kzalloc =zeroed =null
}

void *returned_at_once(void)
{
	return kmalloc(10, GFP_KERNEL | __GFP_ZERO); // RETURN kmalloc =zeroed =null
}

void *returned_by_mask(gfp_t gfp)
{
	return kmalloc(10, gfp); // RETURN kmalloc =null
}

void *returned_without(gfp_t gfp)
{
	return kmalloc(10, gfp & ~__GFP_ZERO); // RETURN kmalloc =raw =null
}

void wrong_family(void)
{
	void *p = vmalloc(10);

	if (p)
		kfree(p); // FREE vmalloc =raw
}

void either_family(bool big)
{
	void *p;

	if (big)
		p = vmalloc(10);
	else
		p = kmalloc(10, GFP_KERNEL);
	kvfree(p); // FREE vmalloc kmalloc =raw =null
}

void one_or_other(bool big)
{
	void *p = big ? vzalloc(10) : kzalloc(10, GFP_KERNEL);

	kvfree(p); // FREE vzalloc kzalloc =zeroed =null
}

void from_elsewhere(struct ex *ex)
{
	void *p = ex->buf;

	if (!p)
		p = kmalloc(10, GFP_KERNEL);
	kfree(p); // FREE kmalloc =raw =null =other
}

void of_a_callee(struct ex *ex)
{
	void *p = ex_get(ex);

	kfree(p);
}

void of_the_caller(void *p)
{
	kfree(p);
}

void replaced(void)
{
	void *p = kmalloc(10, GFP_KERNEL);

	kfree(p); // FREE kmalloc =raw =null
	p = vmalloc(20);
	vfree(p); // FREE vmalloc =raw =null
}

void set_to_null(void)
{
	void *p = kmalloc(10, GFP_KERNEL);

	kfree(p); // FREE kmalloc =raw =null
	p = NULL;
	kfree(p);
}

void freed_twice(void)
{
	void *p = kmalloc(10, GFP_KERNEL);

	kfree(p); // FREE kmalloc =raw =null
	kfree(p); // FREE kmalloc =raw =null =freed
}

int freed_on_one_path(struct ex *ex)
{
	void *p = kmalloc(10, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	if (ex_busy(ex))
		kfree(p); // FREE kmalloc =raw
	kfree(p); // FREE kmalloc =raw =freed
	return 0;
}

int by_goto(struct ex *ex)
{
	int ret = -ENOMEM;
	void *p = NULL, *q = NULL;

	p = kmalloc(10, GFP_KERNEL);
	if (!p)
		goto out;
	q = vzalloc(20);
	if (!q)
		goto out;
	ret = ex_use(ex);
out:
	vfree(q); // FREE vzalloc =zeroed =null
	kfree(p); // FREE kmalloc =raw =null
	return ret;
}

int shown(struct ex *ex, void __user *to)
{
	char *p = kmalloc(10, GFP_KERNEL);
	int ret;

	if (!p)
		return -ENOMEM;
	ret = copy_to_user(to, p, 10); // EXPOSE kmalloc =raw
	kfree(p); // FREE kmalloc =raw
	return ret;
}

int shown_zeroed(struct ex *ex, void __user *to)
{
	char *p = kzalloc(10, GFP_KERNEL);
	int ret;

	if (!p)
		return -ENOMEM;
	ret = copy_to_user(to, p, 10); // EXPOSE kzalloc =zeroed
	kfree(p); // FREE kzalloc =zeroed
	return ret;
}

int shown_cleared(struct ex *ex, void __user *to)
{
	char *p = kmalloc(10, GFP_KERNEL);
	int ret;

	if (!p)
		return -ENOMEM;
	memset(p, 0, 10);
	ret = copy_to_user(to, p, 10); // EXPOSE kmalloc =raw =filled
	kfree(p); // FREE kmalloc =raw =filled
	return ret;
}

int shown_filled_by_callee(struct ex *ex, void __user *to)
{
	char *p = kmalloc(10, GFP_KERNEL);
	int ret;

	if (!p)
		return -ENOMEM;
	ex_read(ex, p, 10);
	ret = copy_to_user(to, p, 10); // EXPOSE kmalloc =raw =filled
	kfree(p); // FREE kmalloc =raw =filled
	return ret;
}

int page_shown(struct vm_area_struct *vma)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	return vm_insert_page(vma, vma->vm_start, page); // EXPOSE alloc_page =raw
}

int page_shown_zeroed(struct vm_area_struct *vma)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	if (!page)
		return -ENOMEM;
	return vm_insert_page(vma, vma->vm_start, page); // EXPOSE alloc_page =zeroed
}

int page_cleared(struct vm_area_struct *vma)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	clear_highpage(page);
	return vm_insert_page(vma, vma->vm_start, page); // EXPOSE alloc_page =raw =filled
}

void pages(void)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);

	if (page)
		__free_pages(page, 2); // FREE alloc_pages =raw
}

void by_cache(struct kmem_cache *cache)
{
	void *p = kmem_cache_alloc(cache, GFP_KERNEL);

	kmem_cache_free(cache, p); // FREE kmem_cache_alloc =raw =null
}

void by_cache_zeroed(struct kmem_cache *cache)
{
	void *p = kmem_cache_zalloc(cache, GFP_ATOMIC);

	kmem_cache_free(cache, p); // FREE kmem_cache_zalloc =zeroed =null
}

void copied(void)
{
	void *p = kmalloc(10, GFP_KERNEL);
	void *q = p;

	kfree(q); // FREE kmalloc =raw =null
}

void of_two_arrays(int n)
{
	int *p = kcalloc(n, sizeof(*p), GFP_KERNEL);
	int *q = kmalloc_array(n, sizeof(*q), GFP_KERNEL);

	kfree(q); // FREE kmalloc_array =raw =null
	kfree(p); // FREE kcalloc =zeroed =null
}

int in_condition(struct ex *ex)
{
	void *p;

	if (!(p = kmalloc(10, GFP_KERNEL)))
		return -ENOMEM;
	kfree(p); // FREE kmalloc =raw
	return 0;
}

int into_a_member(struct ex *ex)
{
	ex->buf = kzalloc(10, GFP_KERNEL);
	if (!ex->buf)
		return -ENOMEM;
	kfree(ex->buf); // FREE kzalloc =zeroed
	return 0;
}

int member_of_another(struct ex *ex, struct ex *other)
{
	ex->buf = kzalloc(10, GFP_KERNEL);
	ex = other;
	kfree(ex->buf);
	return 0;
}

void kept_in_a_list(struct ex *ex)
{
	struct item *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return;
	list_add(p, &ex->items);
	kfree(p); // FREE kzalloc =zeroed =filled =other
}

void stored(struct ex *ex)
{
	void *p = kmalloc(10, GFP_KERNEL);

	ex->buf = p;
	kfree(p); // FREE kmalloc =raw =null =other
}

void handed_by_address(struct ex *ex)
{
	void *p = kmalloc(10, GFP_KERNEL);

	ex_swap(ex, &p);
	kfree(p);
}

void in_a_loop(int n)
{
	void *p = NULL;

	while (n--) {
		kfree(p); // FREE kmalloc =raw =null
		p = kmalloc(10, GFP_KERNEL);
	}
	kfree(p); // FREE kmalloc =raw =null
}

void duplicated(const char *s)
{
	char *p = kstrdup(s, GFP_KERNEL);

	vfree(p); // FREE kstrdup =null =raw
}

void *gives_back_or_fails(struct ex *ex)
{
	void *p = kmalloc(10, GFP_KERNEL);

	if (!p)
		return NULL;
	if (ex_busy(ex)) {
		kfree(p); // FREE kmalloc =raw
		return NULL;
	}
	return p; // RETURN kmalloc =raw
}

void flag_in_variable(bool zero)
{
	gfp_t gfp = GFP_KERNEL;
	void *p;

	if (zero)
		gfp |= __GFP_ZERO;
	p = kmalloc(10, gfp);
	kfree(p); // FREE kmalloc =null
}

void next_element(struct ex *ex)
{
	struct item *p;

	p = kmalloc(sizeof(*p), GFP_KERNEL);
	list_for_each_entry(p, &ex->items, node)
		ex_step(ex, p);
	kfree(p);
}

void *cast(void)
{
	char *p = (char *)kmalloc(10, GFP_KERNEL);

	return (void *)p; // RETURN kmalloc =raw =null
}

void unlikely_check(void)
{
	void *p = kmalloc(10, GFP_KERNEL);

	if (unlikely(!p))
		return;
	kfree(p); // FREE kmalloc =raw
}

void compared_to_null(void)
{
	void *p = kmalloc(10, GFP_KERNEL);

	if (p == NULL)
		return;
	kfree(p); // FREE kmalloc =raw
}
