// An entry goes live by itself: chosen in the editor, seen in the calendar, done by the runner, read by a reader.

import { type Page, editorPath, expect, test, unique, visit } from '../harness/test.ts';

/** Opens the publish sheet of the editor. */
async function openSheet(page: Page, button: string, name: string) {
  await page.getByRole('button', { name: button, exact: true }).click();
  const sheet = page.getByRole('dialog', { name });
  await expect(sheet).toBeVisible();
  return sheet;
}

test('an entry is scheduled in the editor, and a reader sees it when its time has come', async ({
  admin,
  open,
  rest,
  watch,
}) => {
  watch.allow(/status of 400 .*entries\/arrange/);
  const project = await rest.createProject(unique('Tides'));
  const title = unique('A new sail');
  const entry = await rest.createEntry(project, { title, content: 'Sails **further**.' });
  const reader = await open('stranger');
  await visit(admin, editorPath(project, entry));

  await test.step('the sheet says what will happen', async () => {
    const sheet = await openSheet(admin, 'Publish', 'Publish this entry');
    await sheet.getByRole('radio', { name: /^At a time ahead/ }).check();
    await sheet.getByRole('textbox', { name: 'Goes live' }).fill('2099-03-10T08:00');
    await expect(sheet).toContainText(`“${title}” goes live by itself on 10 March 2099, 08:00`);
    await sheet.getByLabel('Take it back at a time').check();
    await sheet.getByLabel('Expires', { exact: true }).fill('2099-03-09T08:00');
    await sheet.getByRole('button', { name: 'Schedule' }).click();
    await expect(sheet.getByLabel('Expires', { exact: true })).toHaveAccessibleDescription(/after the one at which/);
    await sheet.getByLabel('Expires', { exact: true }).fill('2099-04-10T08:00');
    await expect(sheet).toContainText('On 10 April 2099, 08:00 it becomes a draft again');
    await sheet.getByRole('button', { name: 'Schedule' }).click();
    await expect(admin.getByRole('status').filter({ hasText: 'Scheduled for 10 March 2099, 08:00' })).toBeVisible();
    await expect(admin.getByText('for 10 March 2099, 08:00 UTC', { exact: true })).toBeVisible();
  });

  await test.step('nothing is public yet', async () => {
    await reader.goto(`/changelog/${project.slug}`);
    await expect(reader.getByText(title)).toHaveCount(0);
  });

  await test.step('the calendar shows it, also as a list', async () => {
    await visit(admin, `/dashboard/projects/${project.id}/calendar?month=2099-03`);
    const cell = admin.getByRole('cell').filter({ hasText: title });
    await expect(cell).toContainText('Goes live');
    await expect(cell).toContainText('08:00');
    await admin.getByRole('link', { name: 'Month after' }).click();
    await expect(admin.getByRole('heading', { name: 'April 2099' })).toBeVisible();
    await expect(admin.getByRole('cell').filter({ hasText: title })).toContainText('Expires');
    await admin.getByRole('link', { name: 'List', exact: true }).click();
    await expect(admin.getByRole('heading', { name: 'Friday 10' })).toBeVisible();
  });

  await test.step('an administrator does not wait for it', async () => {
    await visit(admin, '/dashboard/admin/jobs?status=PENDING&kind=PUBLISH_CHANGELOG_ENTRY');
    const line = admin.getByRole('row').filter({ hasText: title });
    await expect(line).toContainText('10 Mar 2099, 08:00 UTC');
    await line.getByRole('button', { name: /^Run now/ }).click();
    await expect(admin.getByRole('status').filter({ hasText: 'The job runs now.' })).toBeVisible();
  });

  await test.step('a reader sees it', async () => {
    await expect(async () => {
      await reader.goto(`/changelog/${project.slug}`);
      await expect(reader.getByRole('heading', { name: title })).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 15_000 });
    await visit(admin, '/dashboard/admin/jobs?status=COMPLETED');
    await expect(admin.getByRole('row').filter({ hasText: title })).toContainText('Done');
  });
});

test('a schedule is taken back in the editor', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Tides'));
  const entry = await rest.createEntry(project, { title: 'Not yet', content: 'Soon.' });
  await visit(admin, editorPath(project, entry));
  const sheet = await openSheet(admin, 'Publish', 'Publish this entry');
  await sheet.getByRole('radio', { name: /^At a time ahead/ }).check();
  await sheet.getByRole('textbox', { name: 'Goes live' }).fill('2099-03-10T08:00');
  await sheet.getByRole('button', { name: 'Schedule' }).click();
  await expect(admin.getByText('for 10 March 2099, 08:00 UTC', { exact: true })).toBeVisible();
  const again = await openSheet(admin, 'Schedule', 'Publish this entry');
  await expect(again.getByRole('textbox', { name: 'Goes live' })).toHaveValue('2099-03-10T08:00');
  await again.getByRole('button', { name: 'Unschedule' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'It is a draft again' })).toBeVisible();
  await expect(admin.getByRole('button', { name: 'Publish', exact: true })).toBeVisible();
});

test('several entries are scheduled together from the list', async ({ admin, rest, watch }) => {
  watch.allow(/status of 400 .*entries\/bulk/);
  const project = await rest.createProject(unique('Convoy'));
  const titles = [unique('First boat'), unique('Second boat')];
  for (const title of titles) await rest.createEntry(project, { title, content: 'It **sails**.' });
  await visit(admin, `/dashboard/projects/${project.id}/changelog`);
  for (const title of titles) await admin.getByRole('checkbox', { name: `Choose “${title}”` }).check();
  const bar = admin.getByRole('region', { name: 'Chosen entries' });
  await bar.getByRole('button', { name: 'Schedule' }).click();
  await expect(admin.getByRole('alert').filter({ hasText: /date and a time/ })).toBeVisible();
  await bar.getByLabel('Time to publish at').fill('2099-03-10T08:00');
  await bar.getByRole('button', { name: 'Schedule' }).click();
  await expect(admin.getByRole('status').filter({ hasText: '2 scheduled.' })).toBeVisible();
  for (const entry of await rest.listEntries(project)) expect(entry.status).toBe('scheduled');
});
