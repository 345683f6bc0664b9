// Who may do what, as people see it.

import { type Page, PEOPLE, editorPath, expect, interactive, test, unique, visit } from '../harness/test.ts';

async function askForApproval(admin: Page, project: { id: string }): Promise<void> {
  await visit(admin, `/dashboard/projects/${project.id}/settings/access`);
  await admin.getByRole('switch', { name: 'An administrator approves each publication' }).check();
  await admin.getByRole('switch', { name: 'Let staff publish without approval' }).uncheck();
  await expect(admin.getByText('an administrator looks at each entry and publishes it')).toBeVisible();
  await admin.getByRole('button', { name: 'Save access' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Access saved.' })).toBeVisible();
}

test('where approval is needed, staff ask and an administrator publishes', async ({ admin, open, rest }) => {
  const project = await rest.createProject(unique('Harbour'));
  const entry = await rest.createEntry(project, { title: unique('A new crane'), content: 'It lifts.' });
  await askForApproval(admin, project);

  const staff = await open('staff');
  await visit(staff, editorPath(project, entry));
  await expect(staff.getByRole('button', { name: 'Publish', exact: true })).toBeHidden();
  await staff.getByLabel('Text, in Markdown').fill('It lifts ten tons.');
  await staff.getByRole('button', { name: 'Ask to publish' }).click();
  const sheet = staff.getByRole('dialog', { name: 'Ask to publish' });
  await expect(sheet).toContainText('An administrator is asked');
  await sheet.getByRole('button', { name: 'Ask to publish' }).click();
  await expect(staff.getByRole('note').filter({ hasText: 'Waiting for approval' })).toBeVisible();
  expect(await rest.getEntry(project, entry.id)).toMatchObject({ status: 'draft', content: 'It lifts ten tons.' });

  await visit(admin, '/dashboard');
  await expect(admin.getByRole('heading', { name: 'Waiting for you' })).toBeVisible();
  await admin.getByRole('link', { name: entry.title }).first().click();
  await admin.getByRole('button', { name: 'Publish', exact: true }).click();
  await admin.getByRole('button', { name: 'Publish now' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Published.' })).toBeVisible();
  expect((await rest.getEntry(project, entry.id)).status).toBe('published');
});

test('a member of staff may not publish past the rule, whatever the page sends', async ({
  admin,
  open,
  rest,
  watch,
}) => {
  watch.allow(/status of 403 .*rpc\/entries\/save/);
  const project = await rest.createProject(unique('Haven'));
  const entry = await rest.createEntry(project, { title: 'Held back', content: 'Text.' });
  await askForApproval(admin, project);
  const staff = await open('staff');
  await visit(staff, editorPath(project, entry));
  const status = await staff.locator('#entry-form').evaluate(async (form: HTMLFormElement) => {
    const sent = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
    sent.set('intent', 'publish');
    return (await fetch('/rpc/entries/save', { method: 'POST', body: sent })).status;
  });
  expect(status).toBe(403);
  expect((await rest.getEntry(project, entry.id)).status).toBe('draft');
});

test('a viewer reads everything and can change nothing', async ({ open, rest }) => {
  const project = await rest.createProject(unique('Beacon'));
  const entry = await rest.publishNew(project, { title: 'Lit at dusk', content: 'The *lamp* burns.' });
  const viewer = await open('viewer');
  await visit(viewer, editorPath(project, entry));
  await expect(viewer.getByRole('note').filter({ hasText: 'Read only' })).toBeVisible();
  await expect(viewer.getByRole('heading', { level: 1, name: 'Lit at dusk' })).toBeVisible();
  await expect(viewer.getByRole('main')).toContainText('The lamp burns.');
  // Their own bookmarks change nothing for others.
  await expect(viewer.locator('form:not([id^="bookmark-"])')).toHaveCount(0);
  await expect(viewer.locator('input:not(form[id^="bookmark-"] input), textarea')).toHaveCount(0);
  for (const name of ['Save', 'Publish', 'Unpublish', 'Delete', 'Ask to publish']) {
    await expect(viewer.getByRole('button', { name, exact: true })).toBeHidden();
  }

  await visit(viewer, `/dashboard/projects/${project.id}/changelog`);
  await expect(viewer.getByRole('link', { name: 'Lit at dusk' })).toBeVisible();
  await expect(viewer.getByRole('link', { name: 'New entry' })).toBeHidden();
  await visit(viewer, `/dashboard/projects/${project.id}/import`);
  await expect(viewer.getByText('You cannot import.')).toBeVisible();
  await visit(viewer, '/dashboard/projects/new');
  await expect(viewer.getByText('You cannot create projects.')).toBeVisible();
  await visit(viewer, `/dashboard/projects/${project.id}/settings`);
  await expect(viewer.getByText('You cannot see the settings of this project.')).toBeVisible();
  await expect(viewer.getByRole('button', { name: /^Save/ })).toBeHidden();
  await expect(viewer.getByRole('link', { name: 'Settings' })).toBeHidden();
});

test('a stranger signs in and comes back to the page they asked for', async ({ open, rest }) => {
  const project = await rest.createProject(unique('Ferry'));
  const page = await open('stranger');
  const wanted = `/dashboard/projects/${project.id}/changelog?state=draft`;
  await page.goto(wanted);
  await expect(page).toHaveURL(/\/login\?redirectTo=/);
  await interactive(page);
  await page.getByLabel('E-mail').fill(PEOPLE.staff.email);
  await page.getByLabel('Password').fill(PEOPLE.staff.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(wanted);
  await expect(page.getByRole('heading', { level: 1, name: 'Entries' })).toBeVisible();
});

test('sign-in never leads to another site', async ({ open }) => {
  const page = await open('stranger');
  await visit(page, '/login?redirectTo=https%3A%2F%2Fevil.example%2F');
  await page.getByLabel('E-mail').fill(PEOPLE.staff.email);
  await page.getByLabel('Password').fill(PEOPLE.staff.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/dashboard');
});

test('a person who is signed out in another tab is told, and nothing typed is lost', async ({ open, rest, watch }) => {
  watch.allow(/status of 401 .*rpc\/entries\//);
  const project = await rest.createProject(unique('Skiff'));
  const page = await open('stranger');
  await visit(page, '/login');
  await page.getByLabel('E-mail').fill(PEOPLE.admin.email);
  await page.getByLabel('Password').fill(PEOPLE.admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/dashboard');
  await visit(page, editorPath(project));
  await page.getByLabel('Title').fill('Half done');
  await page.getByLabel('Text, in Markdown').fill('Still here.');
  await page.context().clearCookies({ name: /Token/ });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('You are signed out');
  await expect(page.getByLabel('Text, in Markdown')).toHaveValue('Still here.');
});
