// API keys in the dashboard: making one, using it, changing it, ending it.

import { inspect } from '../harness/look.ts';
import { type Instance, type Page, expect, interactive, test, unique, visit } from '../harness/test.ts';

/** Asks as whoever has the key. */
async function ask(instance: Instance, key: string, path: string, body?: unknown): Promise<Response> {
  return fetch(instance.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

/** What the page shows of a key that was just made. */
const shownKey = (page: Page): Promise<string> => page.getByRole('region', { name: 'Key', exact: true }).innerText();

async function confirm(page: Page, verb: string, name: string): Promise<void> {
  await page.getByRole('button', { name: verb, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading')).toContainText(`“${name}”?`);
  await dialog.getByRole('button', { name: verb, exact: true }).click();
}

test('a key is made, copied, used, changed, replaced, revoked and deleted', async ({ instance, open, rest, watch }) => {
  watch.allow(/status of 400/);
  const project = await rest.createProject(unique('Signal box'));
  const entries = `/api/projects/${project.id}/changelog`;
  const page = await open('staff', { permissions: ['clipboard-read', 'clipboard-write'] });
  await visit(page, `/dashboard/projects/${project.id}`);
  await page.getByRole('navigation').getByRole('link', { name: 'API keys' }).click();
  await expect(page.getByText('No API keys yet')).toBeVisible();
  await expect(page.getByRole('link', { name: 'New API key' })).toHaveCount(1);
  await page.getByRole('link', { name: 'New API key' }).click();

  // Reading only is chosen already, and single scopes are asked for only by who wants them.
  await expect(page.getByRole('radio', { name: 'Read only' })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: 'changelog:write' })).toBeHidden();
  await page.getByRole('radio', { name: 'Single scopes' }).check();
  await page.getByText('Scopes that nothing asks for yet').click();
  const ticked = page.getByRole('checkbox', { checked: true });
  while ((await ticked.count()) > 0) await ticked.first().click();
  await page.getByLabel('Name').fill('Build server');
  await page.getByRole('button', { name: 'Create key' }).click();
  await expect(page.getByRole('alert')).toContainText('A key needs at least one scope.');
  await expect(page.getByLabel('Name')).toHaveValue('Build server');
  await page.getByRole('checkbox', { name: 'changelog:write' }).check();
  await page.getByLabel('Stops working').selectOption('On a date');
  await page.getByLabel('Last day').fill('2999-12-31');
  await page.getByRole('button', { name: 'Create key' }).click();

  const made = page.getByRole('group', { name: 'Key created' });
  await expect(made).toBeFocused();
  await expect(made).toContainText('cannot be seen again');
  const secret = await shownKey(page);
  expect(secret).toMatch(/^chr_[A-Za-z0-9_-]{32}$/);
  await page.getByRole('button', { name: 'Copy key' }).click();
  await expect(page.getByText('Copied').first()).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
  await expect(page.getByText(`curl -H 'Authorization: Bearer ${secret}' \\ ${instance.url}/api/auth/me`)).toBeVisible();
  await expect(page.getByText(`tidings login --host ${instance.url} --api-key-stdin`)).toBeVisible();
  expect((await ask(instance, secret, entries, { title: 'By the build', content: 'x' })).status).toBe(201);
  expect((await ask(instance, secret, '/api/projects')).status).toBe(403);

  await page.getByRole('link', { name: 'Done' }).click();
  const row = page.getByRole('row', { name: /Build server/ });
  await expect(row).toContainText(`${secret.slice(0, 12)}...`);
  await expect(row).toContainText('changelog:write');
  await expect(row).toContainText('Active until 31 Dec 2999');
  await expect(row).toContainText('You');
  await expect(page.locator('body')).not.toContainText(secret);

  await row.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1, name: 'Build server' })).toBeVisible();
  await expect(page.getByText('127.0.0.1')).toBeVisible();
  await expect(page.locator('body')).not.toContainText(secret);
  await page.getByLabel('Name').fill('Night build');
  await page.getByRole('radio', { name: 'Read only' }).check();
  await page.getByRole('button', { name: 'Save key' }).click();
  await expect(page.getByText('Key saved.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Night build' })).toBeVisible();
  expect((await ask(instance, secret, entries, { title: 'Again', content: 'x' })).status).toBe(403);
  expect((await ask(instance, secret, entries)).status).toBe(200);

  await confirm(page, 'Replace key', 'Night build');
  await expect(page.getByRole('group', { name: 'Key replaced' })).toBeFocused();
  const second = await shownKey(page);
  expect((await ask(instance, secret, entries)).status).toBe(401);
  expect((await ask(instance, second, entries)).status).toBe(200);

  await confirm(page, 'Revoke key', 'Night build');
  await expect(page.getByText('Key revoked.')).toBeVisible();
  await expect(page.getByRole('dialog')).toBeHidden();
  expect((await ask(instance, second, entries)).status).toBe(401);
  await expect(page.getByRole('button', { name: 'Revoke key' })).toHaveCount(0);
  await expect(page.getByText(/^Revoked \d/)).toBeVisible();

  await confirm(page, 'Delete key', 'Night build');
  await expect(page.getByText('No API keys yet')).toBeVisible();
  for (const key of [secret, second]) expect(instance.log).not.toContain(key);
});

test('the keyboard alone makes a key', async ({ open, rest }) => {
  const project = await rest.createProject(unique('Morse'));
  const page = await open('staff');
  await visit(page, `/dashboard/projects/${project.id}/api-keys/new`);
  await expect(page.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Telegraph');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'Changelog manager' })).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('group', { name: 'Key created' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('region', { name: 'Key', exact: true })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Copy key' })).toBeFocused();
});

test('without scripts a key is made, shown once and revoked', async ({ instance, open, rest }) => {
  const project = await rest.createProject(unique('Semaphore'));
  const page = await open('staff', { javaScriptEnabled: false });
  await page.goto(`/dashboard/projects/${project.id}/api-keys/new`);
  await page.getByLabel('Name').fill('Plain');
  await page.getByRole('button', { name: 'Create key' }).click();
  await expect(page).toHaveURL(/\/api-keys\/c[a-z0-9]+$/);
  const secret = await shownKey(page);
  expect((await ask(instance, secret, '/api/projects')).status).toBe(200);
  await page.goto(page.url());
  await expect(page.getByRole('heading', { level: 1, name: 'Plain' })).toBeVisible();
  await expect(page.locator('body')).not.toContainText(secret);
  await confirm(page, 'Revoke key', 'Plain');
  await expect(page.getByText(/^Revoked \d/)).toBeVisible();
  expect((await ask(instance, secret, '/api/projects')).status).toBe(401);
});

test('an administrator sees every key, and makes keys for all projects', async ({ instance, open, rest }) => {
  const project = await rest.createProject(unique('Lighthouse'));
  const staff = await open('staff');
  await visit(staff, `/dashboard/projects/${project.id}/api-keys/new`);
  const name = unique('Lamp');
  await staff.getByLabel('Name').fill(name);
  await staff.getByRole('button', { name: 'Create key' }).click();
  const secret = await shownKey(staff);

  const admin = await open('admin');
  await visit(admin, `/dashboard/projects/${project.id}/api-keys`);
  await expect(admin.getByText('No API keys yet')).toBeVisible();
  await admin.getByRole('link', { name: 'All keys of the instance' }).click();
  const row = admin.getByRole('row', { name: new RegExp(name) });
  await expect(row).toContainText('Grace Hopper');
  await expect(row).toContainText(project.name);
  await row.getByRole('link').click();
  // Who has the secret acts as its owner, so only the owner replaces it.
  await expect(admin.getByRole('button', { name: 'Replace key' })).toHaveCount(0);
  await expect(admin.getByRole('button', { name: 'Delete key' })).toHaveCount(0);
  await confirm(admin, 'Revoke key', name);
  await expect(admin.getByText('Key revoked.')).toBeVisible();
  expect((await ask(instance, secret, '/api/auth/me')).status).toBe(401);
  await confirm(admin, 'Delete key', name);
  await expect(admin).toHaveURL('/dashboard/api-keys');
  await expect(admin.getByRole('row', { name: new RegExp(name) })).toHaveCount(0);

  await admin.getByRole('link', { name: 'New API key' }).click();
  const everywhere = unique('Mirror');
  await admin.getByLabel('Name').fill(everywhere);
  await expect(admin.getByLabel('Works in')).toHaveValue('');
  await admin.getByRole('button', { name: 'Create key' }).click();
  const projects = await ask(instance, await shownKey(admin), '/api/projects');
  expect(((await projects.json()) as unknown[]).length).toBeGreaterThan(0);
  await admin.getByRole('link', { name: 'Done' }).click();
  await expect(admin.getByRole('row', { name: new RegExp(everywhere) })).toContainText('All projects');
});

test('who may not have keys is told so', async ({ open, rest }) => {
  const project = await rest.createProject(unique('Buoy'));
  const viewer = await open('viewer');
  await visit(viewer, `/dashboard/projects/${project.id}/api-keys`);
  await expect(viewer.getByText('You cannot have API keys.')).toBeVisible();
  await expect(viewer.getByRole('link', { name: 'API keys' })).toHaveCount(0);
  await visit(viewer, `/dashboard/projects/${project.id}/api-keys/new`);
  await expect(viewer.getByText('You cannot have API keys.')).toBeVisible();
  const staff = await open('staff');
  await visit(staff, '/dashboard/api-keys');
  await expect(staff.getByText('You cannot see the API keys of the instance.')).toBeVisible();
});

test('the pages of keys are accessible and fit', async ({ admin, rest }) => {
  test.setTimeout(180_000);
  const project = await rest.createProject(unique('Observatory'));
  const empty = await rest.createProject(unique('Empty'));
  const list = `/dashboard/projects/${project.id}/api-keys`;
  const create = async (name: string, preset: string) => {
    await visit(admin, `${list}/new`);
    await admin.getByLabel('Name').fill(name);
    await admin.getByRole('radio', { name: preset }).check();
    if (preset === 'Single scopes') await admin.getByRole('checkbox', { name: 'tags:write' }).check();
    await admin.getByRole('button', { name: 'Create key' }).click();
    await expect(admin.getByRole('group', { name: 'Key created' })).toBeVisible();
  };
  const long = 'Schlüssel der nächtlichen Veröffentlichungszeitplanprüfung im Rechenzentrum Niederösterreich-Nordost';
  await create('Build server', 'Changelog manager');
  await create(long, 'Single scopes');
  await create('Old laptop', 'Full access');
  await inspect(admin, 'key-made');
  await admin.getByRole('link', { name: 'Done' }).click();
  await admin.getByRole('link', { name: 'Old laptop' }).click();
  await confirm(admin, 'Revoke key', 'Old laptop');
  await expect(admin.getByText('Key revoked.')).toBeVisible();
  await interactive(admin);
  await inspect(admin, 'key-revoked');
  for (const [name, path] of [
    ['keys', list],
    ['keys-empty', `/dashboard/projects/${empty.id}/api-keys`],
    ['keys-of-instance', '/dashboard/api-keys'],
    ['key-new', `${list}/new`],
    ['key-new-of-instance', '/dashboard/api-keys/new'],
  ]) {
    await visit(admin, path ?? '');
    await expect(admin.getByRole('heading', { level: 1 })).toBeVisible();
    await inspect(admin, name ?? '');
  }
  await admin.getByRole('radio', { name: 'Single scopes' }).check();
  await admin.getByText('Scopes that nothing asks for yet').click();
  await admin.getByLabel('Stops working').selectOption('On a date');
  await inspect(admin, 'key-scopes');
  await visit(admin, list);
  await admin.getByRole('link', { name: 'Build server' }).click();
  await expect(admin.getByRole('heading', { level: 1, name: 'Build server' })).toBeVisible();
  await inspect(admin, 'key');
  await admin.getByRole('button', { name: 'Revoke key' }).click();
  await expect(admin.getByRole('dialog')).toBeVisible();
  await inspect(admin, 'key-revoke');
});
