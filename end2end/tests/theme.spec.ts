// The chosen theme is there from the first byte, so that no page flashes.

import { expect, test, unique, visit } from '../harness/test.ts';

const theme = (html: string) => /<html[^>]* data-theme="(\w+)"/.exec(html)?.[1];

test('the theme changes at once and the server renders it from then on', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Dusk'));
  await visit(admin, '/dashboard');
  expect(theme(await admin.content())).toBe('system');
  const light = await admin.locator('html').evaluate((root) => getComputedStyle(root).backgroundColor);
  await admin.getByRole('button', { name: 'Dark' }).click();
  await expect(admin.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(admin.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
  await expect(admin.locator('html')).not.toHaveCSS('background-color', light);

  for (const path of ['/dashboard', `/dashboard/projects/${project.id}/changelog/new`, `/changelog/${project.slug}`]) {
    const answer = await admin.goto(path);
    expect(theme((await answer?.text()) ?? ''), path).toBe('dark');
    await expect(admin.locator('html')).not.toHaveCSS('background-color', light);
  }
  await visit(admin, '/dashboard');
  await expect(admin.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
  // A page that is left takes what it was still sending along.
  const remembered = admin.waitForResponse(/\/rpc\/.*theme/);
  await admin.getByRole('button', { name: 'As the system' }).click();
  await remembered;
  await admin.reload();
  await expect(admin.locator('html')).toHaveAttribute('data-theme', 'system');
  await admin.emulateMedia({ colorScheme: 'dark' });
  await expect(admin.locator('html')).not.toHaveCSS('background-color', light);
});

test('a reader without scripts chooses the theme of a public page and stays on it', async ({ open, rest }) => {
  const project = await rest.createProject(unique('Dawn'));
  const reader = await open('stranger', { javaScriptEnabled: false });
  await reader.goto(`/changelog/${project.slug}?q=x`);
  await reader.getByRole('button', { name: 'Dark' }).click();
  await expect(reader).toHaveURL(`/changelog/${project.slug}?q=x`);
  await expect(reader.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(reader.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
});
