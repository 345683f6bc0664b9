// Asking an administrator, changes on request, and deciding: one by one and several together.

import type { Project } from '../harness/rest.ts';
import { type Page, type Rest, editorPath, expect, test, unique, visit } from '../harness/test.ts';

/** A project in which an administrator publishes. */
const guarded = (rest: Rest, name: string): Promise<Project> =>
  rest.createProject(unique(name), { requireApproval: true, allowAutoPublish: false });

/** Asks from the editor to publish what is in it. */
async function askToPublish(staff: Page): Promise<void> {
  await staff.getByRole('button', { name: 'Ask to publish' }).first().click();
  const sheet = staff.getByRole('dialog', { name: 'Ask to publish' });
  await sheet.getByRole('button', { name: 'Ask to publish' }).click();
  await expect(sheet).toBeHidden();
  await expect(staff.getByRole('note').filter({ hasText: 'Waiting for approval' })).toBeVisible();
}

async function request(
  rest: Rest,
  staff: Page,
  name: string,
): Promise<{ id: string; title: string; project: Project }> {
  const project = await guarded(rest, name);
  const entry = await rest.createEntry(project, { title: unique('News of the day'), content: 'It is faster.' });
  await visit(staff, editorPath(project, entry));
  await askToPublish(staff);
  return { ...entry, project };
}

test('an administrator wants changes, staff make them, and readers get the entry', async ({ admin, open, rest }) => {
  const project = await guarded(rest, 'Lantern');
  const staff = await open('staff');
  await visit(staff, editorPath(project));
  const title = unique('Faster lights');
  await staff.getByLabel('Title').fill(title);
  await staff.getByLabel('Text, in Markdown').fill('They are faster.');
  await askToPublish(staff);

  // The administrator sees the text where the request is.
  await visit(admin, '/dashboard/requests');
  await admin.getByRole('link', { name: `Publish: ${title}` }).click();
  await expect(admin.getByRole('heading', { name: `Publish: ${title}` })).toBeVisible();
  await expect(admin.locator('.request-preview')).toContainText('They are faster.');
  await admin.getByRole('textbox', { name: 'Your answer' }).fill('Say by how much.');
  await admin.getByRole('button', { name: 'Request changes' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Changes requested.' })).toBeVisible();

  // Staff read it at the entry, change the text, and ask again.
  await visit(staff, '/dashboard/requests?tab=changes');
  const row = staff.getByRole('row').filter({ hasText: title });
  await expect(row).toContainText('Say by how much.');
  await row.getByRole('link', { name: 'Open the entry and change it' }).click();
  const notice = staff.getByRole('note').filter({ hasText: 'Changes requested' });
  await expect(notice).toContainText('Say by how much.');
  await staff.getByLabel('Text, in Markdown').fill('They are twice as fast.');
  await askToPublish(staff);

  await visit(admin, '/dashboard/requests');
  await admin.getByRole('link', { name: `Publish: ${title}` }).click();
  await expect(admin.locator('.request-preview')).toContainText('twice as fast');
  await expect(admin.locator('.request-talk')).toContainText('Say by how much.');
  await admin.getByRole('button', { name: 'Approve and publish' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Approved.' })).toBeVisible();
  const [entry] = await rest.listEntries(project);
  expect(entry).toMatchObject({ title, status: 'published' });
});

test('what changed since it was asked for is shown before it is published', async ({ admin, open, rest }) => {
  const staff = await open('staff');
  const asked = await request(rest, staff, 'Beacon');
  await staff.getByLabel('Text, in Markdown').fill('It is much faster.');
  await staff.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(staff.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();

  await visit(admin, '/dashboard/requests');
  await admin.getByRole('link', { name: `Publish: ${asked.title}` }).click();
  await expect(admin.getByRole('region', { name: 'What differs' })).toContainText('It is much faster.');
  await admin.getByRole('button', { name: 'Publish it as it is now' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Approved.' })).toBeVisible();
  expect((await rest.getEntry(asked.project, asked.id)).status).toBe('published');
});

test('several are decided together, and what cannot be is named', async ({ admin, open, rest }) => {
  const staff = await open('staff');
  const first = await request(rest, staff, 'Pier');
  const second = await request(rest, staff, 'Quay');
  // The second is no longer the text that was asked about.
  await staff.getByLabel('Text, in Markdown').fill('Another text.');
  await staff.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(staff.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();

  await visit(admin, '/dashboard/requests');
  for (const one of [first, second]) {
    await admin.getByRole('checkbox', { name: `Select publish “${one.title}”` }).check();
  }
  await admin.getByRole('button', { name: 'Approve selected' }).click();
  await expect(admin.getByRole('alert').filter({ hasText: '1 request could not be decided' })).toContainText(second.title);
  await expect(admin.getByRole('link', { name: `Publish: ${first.title}` })).toBeHidden();
  expect((await rest.getEntry(first.project, first.id)).status).toBe('published');
  expect((await rest.getEntry(second.project, second.id)).status).toBe('draft');
});

test('staff ask to delete a project, and an administrator types its name', async ({ admin, open, rest }) => {
  const project = await rest.createProject(unique('Jetty'));
  const staff = await open('staff');
  await visit(staff, `/dashboard/projects/${project.id}/settings/danger`);
  await staff.getByRole('button', { name: 'Ask to delete the project' }).click();
  await expect(staff.getByRole('note').filter({ hasText: 'asked to delete this project' })).toBeVisible();

  await visit(admin, '/dashboard/requests');
  await admin.getByRole('link', { name: `Delete project: ${project.name}` }).click();
  await admin.getByRole('button', { name: 'Delete project' }).first().click();
  const dialog = admin.getByRole('dialog', { name: 'Delete project?' });
  await dialog.getByRole('textbox').fill(project.name);
  await dialog.getByRole('button', { name: 'Delete project' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Approved.' })).toBeVisible();

  // The answer stays, although the project is gone.
  await visit(staff, '/dashboard/requests?tab=approved');
  await expect(staff.getByRole('row').filter({ hasText: project.name })).toContainText('Approved');
});

test('staff propose a change of what is public, and readers see it when an administrator agrees', async ({
  admin,
  open,
  rest,
}) => {
  const project = await guarded(rest, 'Harbour');
  const entry = await rest.publishNew(project, { title: unique('Tide tables'), content: 'Correct to the *hour*.' });
  const staff = await open('staff');
  await visit(staff, editorPath(project, entry));
  await staff.getByRole('link', { name: 'Propose a change' }).click();
  await expect(staff.getByRole('heading', { name: 'Propose a change' })).toBeVisible();
  await staff.getByLabel('Text').fill('Correct to the *minute*.');
  await staff.getByLabel('Tags').fill('Fix');
  await staff.getByRole('button', { name: 'Propose', exact: true }).click();
  await expect(staff.getByRole('heading', { name: `Change: ${entry.title}` })).toBeVisible();
  expect((await rest.getEntry(project, entry.id)).content).toBe('Correct to the *hour*.');

  await visit(staff, editorPath(project, entry));
  await expect(staff.getByRole('note').filter({ hasText: 'Change proposed' })).toBeVisible();
  await visit(admin, '/dashboard/requests');
  await admin.getByRole('link', { name: `Change: ${entry.title}` }).click();
  await expect(admin.getByRole('region', { name: 'What differs' })).toContainText('minute');
  await admin.getByRole('button', { name: 'Approve the change' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Approved.' })).toBeVisible();
  const changed = await rest.getEntry(project, entry.id);
  expect(changed).toMatchObject({ content: 'Correct to the *minute*.', status: 'published' });
});
