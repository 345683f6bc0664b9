// Searching and catching up: the palette by its keys, what is new since the last visit, and what changed for readers since
// their version.

import { expect, interactive, test, unique, visit } from '../harness/test.ts';

test('the palette finds entries, pages and deeds by keys alone', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Orbit'));
  const title = unique('Telescope');
  await rest.publishNew(project, { title, content: 'It sees further than before.', version: '1.4.0' });

  await visit(admin, '/dashboard');
  await interactive(admin);
  const field = admin.getByRole('combobox', { name: 'Search entries, projects and pages' });

  await test.step('an entry', async () => {
    await admin.keyboard.press('Control+k');
    await expect(field).toBeFocused();
    await field.fill(title);
    const entry = admin.getByRole('option', { name: title });
    await expect(entry).toHaveAttribute('aria-selected', 'true');
    await expect(field).toHaveAttribute('aria-activedescendant', 'palette-list-0');
    await admin.keyboard.press('Enter');
    await expect(admin).toHaveURL(new RegExp(`/dashboard/projects/${project.id}/changelog/`));
  });

  await test.step('a page, also while typing', async () => {
    await visit(admin, '/dashboard/projects');
    await interactive(admin);
    await admin.getByRole('searchbox').first().focus();
    await admin.keyboard.press('Control+k');
    await expect(field).toBeFocused();
    await admin.keyboard.type('audit');
    await expect(admin.getByRole('option', { name: 'Audit log' })).toBeVisible();
    await admin.keyboard.press('ArrowDown');
    await admin.keyboard.press('ArrowUp');
    await admin.keyboard.press('Enter');
    await expect(admin).toHaveURL('/dashboard/admin/audit');
  });

  await test.step('nothing, and the way out', async () => {
    await admin.keyboard.press('Control+k');
    await expect(field).toBeFocused();
    await field.fill('qqqqqqqqqq');
    await expect(admin.getByText('Nothing has “qqqqqqqqqq”.')).toBeVisible();
    await admin.keyboard.press('Escape');
    await expect(field).toBeHidden();
  });
});

test('the search page serves the same without scripts', async ({ open, rest }) => {
  const project = await rest.createProject(unique('Orbit'));
  const title = unique('Periscope');
  await rest.publishNew(project, { title, content: 'It looks around corners.', version: '1.0.0' });
  const page = await open('admin', { javaScriptEnabled: false });
  await page.goto('/dashboard/search');
  await page.getByLabel('Search entries, projects and pages').fill(title);
  await page.getByRole('main').getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('link', { name: title })).toBeVisible();
  await expect(page.getByText('1 entry')).toBeVisible();
});

test('what was read is not new any more', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Orbit'));
  await rest.publishNew(project, { title: 'Dark mode', content: 'A theme.', version: '1.0.0', tags: ['Feature'] });
  await visit(admin, `/dashboard/projects/${project.id}/catch-up?since=7d`);
  await interactive(admin);
  await expect(admin.getByRole('heading', { name: 'New', exact: true })).toBeVisible();
  await expect(admin.getByRole('link', { name: 'Dark mode' })).toBeVisible();
  await admin.getByRole('button', { name: 'Mark as read' }).click();
  await admin.getByRole('link', { name: 'Last visit' }).click();
  await expect(admin.getByText('You are all caught up')).toBeVisible();
});

test('readers see what changed since their version, without scripts', async ({ open, rest, watch }) => {
  watch.allow(/status of 404/);
  const project = await rest.createProject(unique('Orbit'));
  const publish = (title: string, version: string, tags: string[]) =>
    rest.publishNew(project, { title, content: 'All about it.', version, tags });
  await publish('First', '1.0.0', []);
  await publish('Second', '1.1.0', ['Breaking']);
  await publish('Late fix of the first', '1.0.1', []);
  await publish('Third', '1.2.0', []);
  const page = await open('stranger', { javaScriptEnabled: false });
  await page.goto(`/changelog/${project.slug}`);
  await page.getByText('Since my version').click();
  await page.getByLabel('Your version, or a date').fill('v1.0.1');
  await page.getByLabel('Up to (all, if empty)').fill('1.1');
  await page.getByRole('button', { name: 'Show what changed' }).click();
  await expect(page.getByRole('heading', { name: 'What changed since v1.0.1, up to v1.1' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Before you upgrade' })).toBeVisible();
  await expect(page.getByRole('article')).toHaveCount(1);
  await expect(page.getByRole('article')).toContainText('Second');
  await page.goto(`/changelog/${project.slug}?since=nonsense`);
  await expect(page.getByRole('heading', { name: 'There is no such version' })).toBeVisible();
});
