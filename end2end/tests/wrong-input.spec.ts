// Wrong values name the field and what is allowed, keep what was typed, and change nothing.

import { type Page, PEOPLE, editorPath, expect, test, unique, visit } from '../harness/test.ts';

/** The summary above the form, and the field that is marked with the same words. */
async function isToldAbout(page: Page, label: string, words: string | RegExp): Promise<void> {
  await expect(page.getByRole('alert')).toBeVisible();
  const field = page.getByLabel(label, { exact: false }).and(page.locator('[aria-invalid=true]'));
  await expect(field).toHaveAccessibleDescription(words);
}

/** Lets a form be sent with values that the browser itself would hold back. */
const withoutChecks = (page: Page) =>
  page.evaluate(() => document.querySelectorAll('form').forEach((form) => (form.noValidate = true)));

test('a wrong password is refused in one sentence and the address stays', async ({ open, watch }) => {
  watch.allow(/status of 401 .*sign-in/);
  const page = await open('stranger');
  await visit(page, '/login');
  await page.getByLabel('E-mail').fill(PEOPLE.admin.email);
  await page.getByLabel('Password').fill('not the one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('The e-mail address or the password is wrong.');
  await expect(page.getByLabel('E-mail')).toHaveValue(PEOPLE.admin.email);

  await page.getByLabel('E-mail').fill('nobody@example.com');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('The e-mail address or the password is wrong.');
  await expect(page.getByLabel('E-mail')).toHaveValue('nobody@example.com');
});

test('an administrator cannot be made with a short password', async ({ fresh, open, watch }) => {
  watch.allow(/status of 400 .*set-up/);
  const page = await open('stranger', { baseURL: fresh.url });
  await visit(page, fresh.setupLink ?? '');
  await withoutChecks(page);
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('E-mail').fill('ada at example');
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await isToldAbout(page, 'Password', /at least 8 characters/);
  await isToldAbout(page, 'E-mail', /name@example\.com/);
  await expect(page.getByLabel('Your name')).toHaveValue('Ada Lovelace');
  await expect(page.getByLabel('E-mail')).toHaveValue('ada at example');
});

test('a project without a name, or with a colour that is none, is not made', async ({ admin, rest, watch }) => {
  watch.allow(/status of 400 .*projects\/create/);
  const before = (await rest.listProjects()).length;
  await visit(admin, '/dashboard/projects/new');
  await withoutChecks(admin);
  await admin.getByLabel('Name').fill('   ');
  await admin.getByLabel('Description').fill('Kept');
  await admin.getByRole('textbox', { name: 'Colour', exact: true }).fill('#zzz');
  await admin.getByRole('button', { name: 'Create project' }).click();
  await isToldAbout(admin, 'Name', /name is missing/);
  await isToldAbout(admin, 'Colour', /six hexadecimal digits/);
  await expect(admin.getByLabel('Description')).toHaveValue('Kept');
  await expect(admin.getByRole('textbox', { name: 'Colour', exact: true })).toHaveValue('#zzz');
  expect(await rest.listProjects()).toHaveLength(before);

  // The summary leads to the field.
  await admin
    .getByRole('alert')
    .getByRole('link', { name: /name is missing/ })
    .click();
  await expect(admin.getByLabel('Name')).toBeFocused();
});

test('settings with a wrong colour are not saved', async ({ admin, rest, watch }) => {
  watch.allow(/status of 400 .*projects\/set-look/);
  const project = await rest.createProject(unique('Quay'));
  await visit(admin, `/dashboard/projects/${project.id}/settings/look`);
  await withoutChecks(admin);
  await admin.getByLabel('Logo').fill('/logo.svg');
  await admin.getByRole('textbox', { name: 'Colour', exact: true }).fill('red');
  await admin.getByRole('button', { name: 'Save appearance' }).click();
  await isToldAbout(admin, 'Colour', /six hexadecimal digits/);
  await expect(admin.getByLabel('Logo')).toHaveValue('/logo.svg');
  await expect(admin.getByText('Not saved yet')).toBeVisible();
  const saved = await rest.send('GET', `/api/projects/${project.id}/settings`);
  expect(await saved.json()).toMatchObject({ logoUrl: null, color: null });
});

test('an entry without a title is not saved, and its text stays', async ({ admin, rest, watch }) => {
  watch.allow(/status of 400 .*entries\/save/);
  const project = await rest.createProject(unique('Mole'));
  await visit(admin, editorPath(project));
  await withoutChecks(admin);
  await admin.getByLabel('Text, in Markdown').fill('A text that took an hour.');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByRole('alert')).toContainText(/title is missing/i);
  await expect(admin.getByLabel('Title')).toHaveAttribute('aria-invalid', 'true');
  await expect(admin.getByLabel('Text, in Markdown')).toHaveValue('A text that took an hour.');
  expect(await rest.listEntries(project)).toHaveLength(0);
});

test('a text that is too long is refused with the limit, and stays', async ({ admin, rest, watch }) => {
  watch.allow(/status of 400 .*entries\/save/);
  const project = await rest.createProject(unique('Tanker'));
  await visit(admin, editorPath(project));
  const long = 'Long. '.repeat(40_000);
  await admin.getByLabel('Title').fill('Too much');
  await admin.getByLabel('Text, in Markdown').fill(long);
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByRole('alert')).toContainText(/at most 200,?000/);
  await expect(admin.getByLabel('Text, in Markdown')).toHaveAttribute('aria-invalid', 'true');
  await expect(admin.getByLabel('Text, in Markdown')).toHaveValue(long);
  expect(await rest.listEntries(project)).toHaveLength(0);
});

test('a version that another entry has is refused with the name of that entry', async ({ admin, rest, watch }) => {
  watch.allow(/status of 409 .*entries\/save/);
  const project = await rest.createProject(unique('Dock'));
  await rest.createEntry(project, { title: 'The first', content: 'Text.', version: '1.0' });
  await visit(admin, editorPath(project));
  await admin.getByLabel('Title').fill('The second');
  await admin.getByLabel('Version').fill('v1.0');
  await admin.getByLabel('Text, in Markdown').fill('Other text.');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await isToldAbout(admin, 'Version', /already used by the entry “The first”/);
  await expect(admin.getByLabel('Text, in Markdown')).toHaveValue('Other text.');

  // Corrected, the same form goes through.
  await admin.getByLabel('Version').fill('1.1');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin).not.toHaveURL(/\/new$/);
  await expect(admin.getByLabel('Title')).toHaveValue('The second');
  expect(await rest.listEntries(project)).toHaveLength(2);
});

test('a file that is not text in UTF-8 is refused and what stood there stays', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Canal'));
  await visit(admin, `/dashboard/projects/${project.id}/import`);
  const area = admin.getByRole('textbox', { name: 'Changelog' });
  await area.fill('# Changelog\n\n## 1.0.0\n\n- typed\n');
  const file = { name: 'latin.md', mimeType: 'text/markdown', buffer: Buffer.from('## 1.0\n\n- na\xefve\n', 'latin1') };
  await admin.getByLabel('Choose file').setInputFiles(file);
  await expect(area).toHaveAccessibleDescription(/latin\.md is not text in UTF-8/);
  await expect(area).toHaveValue(/- typed/);
});

test('an import without any text is refused', async ({ admin, rest, watch }) => {
  watch.allow(/status of 400 .*imports\/read/);
  const project = await rest.createProject(unique('Weir'));
  await visit(admin, `/dashboard/projects/${project.id}/import`);
  await admin.getByRole('button', { name: 'Preview' }).click();
  await isToldAbout(admin, 'Changelog', /./);
});

test('a project is deleted only when its name is typed', async ({ admin, rest, watch }) => {
  watch.allow(/status of 400 .*projects\/delete/);
  const project = await rest.createProject(unique('Jetty'));
  await visit(admin, `/dashboard/projects/${project.id}/settings/danger`);
  await admin.getByRole('button', { name: 'Delete project' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Delete the project?' });
  const confirm = dialog.getByRole('button', { name: 'Delete project' });
  await expect(confirm).toBeDisabled();
  await dialog.getByLabel(/^Type/).fill('Jetti');
  await expect(confirm).toBeDisabled();

  // The server compares for itself.
  await dialog.locator('form').evaluate((form: HTMLFormElement) => form.requestSubmit());
  await expect(dialog.getByLabel(/^Type/)).toHaveAccessibleDescription(/Type the project's name exactly/);
  await expect(dialog.getByLabel(/^Type/)).toHaveValue('Jetti');
  expect((await rest.listProjects()).map(({ id }) => id)).toContain(project.id);

  await dialog.getByLabel(/^Type/).fill(project.name);
  await confirm.click();
  await expect(admin).toHaveURL(`/dashboard/trash?deleted=${project.id}`);
  await expect(admin.getByRole('heading', { level: 1, name: 'Trash' })).toBeVisible();
  expect((await rest.listProjects()).map(({ id }) => id)).not.toContain(project.id);
});

test('a form that is sent twice acts once', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Lock'));
  await visit(admin, editorPath(project));
  await admin.getByLabel('Title').fill('Only one');
  await admin.getByLabel('Text, in Markdown').fill('Text.');
  await admin.getByRole('button', { name: 'Save', exact: true }).dblclick();
  await expect(admin).not.toHaveURL(/\/new$/);
  await expect(admin.getByLabel('Title')).toHaveValue('Only one');
  expect(await rest.listEntries(project)).toHaveLength(1);
});

test('an address that leads nowhere says so with the right status', async ({ admin }) => {
  for (const path of [
    '/dashboard/projects/no-such-project',
    '/dashboard/projects/no-such-project/changelog',
    '/dashboard/projects/no-such-project/changelog/no-such-entry',
    '/dashboard/projects/no-such-project/settings',
    '/dashboard/nowhere',
  ]) {
    const answer = await admin.request.get(path);
    expect(answer.status(), path).toBe(404);
    expect(await answer.text(), path).toMatch(/There is nothing here/);
  }
});
