// The product's main job, from an empty server to readers on somebody else's site.

import { parseFeed } from '@rowanmanning/feed-parser';

import { changelogToImport } from '../harness/changelog.ts';
import { type Entry, Rest } from '../harness/rest.ts';
import { PEOPLE, expect, interactive, test, visit } from '../harness/test.ts';

const { email, name, password } = PEOPLE.admin;

test('a newcomer sets up, imports a changelog, edits, publishes, and readers find it everywhere', async ({
  fresh,
  open,
  site,
}) => {
  test.setTimeout(180_000);
  const changelog = changelogToImport();
  const page = await open('stranger', { baseURL: fresh.url });

  await test.step('the one-time link makes the first administrator', async () => {
    await visit(page, '/');
    await expect(page).toHaveURL('/setup');
    await expect(page.getByText('A set-up link is needed')).toBeVisible();

    await visit(page, fresh.setupLink ?? 'no link was printed');
    await page.getByLabel('Your name').fill(name);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Create administrator' }).click();
    await page.getByRole('button', { name: 'Save and go on' }).click();
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    await page.getByRole('button', { name: 'Nobody for now' }).click();
    await page.getByRole('button', { name: 'Go to the dashboard' }).click();
    await expect(page).toHaveURL('/dashboard');
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible();
    await expect(page.getByText('Start with a project')).toBeVisible();
  });

  await test.step('the link is of no use to anybody else', async () => {
    const other = await open('stranger', { baseURL: fresh.url });
    await other.goto(fresh.setupLink ?? '');
    await expect(other).toHaveURL('/login');
    await other.context().close();
  });

  await test.step('a public project', async () => {
    await page.getByRole('link', { name: 'New project' }).click();
    await page.getByLabel('Name').fill('Tide Tables');
    await page.getByLabel('Description').fill('When the water comes, and how much of it');
    await page.getByRole('button', { name: 'Teal' }).click();
    await page.getByRole('switch', { name: 'Public' }).check();
    await page.getByRole('button', { name: 'Create project' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Tide Tables' })).toBeVisible();
    await expect(page.getByText('No entries yet')).toBeVisible();
  });

  const rest = new Rest(fresh, await fresh.createKey('admin', 'Journey'));
  const [project] = await rest.listProjects();
  if (!project) throw new Error('the project is missing');
  const total = changelog.releases.length + 1;
  const file = { name: 'CHANGELOG.md', mimeType: 'text/markdown', buffer: Buffer.from(changelog.text) };

  await test.step('the file is looked at before anything is imported', async () => {
    await page.getByRole('link', { name: 'Import a changelog' }).click();
    await page.getByLabel('Choose file').setInputFiles(file);
    await expect(page.getByText('CHANGELOG.md')).toBeVisible();
    await page.getByRole('button', { name: 'Preview' }).click();
    await expect(page.getByRole('heading', { name: 'What would happen' })).toBeVisible();
    await expect(page.getByRole('link', { name: new RegExp(`^New\\s*${total}$`) })).toBeVisible();
    const rows = page.getByRole('table', { name: 'Releases' }).locator('tbody').getByRole('row');
    await expect(rows).toHaveCount(Math.min(total, 50));
    if (total > 50) {
      await page.getByRole('link', { name: 'Later rows' }).click();
      await expect(rows).toHaveCount(Math.min(total - 50, 50));
    }
    expect(await rest.listEntries(project)).toHaveLength(0);
  });

  await test.step('every release becomes one entry, with its version and date', async () => {
    await page.getByRole('button', { name: `Import ${total} entries` }).click();
    await expect(page.getByRole('heading', { name: 'Imported' })).toBeVisible();
    const entries = await rest.listEntries(project);
    expect(entries).toHaveLength(total);
    for (const release of changelog.releases) {
      const entry = entries.find((entry) => entry.version === release.version);
      expect(entry, `version ${release.version}`).toMatchObject({ status: 'published' });
      if (release.date) expect(entry?.publishedAt).toContain(release.date);
      expect(entry?.content).toContain(release.mark);
    }
    expect(entries.filter((entry) => entry.status === 'draft')).toHaveLength(1);
  });

  await test.step('the same file again adds nothing', async () => {
    await visit(page, `/dashboard/projects/${project.id}/import`);
    await page.getByLabel('Choose file').setInputFiles(file);
    await expect(page.locator('.file-name')).toContainText('CHANGELOG.md');
    await page.getByRole('button', { name: 'Preview' }).click();
    await expect(page.getByRole('link', { name: new RegExp(`^Already there\\s*${total}$`) })).toBeVisible();
    await expect(page.getByRole('cell', { name: 'Already there' })).toHaveCount(Math.min(total, 50));
    await expect(page.getByRole('button', { name: /^Import \d/ })).toBeHidden();
    expect(await rest.listEntries(project)).toHaveLength(total);
  });

  const title = 'The next spring tide';
  const sentence = 'Boats may leave **before** dawn';
  let preview = '';
  await test.step('the draft is edited, and its text is rendered while it is typed', async () => {
    await visit(page, `/dashboard/projects/${project.id}/changelog?state=draft`);
    await page.getByRole('table', { name: 'Entries' }).getByRole('link').first().click();
    const text = page.getByLabel('Text, in Markdown');
    await expect(text).toHaveValue(/./);
    await page.getByLabel('Title').fill(title);
    await page.getByLabel('Version').fill('99.0.0');
    await text.focus();
    // A line of its own: what stands behind the caret would belong to the list that is typed.
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Home');
    await page.keyboard.type(`## Water\n\n${sentence}\n\n- [x] moored\n\n| a | b |\n|---|---|\n| 1 | ~~2~~ |\n\n`);
    const shown = page.getByRole('region', { name: 'Preview' });
    await expect(shown.getByRole('heading', { name: 'Water' })).toBeVisible();
    await expect(shown.getByText('before', { exact: true })).toHaveCSS('font-weight', /[67]\d\d/);
    await expect(shown.getByRole('cell', { name: '2' })).toBeVisible();
    await expect(page.getByText('Saved', { exact: true })).toBeVisible();
    preview = await shown.locator('.prose').innerHTML();
  });

  let published: Entry | undefined;
  await test.step('one click saves and publishes it', async () => {
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByRole('button', { name: 'Publish now' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Published.' })).toBeVisible();
    await expect(page.getByText('Saved', { exact: true })).toBeVisible();
    published = (await rest.listEntries(project)).find((entry) => entry.version === '99.0.0');
    expect(published).toMatchObject({ title, status: 'published' });
    await expect(page.getByRole('link', { name: 'View' })).toHaveAttribute('href', new RegExp(published?.slug ?? '-'));
  });

  await test.step('readers without scripts have the whole text', async () => {
    const reader = await open('stranger', { baseURL: fresh.url, javaScriptEnabled: false });
    await reader.goto(`/changelog/${project.slug}`);
    await expect(reader.getByRole('heading', { level: 1, name: 'Tide Tables' })).toBeVisible();
    await expect(reader.getByRole('article').first()).toContainText('Boats may leave before dawn');
    const missing = new Set(changelog.releases.map((release) => release.mark));
    for (;;) {
      const text = await reader.getByRole('main').innerText();
      for (const mark of missing) if (text.includes(mark)) missing.delete(mark);
      const older = reader.getByRole('link', { name: 'Older' });
      if (!(await older.isVisible())) break;
      await older.click();
    }
    expect([...missing], 'releases whose text is on no page').toEqual([]);

    await reader.goto(`/changelog/${project.slug}/${published?.slug}`);
    await expect(reader.getByRole('heading', { level: 1, name: title })).toBeVisible();
    expect(await reader.locator('.entry-body').innerHTML(), 'preview and page are the same').toBe(preview);
    await reader.context().close();
  });

  await test.step('the feed is one that feed readers understand', async () => {
    const answer = await fetch(`${fresh.url}/changelog/${project.slug}/rss.xml`);
    expect(answer.headers.get('content-type')).toMatch(/xml/);
    const feed = parseFeed(await answer.text());
    expect(feed.meta).toMatchObject({ type: 'rss', version: '2.0' });
    expect(feed.title).toContain('Tide Tables');
    const [newest, second] = feed.items;
    expect(newest).toMatchObject({ title, id: published?.id });
    expect(newest?.content).toContain('Boats may leave <strong>before</strong> dawn');
    expect(second?.published && newest?.published && newest.published > second.published).toBe(true);
    expect(new Set(feed.items.map((item) => item.id)).size).toBe(feed.items.length);
    expect((await fetch(newest?.url ?? '')).status, 'the link of an item leads to its page').toBe(200);
  });

  await test.step('the widget shows the entries on another origin, and counts what is new', async () => {
    const reader = await open('stranger', { baseURL: site.url });
    const script = `${fresh.url}/api/integrations/widget/${project.id}`;
    const inline = site.serve('/inline', `<h1>Shop</h1><script src="${script}" async></script>`);
    await reader.goto(inline);
    const list = reader.getByRole('region', { name: 'Tide Tables' }).getByRole('listitem');
    await expect(list).toHaveCount(3);
    await expect(list.first().getByRole('heading', { name: title })).toBeVisible();
    await expect(list.first()).toContainText('Boats may leave before dawn');

    const popup = site.serve(
      '/popup',
      `<h1>Shop</h1><button id="news">News</button>
       <script src="${script}" data-popup="true" data-trigger="news" async></script>`
    );
    await reader.goto(popup);
    const news = reader.getByRole('button', { name: /^News/ });
    await expect(news).toHaveAttribute('aria-haspopup', 'dialog');
    await expect(news).toHaveAccessibleName('News');
    await rest.publishNew(project, { title: 'The neap tide', content: 'Little water.' });
    await reader.reload();
    await expect(news).toHaveAccessibleName(/News\s*1 new/);
    await news.click();
    const dialog = reader.getByRole('dialog', { name: 'Tide Tables' });
    await expect(dialog.getByRole('listitem').first()).toContainText('The neap tide');
    await expect(dialog.getByRole('img', { name: 'New' })).toHaveCount(1);
    await reader.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(news).toBeFocused();
    await expect(news).toHaveAccessibleName('News');
    await reader.context().close();
  });

  await test.step('a program with a narrow key lists, writes and publishes', async () => {
    const scopes = ['changelog:read', 'changelog:write', 'changelog:publish'];
    const program = new Rest(fresh, await fresh.createKey('admin', 'CI', scopes));
    const before = await program.listEntries(project);
    const made = await program.createEntry(project, { title: 'From a build', content: 'Green.', version: '100.0' });
    expect(made.status).toBe('draft');
    expect((await program.publish(project, made.id)).status).toBe('published');
    expect(await program.listEntries(project)).toHaveLength(before.length + 1);
    expect((await program.send('POST', '/api/projects', { name: 'Not allowed' })).status).toBe(403);
    const readers = await fetch(`${fresh.url}/api/changelog/${project.id}/entries`);
    const { items } = (await readers.json()) as { items: Entry[] };
    expect(items[0]).toMatchObject({ title: 'From a build' });
  });

  await test.step('signing out closes the dashboard', async () => {
    await visit(page, '/dashboard');
    await page.getByText(name).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page).toHaveURL('/login');
    await page.goto('/dashboard');
    await expect(page).toHaveURL('/login');
    await interactive(page);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible();
  });
});
