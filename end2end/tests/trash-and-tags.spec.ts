// What is deleted and comes back, many entries changed at once, bookmarks, and versions from templates.

import { type Page, editorPath, expect, test, unique, visit } from '../harness/test.ts';

const listPath = (project: { id: string }) => `/dashboard/projects/${project.id}/changelog`;

async function told(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: text })).toBeVisible();
}

test('an entry that is deleted is gone for readers, and "Undo" brings it back as it was', async ({
  admin,
  open,
  rest,
}) => {
  const project = await rest.createProject(unique('Harbour'));
  const entry = await rest.publishNew(project, { title: unique('Faster cranes'), content: 'Twice as fast.' });
  const before = await rest.getEntry(project, entry.id);
  const reader = await open('stranger');

  await visit(admin, editorPath(project, entry));
  await admin.getByLabel('More').click();
  await admin.getByRole('button', { name: 'Delete entry' }).first().click();
  const dialog = admin.getByRole('dialog', { name: 'Delete the entry?' });
  await expect(dialog).toContainText('It can be restored for 30 days');
  await dialog.getByRole('button', { name: 'Delete entry' }).click();
  await expect(admin).toHaveURL(new RegExp(`${listPath(project)}\\?deleted=`));
  await expect(admin.getByRole('row').filter({ hasText: entry.title })).toBeHidden();
  await reader.goto(`/changelog/${project.slug}`);
  await expect(reader.getByText(entry.title)).toBeHidden();

  await admin.getByRole('note').filter({ hasText: entry.title }).getByRole('button', { name: 'Undo' }).click();
  await expect(admin).toHaveURL(editorPath(project, entry));
  await reader.reload();
  await expect(reader.getByText(entry.title)).toBeVisible();
  expect(await rest.getEntry(project, entry.id)).toEqual(before);
});

test('a version that was taken meanwhile is named, and the entry comes back without it', async ({
  admin,
  rest,
  watch,
}) => {
  watch.allow(/status of 409 .*trash\/restore/);
  const project = await rest.createProject(unique('Quay'));
  const first = await rest.createEntry(project, { title: unique('First'), content: 'Text.', version: '2.0.0' });
  await rest.send('DELETE', `/api/projects/${project.id}/changelog/${first.id}`);
  const second = await rest.createEntry(project, { title: unique('Second'), content: 'Text.', version: '2.0.0' });

  await visit(admin, `/dashboard/trash?project=${project.id}`);
  const row = admin.getByRole('row').filter({ hasText: first.title });
  await expect(row).toContainText('30');
  await row.getByRole('button', { name: 'Restore' }).click();
  await expect(admin.getByText(`already used by the entry “${second.title}”`)).toBeVisible();
  await row.getByRole('link', { name: first.title }).click();
  await admin.getByLabel('Without its version').check();
  await admin.getByRole('button', { name: 'Restore', exact: true }).first().click();
  await told(admin, 'is back.');
  await expect(row).toBeHidden();
  expect(await rest.getEntry(project, first.id)).toMatchObject({ version: null });
});

test('a tag comes back to its entries', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Pier'));
  const name = unique('Tag');
  const entry = await rest.createEntry(project, { title: unique('Tagged'), content: 'Text.', tags: [name] });
  await visit(admin, `/dashboard/projects/${project.id}/settings/tags?q=${name}`);
  await admin.getByLabel(`Actions for ${name}`).click();
  await admin.getByRole('link', { name: 'Delete' }).click();
  await admin.getByRole('button', { name: 'Delete tag' }).click();
  const notice = admin.getByRole('note').filter({ hasText: name });
  await expect(notice).toBeVisible();
  expect(await rest.getEntry(project, entry.id)).toMatchObject({ tags: [] });
  await notice.getByRole('button', { name: 'Undo' }).click();
  await told(admin, 'is back.');
  expect(await rest.getEntry(project, entry.id)).toMatchObject({ tags: [{ name }] });
});

test('a project goes to the trash, comes back, and is deleted for good by its name only', async ({
  admin,
  rest,
  watch,
}) => {
  watch.allow(/status of 400 .*trash\/delete/);
  const project = await rest.createProject(unique('Dock'));
  await rest.publishNew(project, { title: 'Kept', content: 'Text.' });
  await rest.send('DELETE', `/api/projects/${project.id}`);
  await visit(admin, `/dashboard/trash?show=${project.id}`);
  await admin.getByRole('button', { name: 'Restore', exact: true }).first().click();
  await told(admin, 'is back.');
  expect(await rest.listEntries(project)).toHaveLength(1);

  await rest.send('DELETE', `/api/projects/${project.id}`);
  await visit(admin, `/dashboard/trash?show=${project.id}`);
  const name = admin.getByLabel(/to delete it for good/);
  await name.fill('Something else');
  await admin.getByRole('button', { name: 'Delete for good' }).click();
  await expect(name).toHaveAccessibleDescription(/Type it exactly/);
  await name.fill(project.name);
  await admin.getByRole('button', { name: 'Delete for good' }).click();
  await told(admin, 'Deleted for good.');
  expect((await rest.send('POST', `/api/trash/${project.id}/restore`, {})).status).toBe(404);
});

test('many entries are published, tagged and deleted at once, and each that could not be says why', async ({
  admin,
  rest,
}) => {
  const project = await rest.createProject(unique('Basin'));
  const titles = [unique('One'), unique('Two'), unique('Three')];
  for (const title of titles) {
    await rest.createEntry(project, { title, content: 'Text.' });
  }
  await visit(admin, listPath(project));
  const boxes = admin.getByRole('checkbox', { name: /^Choose “/ });
  const bar = admin.getByRole('region', { name: 'Chosen entries' });
  await expect(bar).toBeHidden();
  await boxes.first().click();
  await boxes.last().click({ modifiers: ['Shift'] });
  await expect(bar).toContainText('3 chosen');
  await bar.getByLabel('Tag to add or remove').fill('Improvement');
  await bar.getByRole('button', { name: 'Add tag' }).click();
  await told(admin, '3 tagged.');
  await admin.getByRole('checkbox', { name: 'Choose all on this page' }).check();
  await bar.getByRole('button', { name: 'Publish', exact: true }).click();
  await told(admin, '3 published.');
  await admin.getByRole('checkbox', { name: 'Choose all on this page' }).check();
  await bar.getByRole('button', { name: 'Delete' }).click();
  await told(admin, '3 deleted.');
  expect(await rest.listEntries(project)).toEqual([]);
  await admin.getByRole('button', { name: 'Undo' }).click();
  await expect(admin.getByRole('row').filter({ hasText: titles[0] })).toBeVisible();
  expect(await rest.listEntries(project)).toHaveLength(3);
});

test('a starred entry is among the bookmarks, by project and by title, until the star is taken away', async ({
  admin,
  rest,
}) => {
  const project = await rest.createProject(unique('Lock'));
  const entry = await rest.createEntry(project, { title: unique('Worth keeping'), content: 'Text.' });
  await visit(admin, listPath(project));
  const star = admin.getByRole('button', { name: `Bookmark “${entry.title}”` });
  await star.click();
  await expect(admin.getByRole('button', { name: `Remove the bookmark of “${entry.title}”` })).toBeVisible();
  for (const sort of ['recent', 'title', 'project']) {
    await visit(admin, `/dashboard/bookmarks?sort=${sort}&q=worth+keeping`);
    await expect(admin.getByRole('link', { name: entry.title })).toBeVisible();
  }
  const file = await admin.request.get('/api/bookmarks');
  const text = await file.text();
  expect(text).toContain(entry.id);
  const row = admin.getByRole('row').filter({ hasText: entry.title });
  await row.getByRole('button', { name: /^Remove/ }).click();
  await told(admin, 'Bookmark removed.');
  await expect(row).toBeHidden();
  await admin.getByLabel('Text of a file').fill(text);
  await admin.getByRole('button', { name: 'Add bookmarks' }).click();
  await told(admin, /1 added/);
});

test('entries are listed by version, pre-releases before their release', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Sluice'));
  for (const version of ['1.10.0', '1.9.0', '2.0.0-rc.10', '2.0.0-rc.9', '2.0.0']) {
    await rest.createEntry(project, { title: `Release ${version}`, content: 'Text.', version });
  }
  await visit(admin, `${listPath(project)}?sort=version`);
  const titles = admin.getByRole('main').locator('.cell-main a');
  await expect(titles).toHaveText([
    'Release 2.0.0',
    'Release 2.0.0-rc.10',
    'Release 2.0.0-rc.9',
    'Release 1.10.0',
    'Release 1.9.0',
  ]);
});
