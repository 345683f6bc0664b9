// One long entry, from its first letter to its last reader: written through a lost network and a lost session, then
// published, read without scripts and fetched by feed readers.

import { parseFeed as parseLoosely } from '@rowanmanning/feed-parser';
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';

import { PEOPLE, editorPath, expect, interactive, test, unique, visit } from '../harness/test.ts';

const PARAGRAPHS = 60;

/** Every construct there is, then enough paragraphs to scroll. Pictures are the project's own: nothing is foreign. */
const everything = (slug: string) => `## Added

**Bold**, *italic*, ~~struck~~ and \`code\`; \\*not italic\\*. <b>Not bold</b><!-- never seen -->

One line\x20\x20
and\\
two more.

### For developers

- a point
  - a point below it

1. first
2. second

- [x] moored
- [ ] adrift

[A link](https://example.com "On hover"), [a reference][name], https://example.com/auto, [a letter](mailto:ada@example.com) and [nothing](javascript:alert(1)).

[name]: https://example.com/docs

> Somebody said this.

---

A claim.[^1]

[^1]: Its source.

| Instance | Before | Now |
| :--- | ---: | :---: |
| small | 180 ms | **4 ms** |
| large |  | a \\| b |

![A chart](/changelog/${slug}/card.png "Answers, **higher** is better"){width=300 height=150}

A picture ![inline](/changelog/${slug}/card.png){width=32} in a line.

::::warning Mind the gap
:::tip Inner
Hold on.
:::
::::

> [!NOTE]
> From GitHub.

[button:Get it](https://example.com/download){success,lg} [button:Soon](https://example.com){disabled}

[embed:youtube](https://youtu.be/dQw4w9WgXcQ){start:42}

[embed:youtube](https://evil.example/watch?v=dQw4w9WgXcQ)

[embed:github](ada/engine)

-# Measured on a quiet machine.

\`\`\`rust
fn main() {} // the beginning
\`\`\`

${Array.from({ length: PARAGRAPHS }, (_, at) => `Paragraph ${at + 1} says **more** about the [tide](/docs/tide-${at + 1}).`).join('\n\n')}
`;

/** What readers find of it: a selector within the text, and the texts of all that it finds. */
const FOUND: [string, (string | RegExp)[]][] = [
  ['h2', ['Added']],
  ['h3', ['For developers']],
  ['p:first-of-type em', ['italic']],
  ['del', ['struck']],
  ['p > code', ['code']],
  ['p:has(> br)', ['One line and two more.']],
  ['ul > li > ul > li', ['a point below it']],
  ['ol:not(.footnotes *) > li', ['first', 'second']],
  ['li.task', ['moored', 'adrift']],
  ['a[href="https://example.com"]', ['A link']],
  ['a[href="https://example.com/docs"]', ['a reference']],
  ['a[href="https://example.com/auto"]', ['https://example.com/auto']],
  ['a[href="mailto:ada@example.com"]', ['a letter']],
  ['a[href^="javascript"]', []],
  ['blockquote', ['Somebody said this.']],
  ['hr', ['']],
  ['.footnotes li', [/^\s*Its source\./]],
  ['th.align-right', ['Before']],
  ['td.align-center', ['4 ms', 'a | b']],
  ['figcaption', ['Answers, higher is better']],
  ['.alert-warning > .alert-title', ['Mind the gap']],
  ['.alert-warning > .alert-tip', [/Hold on\./]],
  ['.alert-note', [/From GitHub\./]],
  ['a.md-button-success[href="https://example.com/download"]', ['Get it']],
  ['a.md-button[aria-disabled="true"]:not([href])', ['Soon']],
  ['.md-embed-film a[href^="https://www.youtube.com/watch"]', ['YouTube video']],
  ['.md-embed-invalid', [/evil\.example/]],
  ['.md-embed-card a', ['ada/engine']],
  ['.md-subtext', ['Measured on a quiet machine.']],
  ['pre .t-k', ['fn']],
  ['b, script, iframe', []],
];

test('a long entry outlives network and session, and reaches every reader', async ({
  admin: page,
  instance,
  open,
  rest,
  watch,
}) => {
  test.setTimeout(120_000);
  watch.allow(/ERR_INTERNET_DISCONNECTED/, /status of 401 /);
  const project = await rest.createProject(unique('Proof'));
  const title = unique('Everything at once');
  const tag = unique('Sea & Sky');
  const home = `/changelog/${project.slug}`;
  const text = page.getByLabel('Text, in Markdown');
  const isSaved = () => expect(page.getByText('Saved', { exact: true })).toBeVisible();
  let written = everything(project.slug);
  const stored = async () => {
    const [entry] = await rest.listEntries(project);
    if (!entry) throw new Error('the entry is missing');
    return entry;
  };
  const type = async (words: string) => {
    await page.keyboard.type(words);
    written += words;
    await expect(text).toHaveValue(written);
  };

  await test.step('it is saved while it is written', async () => {
    await visit(page, editorPath(project));
    await page.getByLabel('Title').fill(title);
    await page.getByLabel('Version').fill('1.0.0');
    await page.getByLabel('Tags').fill(tag);
    await page.getByRole('button', { name: 'Create tag' }).click();
    await text.fill(written);
    await isSaved();
    await expect(page).toHaveURL(/\/changelog\/c[a-z0-9]+$/);
    expect(await stored()).toMatchObject({ title, version: '1.0.0', status: 'draft' });
  });

  await test.step('the network goes in the middle of a sentence and comes back', async () => {
    await text.press('Control+End');
    await type('\nThe last boat ');
    await page.context().setOffline(true);
    await type('left before ');
    await expect(page.getByText(/^Offline\. Your text is kept/).first()).toBeVisible();
    await type('the storm');
    await page.context().setOffline(false);
    await isSaved();
    await expect(text).toHaveValue(written);
    expect((await stored()).content.trimEnd()).toBe(written.trimEnd());
  });

  await test.step('the session goes in the middle of a sentence and comes back', async () => {
    await type(', and ');
    await page.context().clearCookies({ name: /Token/ });
    await type('came ');
    const alert = page.getByRole('alert').filter({ hasText: 'You are signed out' });
    await expect(alert).toBeVisible();
    await type('home');
    const [login] = await Promise.all([
      page.waitForEvent('popup'),
      alert.getByRole('link', { name: 'Sign in' }).click(),
    ]);
    await interactive(login);
    await login.getByLabel('E-mail').fill(PEOPLE.admin.email);
    await login.getByLabel('Password').fill(PEOPLE.admin.password);
    await login.getByRole('button', { name: 'Sign in' }).click();
    await expect(login).toHaveURL('/dashboard');
    await login.close();
    await page.bringToFront();
    // Browsers tell a page that it has the focus again; this one has several windows in front at once.
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await expect(alert).toBeHidden();
    await text.focus();
    await type(' safely.');
    await isSaved();
    expect((await stored()).content.trimEnd()).toBe(written.trimEnd());
  });

  let preview = '';
  await test.step('it is published', async () => {
    const shown = page.getByRole('region', { name: 'Preview' }).locator('.prose');
    await expect(shown).toContainText('The last boat left before the storm, and came home safely.');
    preview = await shown.innerHTML();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByRole('button', { name: 'Publish now' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Published.' })).toBeVisible();
    expect(await stored()).toMatchObject({ status: 'published', tags: [{ name: tag }] });
  });
  const { id, slug, publishedAt } = await stored();

  await test.step('readers without scripts have every construct, its tag and its month', async () => {
    const reader = await open('stranger', { javaScriptEnabled: false });
    await reader.goto(home);
    await reader.getByRole('link', { name: title }).first().click();
    await expect(reader).toHaveURL(`${home}/${slug}`);
    await expect(reader.getByRole('heading', { level: 1, name: title })).toBeVisible();
    const body = reader.locator('.entry-body');
    for (const [place, texts] of FOUND) await expect(body.locator(place), place).toHaveText(texts);
    await expect(body.getByText(/^Paragraph \d+ says more about the tide\.$/)).toHaveCount(PARAGRAPHS);
    await expect(body).toContainText('The last boat left before the storm, and came home safely.');
    await expect(body).toContainText('*not italic*. <b>Not bold</b>');
    await expect(body).not.toContainText('never seen');
    await expect(body.getByRole('checkbox', { checked: true })).toHaveCount(1);
    // The preview was the same, save the colours of code.
    const [before] = preview.split('<div class="md-code">');
    expect((await body.innerHTML()).split('<div class="md-code">')[0]).toBe(before);
    for (const picture of await body.getByRole('img').all()) {
      await picture.scrollIntoViewIfNeeded();
      await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1200);
    }

    const only = reader.getByRole('article');
    await reader.getByRole('list', { name: 'Tags' }).getByRole('link', { name: tag }).click();
    await expect(reader).toHaveURL(`${home}/tags/${encodeURIComponent(tag.toLowerCase())}`);
    await expect(reader.getByRole('heading', { level: 1, name: tag })).toBeVisible();
    await expect(only.getByRole('link', { name: title })).toHaveAttribute('href', `${home}/${slug}`);

    await reader.goto(home);
    await reader.getByRole('link', { name: 'Archive' }).click();
    const published = new Date(publishedAt ?? '');
    const month = published.toLocaleString('en-GB', { month: 'long', timeZone: 'UTC' });
    await reader.getByRole('main').getByRole('link', { name: month }).click();
    const heading = `${month} ${published.getUTCFullYear()}`;
    await expect(reader.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    await only.getByRole('link', { name: title }).click();
    await expect(reader).toHaveURL(`${home}/${slug}`);
  });

  await test.step('the feeds of project and tag carry the whole text', async () => {
    const base = instance.url + home;
    for (const feed of [base, `${base}/tags/${encodeURIComponent(tag.toLowerCase())}`]) {
      const get = async (name: string) => {
        const answer = await fetch(`${feed}/${name}`);
        expect(answer.status, name).toBe(200);
        return answer.text();
      };
      const [rssText, atomText, jsonText] = await Promise.all([get('rss.xml'), get('atom.xml'), get('feed.json')]);
      const rss = parseRssFeed(rssText).items ?? [];
      const atom = parseAtomFeed(atomText).entries ?? [];
      const json = parseJsonFeed(jsonText).items ?? [];
      expect([rss.length, atom.length, json.length]).toEqual([1, 1, 1]);
      expect([rss[0]?.guid?.value, json[0]?.id]).toEqual([id, id]);
      expect([rss[0]?.title, atom[0]?.title?.value, json[0]?.title]).toEqual([title, title, title]);
      const html = json[0]?.content_html ?? '';
      for (const carried of [rss[0]?.content?.encoded, atom[0]?.content?.value, html]) {
        expect(carried?.trim()).toBe(html.trim());
      }
      for (const part of ['<del>struck</del>', 'class="alert alert-warning"', 'came home safely.', 'YouTube video']) {
        expect(html).toContain(part);
      }
      // Away from the page, addresses are whole ones.
      expect(html).toContain(`src="${base}/card.png"`);
      expect(html).toContain(`href="${instance.url}/docs/tide-${PARAGRAPHS}"`);
      expect(html).not.toMatch(/<script|<iframe|<button|href="javascript|href="\/|never seen/);
      for (const xml of [rssText, atomText]) {
        const [item] = parseLoosely(xml).items;
        expect(item?.title).toBe(title);
        expect((await fetch(item?.url ?? '')).status, 'the link of an item leads to its page').toBe(200);
      }
    }
  });
});
