// Importing from elsewhere: a feed at an address, an archive, and the way back.

import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Page, type Rest, expect, test as base, unique, visit } from '../harness/test.ts';

type Project = Awaited<ReturnType<Rest['createProject']>>;

const rfc822 = (day: number) => new Date(Date.UTC(2026, 0, day, 10)).toUTCString();

/** A feed of so many items; the one in row 37 has a date that is none. */
function feed(items: number, broken = 0): string {
  const item = (number: number) => `<item><title>Orbit 1.${number}.0</title><guid>https://orbit.example/${number}</guid>
    <pubDate>${number === broken ? '31 February, perhaps' : rfc822((number % 28) + 1)}</pubDate><category>Added</category>
    <description><![CDATA[<p>Change <b>${number}</b></p><script>alert(1)</script>]]></description></item>`;
  const all = Array.from({ length: items }, (_, at) => item(at + 1)).join('\n');
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>Orbit</title><link>https://orbit.example/</link>${all}</channel></rss>`;
}

interface Given {
  /** The address of somebody else's site. */
  elsewhere: string;
}

const test = base.extend<Given>({
  elsewhere: async ({}, use) => {
    const server: Server = createServer((request, response) => {
      if (request.url === '/feed.xml') {
        response.setHeader('content-type', 'application/rss+xml').end(feed(3));
      } else if (request.url === '/long.xml') {
        response.setHeader('content-type', 'application/rss+xml').end(feed(40, 37));
      } else if (request.url === '/blog') {
        const link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">';
        response.setHeader('content-type', 'text/html').end(`<!doctype html><head>${link}</head><p>Hello`);
      } else if (request.url === '/page') {
        response.setHeader('content-type', 'text/html').end('<!doctype html><p>Nothing here');
      } else {
        response.statusCode = 404;
        response.end();
      }
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await new Promise((closed) => server.close(closed));
  },
});

async function preview(page: Page, project: Project, url: string): Promise<void> {
  await visit(page, `/dashboard/projects/${project.id}/import`);
  await page.getByRole('link', { name: 'Address' }).click();
  await page.getByRole('textbox', { name: 'Address' }).fill(url);
  await page.getByRole('button', { name: 'Preview' }).click();
}

const shown = (page: Page) => page.getByRole('heading', { name: 'What would happen' });

test('a feed is imported, again without adding anything, and taken back', async ({ admin, rest, elsewhere }) => {
  const project = await rest.createProject(unique('Feed'));
  const mine = await rest.createEntry(project, { title: 'Mine', content: 'Stays' });
  await preview(admin, project, `${elsewhere}/blog`);
  await expect(shown(admin)).toBeVisible();
  await expect(admin.getByText('Feed (RSS)')).toBeVisible();
  await admin.getByRole('button', { name: 'Import 3 entries' }).click();
  await expect(admin.getByRole('heading', { name: 'Imported' })).toBeVisible();
  const entries = await rest.listEntries(project);
  expect(entries).toHaveLength(4);
  expect(entries.find((entry) => entry.version === '1.2.0')).toMatchObject({ content: 'Change **2**' });

  await preview(admin, project, `${elsewhere}/feed.xml`);
  await expect(admin.getByRole('link', { name: /^Already there\s*3$/ })).toBeVisible();

  await visit(admin, `/dashboard/projects/${project.id}/import`);
  const history = admin.getByRole('table', { name: 'Imports so far' });
  await history.getByRole('link', { name: 'Take back' }).click();
  await expect(admin.getByText('Taking it back deletes 3 entries that it created.')).toBeVisible();
  await admin.getByRole('button', { name: 'Take this import back' }).click();
  await expect(admin.getByText('This import was taken back.')).toBeVisible();
  const left = await rest.listEntries(project);
  expect(left.map((entry) => entry.id)).toEqual([mine.id]);
  await visit(admin, `/dashboard/projects/${project.id}/import`);
  await expect(history).toContainText('Taken back');
  await expect(history.getByRole('link', { name: 'Take back' })).toHaveCount(0);
});

test('a mistake in the 37th entry of a feed is named and the others are imported', async ({ admin, rest, elsewhere }) => {
  const project = await rest.createProject(unique('Mistake'));
  await preview(admin, project, `${elsewhere}/long.xml`);
  await expect(shown(admin)).toBeVisible();
  await admin.getByRole('button', { name: 'Import 39 entries' }).click();
  await expect(admin.getByRole('heading', { name: '1 release was not taken' })).toBeVisible();
  await expect(admin.getByRole('listitem').filter({ hasText: 'Entry 37' })).toContainText('is not a date');
  expect(await rest.listEntries(project)).toHaveLength(39);
});

test('an address that gives no feed is told at its field, and what was typed stays', async ({ admin, rest, elsewhere, watch }) => {
  watch.allow(/status of 400 .*imports\/read_url/);
  const project = await rest.createProject(unique('Wrong'));
  await preview(admin, project, `${elsewhere}/page`);
  const address = admin.getByRole('textbox', { name: 'Address' });
  await expect(address).toHaveAccessibleDescription(/names no feed/);
  await expect(address).toHaveValue(`${elsewhere}/page`);
  await address.fill(`${elsewhere}/nowhere`);
  await admin.getByRole('button', { name: 'Preview' }).click();
  await expect(address).toHaveAccessibleDescription(/has nothing at this address/);
});

test('an overwritten entry gets its text back, and one that was edited since stays', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Former'));
  const one = await rest.createEntry(project, { title: '1.0.0', content: 'First', version: '1.0.0' });
  const two = await rest.createEntry(project, { title: '2.0.0', content: 'Second', version: '2.0.0' });
  await visit(admin, `/dashboard/projects/${project.id}/import`);
  await admin.getByRole('textbox', { name: 'Changelog' }).fill('## 2.0.0\n\nFrom the file\n\n## 1.0.0\n\nFrom the file\n');
  await admin.getByRole('button', { name: 'Preview' }).click();
  await expect(shown(admin)).toBeVisible();
  await admin.getByLabel('When an entry exists and says something else').selectOption('overwrite');
  await admin.getByRole('button', { name: 'Import 2 entries' }).click();
  await expect(admin.getByRole('heading', { name: 'Imported' })).toBeVisible();
  await rest.send('PUT', `/api/projects/${project.id}/changelog/${two.id}`, { title: '2.0.0', content: 'Written since' });
  await admin.reload();
  await admin.getByRole('button', { name: 'Take this import back' }).click();
  await expect(admin.getByRole('heading', { name: 'One entry stays as it is' })).toBeVisible();
  await expect(admin.getByRole('listitem').filter({ hasText: 'somebody changed it after the import' })).toContainText('2.0.0');
  expect(await rest.getEntry(project, one.id)).toMatchObject({ content: 'First' });
  expect(await rest.getEntry(project, two.id)).toMatchObject({ content: 'Written since' });
});

test('an export of Tidings comes back as a zip archive', async ({ admin, rest, instance }) => {
  const from = await rest.createProject(unique('From'));
  await rest.publishNew(from, { title: 'Dark mode', content: 'For **every** page', version: '1.0.0', tags: ['Added'] });
  const archive = await admin.request.get(`${instance.url}/api/projects/${from.id}/export?format=zip`);
  expect(archive.ok()).toBe(true);
  const to = await rest.createProject(unique('To'));
  await visit(admin, `/dashboard/projects/${to.id}/import`);
  const file = { name: 'backup.zip', mimeType: 'application/zip', buffer: await archive.body() };
  await admin.getByLabel('Choose file').setInputFiles(file);
  await expect(admin.getByText('backup.zip')).toBeVisible();
  await admin.getByRole('button', { name: 'Preview' }).click();
  await expect(shown(admin)).toBeVisible();
  await admin.getByRole('button', { name: 'Import 1 entry' }).click();
  await expect(admin.getByRole('heading', { name: 'Imported' })).toBeVisible();
  expect(await rest.listEntries(to)).toMatchObject([{ title: 'Dark mode', version: '1.0.0' }]);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a feed is imported and taken back by plain forms', async ({ admin, rest, elsewhere }) => {
    const project = await rest.createProject(unique('Plain'));
    await admin.goto(`/dashboard/projects/${project.id}/import?from=url`);
    await admin.getByRole('textbox', { name: 'Address' }).fill(`${elsewhere}/feed.xml`);
    await admin.getByRole('button', { name: 'Preview' }).click();
    await admin.getByRole('button', { name: /^Import/ }).click();
    await expect(admin.getByRole('heading', { name: 'Imported' })).toBeVisible();
    await admin.getByRole('button', { name: 'Take this import back' }).click();
    await expect(admin.getByText('This import was taken back.')).toBeVisible();
    expect(await rest.listEntries(project)).toHaveLength(0);
  });
});
