// The settings of a project, the tags of the instance, and the pages around them.

import { type Project, Rest } from '../harness/rest.ts';
import { PEOPLE, type Page, expect, interactive, test, unique, visit } from '../harness/test.ts';

const at = (project: { id: string }, page = '') => `/dashboard/projects/${project.id}/settings${page}`;

async function saved(page: Page, text: string): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: text })).toBeVisible();
}

async function settings(rest: Rest, project: { id: string }): Promise<Record<string, unknown>> {
  return (await (await rest.send('GET', `/api/projects/${project.id}/settings`)).json()) as Record<string, unknown>;
}

test('a new name and address show everywhere at once, and the old address redirects', async ({ admin, open, rest }) => {
  const project = await rest.createProject(unique('Harbour'));
  await rest.publishNew(project, { title: 'A new crane', content: 'It lifts.' });
  await visit(admin, at(project));
  const name = unique('Haven');
  const slug = `the-${project.slug}`;
  await admin.getByLabel('Name').fill(name);
  await expect(admin.getByText('Not saved yet')).toBeVisible();
  await admin.getByLabel('Address').fill(slug);
  await expect(admin.getByText('The old address will redirect here')).toBeVisible();
  await admin.getByRole('radio', { name: 'Rocket' }).check({ force: true });
  await admin.getByLabel('Time zone').selectOption('Asia/Tokyo');
  await admin.getByRole('button', { name: 'Save name and address' }).click();
  await saved(admin, 'Name and address saved.');
  await expect(admin.getByText('Not saved yet')).toBeHidden();
  await expect(admin.getByRole('navigation', { name: 'Breadcrumb' })).toContainText(name);
  await expect(admin.getByRole('navigation', { name: 'Main' })).toContainText(name);
  expect(await settings(rest, project)).toMatchObject({ name, slug, icon: 'Rocket', timezone: 'Asia/Tokyo' });

  const reader = await open('stranger');
  await reader.goto(`/changelog/${project.slug}`);
  await expect(reader).toHaveURL(`/changelog/${slug}`);
  await expect(reader.getByRole('heading', { level: 1 })).toHaveText(name);
});

test('an address that is taken is refused, and what was typed stays', async ({ admin, rest, watch }) => {
  watch.allow(/status of 400 .*projects\/update/);
  const [project, other] = [await rest.createProject(unique('Quay')), await rest.createProject(unique('Pier'))];
  await visit(admin, at(project));
  await admin.getByLabel('Address').fill(other.slug);
  await admin.getByRole('button', { name: 'Save name and address' }).click();
  await expect(admin.getByLabel('Address')).toHaveAccessibleDescription(/Another project has this address/);
  await expect(admin.getByLabel('Address')).toHaveValue(other.slug);
});

test('colour, layout and style rules reach the public page with the next request', async ({ admin, open, rest }) => {
  const project = await rest.createProject(unique('Lighthouse'));
  await rest.publishNew(project, { title: 'Brighter', content: 'By far.' });
  const reader = await open('stranger');
  await reader.goto(`/changelog/${project.slug}`);

  await visit(admin, at(project, '/look'));
  await admin.getByRole('textbox', { name: 'Colour', exact: true }).fill('#ffe100');
  await expect(admin.getByText(/This colour has 1\.\d:1 on light pages/)).toBeVisible();
  await admin.getByRole('radio', { name: /^Cards/ }).check({ force: true });
  await admin.getByRole('button', { name: 'Save appearance' }).click();
  await saved(admin, 'Appearance saved.');
  await admin.getByLabel('CSS').fill('h1 { letter-spacing: 7px }');
  await admin.getByRole('button', { name: 'Save style rules' }).click();
  await saved(admin, 'Style rules saved.');
  await expect(admin.frameLocator('iframe').getByRole('heading', { level: 1 })).toHaveCSS('letter-spacing', '7px');

  await reader.reload();
  await expect(reader.getByRole('heading', { level: 1 })).toHaveCSS('letter-spacing', '7px');
  expect(await settings(rest, project)).toMatchObject({ color: '#ffe100', layout: 'cards' });

  // Emptied again, it is really gone.
  await admin.getByLabel('CSS').fill('');
  await admin.getByRole('button', { name: 'Save style rules' }).click();
  await expect.poll(async () => (await settings(rest, project)).customCss).toBeNull();
  await reader.reload();
  await expect(reader.getByRole('heading', { level: 1 })).not.toHaveCSS('letter-spacing', '7px');
});

test('staff see access without a way to change it', async ({ open, rest }) => {
  const project = await rest.createProject(unique('Dock'));
  const staff = await open('staff');
  await visit(staff, at(project, '/access'));
  await expect(staff.getByText('Only an administrator changes who reads and who publishes.')).toBeVisible();
  for (const name of ['Public', 'Listed by search engines', 'Let staff publish without approval'])
    await expect(staff.getByRole('switch', { name, exact: true })).toBeDisabled();
  await expect(staff.getByRole('button', { name: 'Save access' })).toBeHidden();
  await visit(staff, at(project, '/danger'));
  await expect(staff.getByRole('switch', { name: 'Maintenance' })).toBeDisabled();
  await expect(staff.getByRole('button', { name: 'Delete project' })).toBeHidden();
});

test('maintenance puts a notice in the place of the page, and the dashboard says so', async ({
  admin,
  open,
  rest,
  watch,
}) => {
  watch.allow(/status of 503/);
  const project = await rest.createProject(unique('Lock'));
  await rest.publishNew(project, { title: 'Once seen', content: 'Text.' });
  await visit(admin, at(project, '/danger'));
  await admin.getByRole('switch', { name: 'Maintenance' }).check();
  await admin.getByRole('textbox', { name: 'Message' }).fill('Back at noon.');
  await admin.getByRole('button', { name: 'Save maintenance' }).click();
  await saved(admin, 'Maintenance saved.');
  await expect(admin.getByText('Readers see the maintenance notice')).toBeVisible();
  const reader = await open('stranger');
  expect((await reader.goto(`/changelog/${project.slug}`))?.status()).toBe(503);
  await expect(reader.getByText('Back at noon.')).toBeVisible();
  await visit(admin, `/dashboard/projects/${project.id}`);
  await expect(admin.getByText('Readers see the maintenance notice')).toBeVisible();
});

test('all entries are deleted only when the name is typed', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Jetty'));
  for (const title of ['One', 'Two']) await rest.createEntry(project, { title, content: 'Text.' });
  await visit(admin, at(project, '/danger'));
  await admin.getByRole('button', { name: 'Delete all entries' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Delete all entries?' });
  await expect(dialog).toContainText('2 entries');
  await dialog.getByLabel(/^Type/).fill(project.name);
  await dialog.getByRole('button', { name: 'Delete all entries' }).click();
  await saved(admin, '2 entries deleted.');
  await expect(admin.getByText('There are no entries.')).toBeVisible();
  expect(await rest.listEntries(project)).toHaveLength(0);
});

async function tagged(rest: Rest, project: Project, tag: string): Promise<void> {
  await rest.publishNew(project, { title: unique('Entry'), content: 'Text.', tags: [tag] });
}

test('a tag is renamed, merged and deleted everywhere', async ({ admin, open, rest, watch }) => {
  watch.allow(/status of 409 .*tags\/update/);
  const [old, kept] = [unique('Bug'), unique('Fix')];
  const [project, other] = [await rest.createProject(unique('Buoy')), await rest.createProject(unique('Float'))];
  for (const one of [project, other]) await tagged(rest, one, old);
  await tagged(rest, project, kept);
  await rest.send('PATCH', `/api/projects/${other.id}`, { defaultTags: [old] });

  await visit(admin, at(project, '/tags'));
  await expect(admin.getByRole('row', { name: new RegExp(old) })).toContainText('2 in 2 projects');
  await admin.getByRole('link', { name: old, exact: true }).click();
  await expect(admin.getByText('2 projects use this tag.')).toBeVisible();
  await admin.getByLabel('Name').fill(kept.toUpperCase());
  await admin.getByRole('button', { name: 'Save tag' }).click();
  await admin.getByRole('link', { name: `Merge into “${kept}”` }).click();
  await expect(admin.getByLabel('Into')).toHaveValue(/./);
  await admin.getByRole('button', { name: 'Merge tags' }).click();
  await saved(admin, '2 entries changed.');
  await expect(admin.getByRole('link', { name: old, exact: true })).toBeHidden();
  expect(await settings(rest, other)).toMatchObject({ defaultTags: [kept] });
  const reader = await open('stranger');
  await reader.goto(`/changelog/${other.slug}`);
  await expect(reader.getByRole('article').getByText(kept)).toBeVisible();
  await expect(reader.getByText(old)).toHaveCount(0);

  await admin.getByRole('row', { name: new RegExp(kept) }).getByLabel(`Actions for ${kept}`).click();
  await admin.getByRole('link', { name: 'Delete', exact: true }).click();
  await expect(admin.getByText('3 entries in 2 projects lose it.')).toBeVisible();
  await admin.getByRole('button', { name: 'Delete tag' }).click();
  await saved(admin, '3 entries changed.');
  expect(await settings(rest, other)).toMatchObject({ defaultTags: [] });
});

test('an instance without tags offers a first set, which can be put in order', async ({ fresh, open }) => {
  await fresh.createPerson('admin');
  const rest = new Rest(fresh, await fresh.createKey('admin', 'Tags'));
  const project = await rest.createProject('First');
  const page = await open('stranger', { baseURL: fresh.url });
  await page.goto('/login');
  await interactive(page);
  await page.getByLabel('E-mail').fill(PEOPLE.admin.email);
  await page.getByLabel('Password').fill(PEOPLE.admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/dashboard');
  await visit(page, at(project, '/tags'));
  await page.getByRole('button', { name: 'Add these six' }).click();
  const names = page.getByRole('table', { name: 'Tags' }).locator('tbody .tag-word');
  await expect(names).toHaveText(['Feature', 'Improvement', 'Fix', 'Security', 'Breaking', 'Deprecated']);
  await page.getByLabel('Actions for Fix').click();
  await page.getByRole('button', { name: 'Move up' }).click();
  await expect(names).toHaveText(['Feature', 'Fix', 'Improvement', 'Security', 'Breaking', 'Deprecated']);
  await page.getByLabel('Filter tags').fill('sec');
  await expect(names).toHaveText(['Security']);
});

test('home leads to what is unfinished and tells what was done', async ({ admin, rest }) => {
  await rest.createProject(unique('Berth'));
  const project = await rest.createProject(unique('Slip'));
  const draft = await rest.createEntry(project, { title: unique('Unfinished'), content: 'Text.' });
  const done = await rest.publishNew(project, { title: unique('Finished'), content: 'Text.' });
  await visit(admin, '/dashboard');
  await expect(admin.getByRole('link', { name: draft.title }).first()).toBeVisible();
  await expect(admin.getByText('published').locator('xpath=..').filter({ hasText: done.title }).first()).toBeVisible();
  await admin.locator('.page-header').getByText('New entry', { exact: true }).click();
  await admin.getByRole('link', { name: project.name }).first().click();
  await expect(admin).toHaveURL(`/dashboard/projects/${project.id}/changelog/new`);
});

test('"?" lists the keys, also from the menu', async ({ admin }) => {
  await visit(admin, '/dashboard');
  await admin.keyboard.press('?');
  const dialog = admin.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(dialog).toContainText('Next entry');
  await admin.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});
