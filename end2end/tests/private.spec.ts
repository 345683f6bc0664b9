// A private project is answered like one that does not exist.

import { expect, test, unique } from '../harness/test.ts';

test('page, feed and data of a private project answer as if it did not exist', async ({ instance, rest }) => {
  const project = await rest.createProject(unique('Hidden cove'), { isPublic: false });
  const entry = await rest.publishNew(project, { title: 'Nobody knows', content: 'Secret water.' });
  const unknown = { id: `${project.id.slice(0, -4)}zzzz`, slug: 'no-such-cove', entry: 'no-such-entry' };

  // Whatever the caller sent may be echoed; nothing else may differ.
  const answer = async (path: string, own: string[]) => {
    const response = await fetch(instance.url + path);
    const body = own.reduce((text, word) => text.replaceAll(word, '…'), await response.text());
    const headers = Object.fromEntries(
      [...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name))
    );
    return { status: response.status, headers, body };
  };
  for (const at of ['id', 'slug'] as const) {
    for (const path of [
      (address: string) => `/changelog/${address}`,
      (address: string) => `/changelog/${address}?q=water`,
      (address: string, entry: string) => `/changelog/${address}/${entry}`,
      (address: string) => `/changelog/${address}/rss.xml`,
      (address: string) => `/api/changelog/${address}/entries`,
      (address: string) => `/api/changelog/${address}/entries/all`,
      (address: string) => `/api/changelog/${address}/rss.xml`,
    ]) {
      const hidden = await answer(path(project[at], entry.slug), [project[at], entry.slug]);
      const missing = await answer(path(unknown[at], unknown.entry), [unknown[at], unknown.entry]);
      hidden.headers['content-length'] = missing.headers['content-length'] = '…';
      expect(hidden, path(project[at], entry.slug)).toEqual(missing);
      expect(hidden.status).toBe(404);
      expect(hidden.body).not.toContain('water.');
    }
  }
});

test('making a project private closes its page at once, and an embedded widget shows nothing', async ({
  admin,
  instance,
  open,
  rest,
  site,
  watch,
}) => {
  const project = await rest.createProject(unique('Closing bay'));
  await rest.publishNew(project, { title: 'Once seen', content: 'Gone soon.' });
  const reader = await open('stranger');
  expect((await reader.goto(`/changelog/${project.slug}`))?.status()).toBe(200);

  await admin.goto(`/dashboard/projects/${project.id}/settings/access`);
  await admin.getByRole('switch', { name: 'Public', exact: true }).uncheck();
  await admin.getByRole('button', { name: 'Save access' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Access saved.' })).toBeVisible();

  watch.allow(/status of 40[34]/);
  expect((await reader.reload())?.status()).toBe(404);
  await expect(reader.getByText('Gone soon.')).toBeHidden();
  const script = `${instance.url}/api/integrations/widget/${project.id}`;
  await reader.goto(site.serve('/', `<h1>Shop</h1><script src="${script}"></script>`));
  await expect(reader.locator('body')).toHaveText('Shop');
});
