// Feeds as feed readers take them: parsed by programs that are not ours, whatever an entry says.

import { parseFeed as parseLoosely } from '@rowanmanning/feed-parser';
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import { type Project, type Rest } from '../harness/rest.ts';
import { type Page, expect, test, unique, visit } from '../harness/test.ts';

const HOSTILE = `]]></description></item><script>alert(1)</script> & &amp; &nbsp; \u0001\u000b\ufffe

<img src=x onerror=alert(1)> [click](javascript:alert(1)) ![](https://img.example/a.png?x=1&y="2") \`]]>\` 😀 \u202eabc

## Heading ]]>

[relative](/guide) ![](shot.webp)

| a | b |
| - | - |
| <b>x</b> | \`|\` |

\`\`\`xml
<?xml version="1.0"?><![CDATA[ ]]>
\`\`\`
`;

async function settings(rest: Rest, project: Project, change: Record<string, unknown>): Promise<void> {
  const answer = await rest.send('PATCH', `/api/projects/${project.id}/settings`, change);
  expect(answer.status, await answer.text()).toBe(200);
}

async function text(url: string): Promise<string> {
  const answer = await fetch(url);
  expect(answer.status, url).toBe(200);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return decoder.decode(await answer.arrayBuffer());
}

/** What the browser's XML parser, which forgives nothing, has to complain about. */
const complaint = (page: Page, xml: string) =>
  page.evaluate(
    (xml) => new DOMParser().parseFromString(xml, 'application/xml').querySelector('parsererror')?.textContent ?? null,
    xml
  );

test('independent parsers read the feeds of a project and of a tag, whatever entries say', async ({
  instance,
  page,
  rest,
}) => {
  const project = await rest.createProject(unique('A ]]> & <b> "name" ‮'), { description: '</channel> & more' });
  await settings(rest, project, { rssFeedConfig: { includeTags: true } });
  const old = await rest.publishNew(
    project,
    { title: 'Plain', content: 'Nothing special.' },
    '2024-02-29T12:00:00Z'
  );
  const hostile = {
    title: '<script>alert(1)</script> ]]> & 😀',
    content: HOSTILE,
    version: '1.0 <b> ]]> &',
    tags: ['R&D <i>', 'Größe / Maß'],
  };
  const entry = await rest.publishNew(project, hostile, '2025-03-04T09:30:00Z');
  const base = `${instance.url}/changelog/${project.slug}`;
  for (const home of [base, `${base}/tags/${encodeURIComponent('größe / maß')}`]) {
    const expected = home === base ? [entry, old] : [entry];
    const ids = expected.map(({ id }) => id);
    const [rssText, atomText, jsonText] = await Promise.all([
      text(`${home}/rss.xml`),
      text(`${home}/atom.xml`),
      text(`${home}/feed.json`),
    ]);
    for (const xml of [rssText, atomText]) expect(await complaint(page, xml)).toBeNull();

    const rss = parseRssFeed(rssText);
    expect(rss.items?.map((item) => item.guid?.value)).toEqual(ids);
    expect(rss.items?.[0]?.guid?.isPermaLink).toBe(false);
    expect(rss.atom?.links?.find((link) => link.rel === 'self')?.href).toBe(`${home}/rss.xml`);
    expect(rss.items?.[0]?.categories?.map((category) => category.name)).toEqual(['R&D <i>', 'Größe / Maß']);
    expect(rss.items?.[0]?.enclosures?.[0]?.url).toMatch(/^https:\/\/img\.example\/a\.png\?x=1&y=/);

    const atom = parseAtomFeed(atomText);
    expect(atom.entries?.length).toBe(ids.length);
    expect(new Set([atom.id, ...(atom.entries ?? []).map((item) => item.id)]).size).toBe(ids.length + 1);
    expect(atom.links?.find((link) => link.rel === 'self')?.href).toBe(`${home}/atom.xml`);

    const json = parseJsonFeed(jsonText);
    expect(json.items?.map((item) => item.id)).toEqual(ids);
    expect(json.feed_url).toBe(`${home}/feed.json`);
    expect(json.items?.[0]?.tags).toEqual(['R&D <i>', 'Größe / Maß']);
    const raw = JSON.parse(jsonText) as Record<string, unknown> & { items: Record<string, unknown>[] };
    expect(raw.version).toBe('https://jsonfeed.org/version/1.1');
    for (const item of raw.items) {
      expect(typeof item.id === 'string' && typeof item.content_html === 'string').toBe(true);
      for (const name of ['date_published', 'date_modified']) {
        expect(item[name]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      }
    }

    const html = raw.items[0]?.content_html as string;
    expect(atom.entries?.[0]?.content?.value?.trim()).toBe(html.trim());
    expect(rss.items?.[0]?.content?.encoded?.trim()).toBe(html.trim());
    expect(rss.items?.[0]?.description?.trim()).toBe(html.trim());
    expect(html).toContain(`href="${instance.url}/guide"`);
    expect(html).not.toMatch(/<script|<img src=x|href="javascript/i);
    for (const body of [rssText, atomText, html]) {
      expect(body).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
    }
    // A second parser, so that none of this is the opinion of one.
    for (const xml of [rssText, atomText]) {
      const feed = parseLoosely(xml);
      expect(feed.items.map((item) => item.published?.toISOString())).toEqual(
        raw.items.map((item) => item.date_published)
      );
    }
  }
});

test('an administrator sees what readers will get before it is saved', async ({
  admin,
  instance,
  open,
  rest,
  watch,
}) => {
  const project = await rest.createProject(unique('Harbour'));
  await rest.publishNew(project, { title: 'Wide berth', content: 'More **room**.', version: '2.0', tags: ['Feature'] });
  await rest.publishNew(project, { title: 'New moorings', content: 'Fixed.', tags: ['Fix'] });
  const path = `/dashboard/projects/${project.id}/feeds`;
  const feed = async () => parseRssFeed(await text(`${instance.url}/changelog/${project.slug}/rss.xml`));

  await visit(admin, path);
  const preview = admin.locator('.feed-reader');
  await expect(preview.getByRole('heading', { level: 3 })).toHaveText(['New moorings', 'Wide berth']);
  await admin.getByLabel('Title').fill('Harbour news');
  await admin.getByLabel('Item template').fill('<p>{{version}}: {{excerpt}}</p><script>alert(1)</script>');
  await admin.getByRole('checkbox', { name: 'Feature' }).check();
  await expect(preview).toContainText('Harbour news');
  await expect(preview.getByRole('heading', { level: 3 })).toHaveText(['Wide berth']);
  await expect(preview).toContainText('2.0: More room.');
  expect((await feed()).title, 'nothing is saved yet').toBe(`${project.name} Changelog`);

  await admin.getByRole('button', { name: 'Save feeds' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Feeds saved.' })).toBeVisible();
  const saved = await feed();
  expect(saved.title).toBe('Harbour news');
  expect(saved.items?.map((item) => item.description)).toEqual(['<p>2.0: More room.</p>']);

  watch.allow(/status of 400/);
  await admin.getByLabel('Number of entries').fill('0');
  await admin.getByRole('button', { name: 'Save feeds' }).click();
  await expect(admin.getByText('A feed carries 1 to 100 entries.').first()).toBeVisible();

  await admin.getByRole('radio', { name: /The excerpt/ }).check();
  await admin.getByRole('button', { name: 'Reset feeds' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Reset feeds' }).click();
  await expect(admin.getByLabel('Number of entries')).toHaveValue('10');
  await expect(admin.getByRole('checkbox', { name: 'Feature' })).not.toBeChecked();
  await expect(admin.getByRole('radio', { name: /The whole text/ })).toBeChecked();
  await expect.poll(async () => (await feed()).items?.length).toBe(2);

  const staff = await open('staff');
  await visit(staff, path);
  await expect(staff.getByText('Only an administrator changes feeds.')).toBeVisible();
  await expect(staff.getByLabel('Title')).toBeDisabled();
  await expect(staff.getByRole('radio', { name: /The excerpt/ })).toBeDisabled();
  await expect(staff.getByRole('button', { name: 'Save feeds' })).toBeHidden();
});

test('feeds are set up without scripts, too', async ({ instance, open, rest }) => {
  const project = await rest.createProject(unique('Lighthouse'));
  await rest.publishNew(project, { title: 'Brighter', content: 'A long text. It goes on.', tags: ['Feature'] });
  await rest.publishNew(project, { title: 'Whiter', content: 'Paint.', tags: ['Fix'] });
  const admin = await open('admin', { javaScriptEnabled: false });
  await admin.goto(`/dashboard/projects/${project.id}/feeds`);
  await expect(admin.locator('.feed-reader')).toContainText('Brighter');
  await admin.getByRole('checkbox', { name: 'Fix' }).check();
  await admin.getByRole('radio', { name: /The excerpt/ }).check();
  await admin.getByLabel('Number of entries').fill('5');
  await admin.getByRole('button', { name: 'Save feeds' }).click();
  await expect(admin.getByRole('checkbox', { name: 'Fix' })).toBeChecked();
  const feed = parseJsonFeed(await text(`${instance.url}/changelog/${project.slug}/feed.json`));
  expect(feed.items?.map((item) => [item.title, item.content_text])).toEqual([['Whiter', 'Paint.']]);
});

test('a link to an entry or a project has a picture', async ({ instance, page, rest }) => {
  const project = await rest.createProject(unique('Pier'), { color: '#c2452b' });
  const entry = await rest.publishNew(project, { title: '新しい桟橋 😀', content: 'Text.', version: '1.2.0' });
  await page.goto(`/changelog/${project.slug}`);
  for (const path of ['card.png', `${entry.slug}/card.png`, `${entry.id}/card.png`]) {
    const answer = await fetch(`${instance.url}/changelog/${project.slug}/${path}`);
    expect([answer.status, answer.headers.get('content-type')], path).toEqual([200, 'image/png']);
    expect((await answer.arrayBuffer()).byteLength).toBeLessThan(100 * 1024);
    const size = await page.evaluate(async (path) => {
      const image = new Image();
      image.src = path;
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    }, `/changelog/${project.slug}/${path}`);
    expect(size, path).toEqual([1200, 630]);
  }
});
