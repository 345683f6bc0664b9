// What a writer builds from Markdown, as readers meet it: with scripts and without, and in the preview.

import { inspect } from '../harness/look.ts';
import { type Project } from '../harness/rest.ts';
import { type Page, type Rest, editorPath, expect, test, unique, visit } from '../harness/test.ts';

const PLAYER = 'https://www.youtube-nocookie.com';

/** Of a project, whose own picture it shows: nothing may come from elsewhere. */
const text = ({ slug }: Project) => `
[button:Get it](https://example.com/download){success,lg} [button:Soon](https://example.com){disabled}

![A chart of answers](/changelog/${slug}/card.png "Answers, **higher** is [better](https://example.com/why)"){width=300 height=150}

[embed:youtube](https://youtu.be/dQw4w9WgXcQ){start:42}

[embed:youtube](https://evil.example/watch?v=dQw4w9WgXcQ)

[embed:github](ada/engine)

:::warning Mind the gap
- [x] done
:::

\`\`\`rust
fn main() {} // the beginning
\`\`\`

-# Measured on a quiet machine.
`;

async function published(rest: Rest): Promise<{ path: string; project: Project }> {
  const project = await rest.createProject(unique('Constructs'));
  const { id } = await rest.publishNew(project, { title: 'Everything', content: text(project), version: '1.0.0' });
  const { slug } = await rest.getEntry(project, id);
  return { path: `/changelog/${project.slug}/${slug}`, project };
}

/** The film's box, before and after it was loaded. */
const film = (page: Page) => page.getByRole('article').locator('.md-embed-film');

test('content of other sites loads after a click, from the one address that was promised', async ({ page, rest }) => {
  const { path } = await published(rest);
  const asked: string[] = [];
  await page.route(`${PLAYER}/**`, (route) => {
    asked.push(route.request().url());
    return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Player</title><p>The film' });
  });
  await page.goto(path);
  await expect(film(page)).toContainText('Loads from www.youtube-nocookie.com');
  expect(asked).toEqual([]);

  await film(page).getByRole('link', { name: 'YouTube video' }).press('Enter');
  await expect(page.frameLocator('iframe[title="YouTube video"]').getByText('The film')).toBeVisible();
  expect(asked).toEqual([`${PLAYER}/embed/dQw4w9WgXcQ?rel=0&autoplay=1&start=42`]);
  const frame = page.getByTitle('YouTube video');
  await expect(frame).toBeFocused();
  const sandbox = (await frame.getAttribute('sandbox')) ?? '';
  expect(sandbox).toContain('allow-scripts');
  expect(sandbox).not.toContain('top-navigation');
  expect(await frame.getAttribute('allow')).not.toMatch(/camera|microphone|geolocation|usb|payment/);
  await expect(film(page).getByRole('link')).toHaveAttribute('href', 'https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s');
});

test('a frame of another address is refused, and the link leads to the page instead', async ({ page, rest, watch }) => {
  watch.allow(/https:\/\/www\.youtube\.com/);
  const { path } = await published(rest);
  await page.goto(path);
  await film(page).evaluate((box: HTMLElement) => {
    box.dataset.embed = 'https://www.youtube-nocookie.com.evil.example/embed/dQw4w9WgXcQ';
  });
  const popup = page.waitForEvent('popup');
  await film(page).getByRole('link').click();
  await popup;
  await expect(page.locator('iframe')).toHaveCount(0);
});

test('code can be copied and a picture seen large, with the keyboard alone', async ({ open, rest }) => {
  const { path } = await published(rest);
  const page = await open('stranger', { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.goto(path);
  const article = page.getByRole('article');
  await article.getByRole('button', { name: 'Copy', exact: true }).press('Enter');
  await expect(article.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('fn main() {} // the beginning\n');

  const picture = article.getByRole('link', { name: 'A chart of answers' });
  await picture.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'A chart of answers' });
  await expect(dialog.getByRole('img')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(picture).toBeFocused();
});

test('without scripts everything is there, and leads to the page itself', async ({ open, rest }) => {
  const { path, project } = await published(rest);
  const page = await open('stranger', { javaScriptEnabled: false });
  await page.goto(path);
  const article = page.getByRole('article');
  await expect(film(page).getByRole('link')).toHaveAttribute('href', 'https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s');
  await expect(article.getByRole('link', { name: 'A chart of answers' })).toHaveAttribute(
    'href',
    `/changelog/${project.slug}/card.png`
  );
  await expect(article.getByRole('button', { name: 'Copy', exact: true })).toBeHidden();
  await expect(article.getByRole('link', { name: 'Get it' })).toHaveAttribute('target', '_blank');
  await expect(article.locator('figcaption')).toHaveText('Answers, higher is better');
  await expect(article.locator('.md-embed-invalid')).toContainText('https://evil.example/watch');
  await expect(article.locator('.t-k')).toHaveText('fn');
});

test('every construct passes the accessibility rules in light and dark', async ({ page, rest }) => {
  const { path } = await published(rest);
  await page.goto(path);
  await inspect(page, 'markdown');
});

test('the preview shows what readers will see, without the colours of code', async ({ admin, open, rest }) => {
  const { path, project } = await published(rest);
  const entry = await rest.createEntry(project, { title: 'Draft', content: text(project) });
  await visit(admin, editorPath(project, entry));
  const preview = admin.getByRole('region', { name: 'Preview' }).locator('.prose');
  await expect(preview).toContainText('Measured on a quiet machine.');
  const reader = await open('stranger');
  await reader.goto(path);
  const body = reader.getByRole('article').locator('.prose');
  const beforeCode = async (shown: typeof body) => (await shown.innerHTML()).split('<div class="md-code">')[0];
  expect(await beforeCode(preview)).toBe(await beforeCode(body));
  expect(await preview.locator('pre').innerText()).toBe(await body.locator('pre').innerText());
  await expect(preview.locator('.t-k')).toHaveCount(0);
});
