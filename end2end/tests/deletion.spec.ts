// Asking an administrator to delete an entry, and what they decide.

import { type Page, editorPath, expect, test, unique, visit } from '../harness/test.ts';

/** Asks from where the entry is shown. */
async function askToDelete(staff: Page, opens: () => Promise<void>): Promise<void> {
  await opens();
  const dialog = staff.getByRole('dialog', { name: 'Ask to delete the entry?' });
  await expect(dialog).toContainText('Until they decide, it stays as it is.');
  await dialog.getByRole('button', { name: 'Ask to delete' }).click();
  const told = staff.getByRole('status').filter({ hasText: 'An administrator has been asked to delete the entry.' });
  await expect(told).toBeVisible();
  await expect(dialog).toBeHidden();
}

test('staff ask to delete what is published, and an administrator keeps it or deletes it', async ({
  admin,
  open,
  rest,
}) => {
  const project = await rest.createProject(unique('Quay'));
  const entry = await rest.publishNew(project, { title: unique('Old news'), content: 'Nobody needs this.' });
  const staff = await open('staff');
  const ask = staff.getByRole('main').getByRole('button', { name: 'Ask to delete' }).first();
  const notice = staff.getByRole('note').filter({ hasText: 'Deletion requested' });

  await visit(staff, editorPath(project, entry));
  await askToDelete(staff, () => ask.click());
  await expect(notice).toContainText('You asked to delete it');
  await expect(staff.locator('.editor-top').getByRole('button', { name: 'Ask to delete' })).toBeHidden();
  await visit(staff, `/dashboard/projects/${project.id}/changelog`);
  await expect(staff.getByRole('row').filter({ hasText: entry.title })).toContainText('deletion requested');

  // Taken back, it can be asked for again.
  await visit(staff, editorPath(project, entry));
  await notice.getByRole('button', { name: 'Withdraw' }).click();
  await expect(staff.getByRole('status').filter({ hasText: 'The request is taken back.' })).toBeVisible();
  await expect(notice).toBeHidden();
  await askToDelete(staff, () => ask.click());

  const waits = admin
    .getByRole('listitem')
    .filter({ hasText: entry.title })
    .filter({ hasText: 'Grace Hopper asked to delete it' });
  await visit(admin, '/dashboard');
  await expect(admin.getByRole('heading', { name: 'Waiting for you' })).toBeVisible();
  await waits.getByRole('button', { name: 'Keep' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'The entry is kept.' })).toBeVisible();
  await expect(waits).toBeHidden();
  expect((await rest.getEntry(project, entry.id)).status).toBe('published');

  await visit(staff, editorPath(project, entry));
  await expect(notice).toBeHidden();
  await askToDelete(staff, () => ask.click());
  await visit(admin, '/dashboard');
  await waits.getByRole('button', { name: 'Delete entry' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Delete the entry?' }).filter({ hasText: entry.title });
  await dialog.getByRole('button', { name: 'Delete entry' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Entry deleted.' })).toBeVisible();
  await expect(waits).toBeHidden();
  expect(await rest.listEntries(project)).toEqual([]);
});

test('in the editor, staff delete their own drafts and ask for those of others', async ({ admin, open, rest }) => {
  const project = await rest.createProject(unique('Pier'));
  const entry = await rest.createEntry(project, { title: unique('Of somebody else'), content: 'Text.' });
  const staff = await open('staff');
  await visit(staff, editorPath(project, entry));
  await askToDelete(staff, async () => {
    await staff.getByLabel('More').click();
    await staff.getByRole('button', { name: 'Ask to delete' }).first().click();
  });
  await expect(staff.getByRole('note').filter({ hasText: 'Deletion requested' })).toBeVisible();
  await staff.getByLabel('More').click();
  await expect(staff.getByRole('button', { name: 'Deletion requested' })).toBeDisabled();

  // An administrator finds the request at the entry as well.
  await visit(admin, editorPath(project, entry));
  const notice = admin.getByRole('note').filter({ hasText: 'Deletion requested' });
  await expect(notice).toContainText('Grace Hopper asked to delete it');
  await notice.getByRole('button', { name: 'Keep' }).click();
  await expect(notice).toBeHidden();

  await visit(staff, editorPath(project));
  const title = unique('My own');
  await staff.getByLabel('Title').fill(title);
  await staff.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(staff.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
  await staff.getByLabel('More').click();
  await staff.getByRole('button', { name: 'Delete entry' }).first().click();
  await staff.getByRole('dialog', { name: 'Delete the entry?' }).getByRole('button', { name: 'Delete entry' }).click();
  await expect(staff).toHaveURL(new RegExp(`/dashboard/projects/${project.id}/changelog\\?deleted=`));
  await expect(staff.getByRole('link', { name: title })).toBeHidden();
});
