// Reading: every public page is whole without scripts, quiet and quick with them, and fits every reader.

import { inspect } from '../harness/look.ts';
import { type Page, type Rest, expect, test, unique, visit } from '../harness/test.ts';

const GERMAN =
  'Die Benachrichtigungseinstellungen für Veröffentlichungszeitpläne werden jetzt zuverlässig gesichert und wiederhergestellt';

/** A project with entries over some years, of which 21 have the tag Fix and so need a second page. */
async function library(rest: Rest, more: Record<string, unknown> = {}) {
  const project = await rest.createProject(unique('Library'), { description: 'Books that came in', ...more });
  for (let number = 1; number <= 24; number++) {
    await rest.publishNew(
      project,
      {
        title: `Shelf ${number}`,
        content: `Book number ${number} is **here**, by ${number % 2 ? 'an odd' : 'an even'} author.\n\n## Fixed\n\n- One\n- Two`,
        version: `1.${number}.0`,
        tags: number > 3 ? ['Fix'] : ['Docs'],
      },
      new Date(Date.UTC(2024, number - 1, 15, 12)).toISOString()
    );
  }
  const newest = await rest.publishNew(project, {
    title: GERMAN,
    content: 'The last one.\n\n[A link](https://example.com/book)\n\n```sh\nls --all\n```',
    version: '2.0.0',
    tags: ['Docs', 'Größer & besser'],
  });
  await rest.publishNew(project, { title: 'بحث أسرع', content: 'في الإصدار الجديد', version: '2.0.1' });
  return { project, newest, home: `/changelog/${project.slug}` };
}

for (const scripts of [false, true]) {
  test.describe(scripts ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: scripts });

    test('a reader pages, searches, filters, turns the order and finds every entry by its month', async ({
      page,
      rest,
    }) => {
      const { home, project } = await library(rest);
      await page.goto(home);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(project.name);
      await expect(page.getByText('26 updates, the last on')).toBeVisible();
      const articles = page.getByRole('article');
      await expect(articles).toHaveCount(20);
      await expect(page.getByText('Book number 24 is here')).toBeVisible();
      await page.getByRole('link', { name: 'Older' }).click();
      await expect(articles).toHaveCount(6);
      await page.getByRole('link', { name: 'Newer' }).click();
      await expect(page).toHaveURL(home);

      await page.getByRole('link', { name: 'Oldest first' }).click();
      await expect(articles.first()).toContainText('Shelf 1');
      await page.getByRole('link', { name: 'Newest first' }).click();

      await page.getByRole('searchbox', { name: 'Search updates' }).fill('EVEN AUTHOR');
      await page.getByRole('searchbox', { name: 'Search updates' }).press('Enter');
      await expect(page.getByText('12 updates with')).toBeVisible();
      await expect(articles).toHaveCount(12);

      await page.getByText('Filter by tag').click();
      await page.getByRole('checkbox', { name: /Docs/ }).check();
      await page.getByRole('button', { name: 'Show updates' }).click();
      await expect(page.getByText('1 update with')).toContainText('tagged Docs');
      await expect(articles).toHaveCount(1);
      await expect(articles).toContainText('Shelf 2');
      await page.getByRole('link', { name: 'Show all' }).click();
      await expect(page).toHaveURL(home);

      await page.getByRole('searchbox', { name: 'Search updates' }).fill('nobody wrote this');
      await page.getByRole('searchbox', { name: 'Search updates' }).press('Enter');
      await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
      await page.getByRole('link', { name: 'Show all updates' }).click();

      await page.getByRole('link', { name: 'Archive' }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Archive' })).toBeVisible();
      const year = page.locator('section', { has: page.getByRole('heading', { name: '2025' }) });
      await expect(year).toContainText('12 updates');
      await year.getByRole('link', { name: 'March' }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'March 2025' })).toBeVisible();
      await expect(articles).toHaveCount(1);
      await expect(articles).toContainText('Book number 15 is here');
      await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: '2025' }).click();
      await expect(articles).toHaveCount(12);
    });

    test('a tag and an entry have pages of their own that lead on', async ({ page, rest, watch }) => {
      const { home, newest } = await library(rest);
      await page.goto(home);
      await page.getByRole('link', { name: 'Fix' }).first().click();
      await expect(page).toHaveURL(`${home}/tags/fix`);
      await expect(page.getByRole('heading', { level: 1, name: 'Fix' })).toBeVisible();
      await expect(page.getByText('21 updates')).toBeVisible();
      await page.getByRole('link', { name: 'Older' }).click();
      await expect(page.getByRole('article')).toHaveCount(1);

      await page.goto(home);
      await page.getByRole('link', { name: GERMAN }).click();
      await expect(page).toHaveURL(`${home}/${newest.slug}`);
      await expect(page.getByRole('heading', { level: 1, name: GERMAN })).toBeVisible();
      await page.getByRole('link', { name: 'Größer & besser' }).click();
      await expect(page.getByRole('article')).toHaveCount(1);
      await page.goBack();
      await page.getByRole('navigation', { name: 'Other updates' }).getByRole('link', { name: /Older/ }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Shelf 24' })).toBeVisible();
      await page.getByRole('link', { name: 'All updates' }).click();
      await expect(page).toHaveURL(home);

      watch.allow(/status of 404/);
      await page.goto(`${home}/no-such-entry`);
      await page.getByRole('link', { name: /All updates of/ }).click();
      await expect(page).toHaveURL(home);
    });

    test('the theme is the reader’s choice on every page', async ({ page, rest }) => {
      const { home } = await library(rest);
      await page.goto(`${home}?q=book`);
      const paper = () => page.locator('html').evaluate((root) => getComputedStyle(root).backgroundColor);
      const light = await paper();
      await page.getByRole('button', { name: 'Dark' }).click();
      await expect(page).toHaveURL(`${home}?q=book`);
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
      await expect(page.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
      expect(await paper()).not.toBe(light);
      const answer = await page.goto(`${home}/archive`);
      expect(await answer?.text()).toContain('data-theme="dark"');
    });
  });
}

test('keys and menus help those who have scripts', async ({ page, rest, context, watch }) => {
  const { home, newest } = await library(rest);
  await page.goto(home);
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('a/b');
  await expect(page.getByRole('searchbox')).toHaveValue('a/b');

  await page.getByText('Feeds', { exact: true }).click();
  await expect(page.getByRole('link', { name: /^Atom/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('link', { name: /^Atom/ })).toBeHidden();
  await page.getByText('Feeds', { exact: true }).click();
  await page.getByText('Books that came in').click();
  await expect(page.getByRole('link', { name: /^Atom/ })).toBeHidden();

  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`${home}/${newest.slug}`);
  await page.getByRole('button', { name: /Copy link|Share/ }).click();
  await expect(page.getByText('Link copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`${home}/${newest.slug}`);
  watch.check();
});

test('nothing moves, no policy is broken, and a cold page is at most four small files', async ({ page, rest }) => {
  const { home } = await library(rest);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  let bytes = 0;
  let files = 0;
  cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    files += 1;
  });
  await page.addInitScript(() => {
    const page = window as unknown as { moved: number };
    page.moved = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) page.moved += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(home, { waitUntil: 'networkidle' });
  expect(files).toBeLessThanOrEqual(4);
  expect(bytes, 'bytes over the wire').toBeLessThan(40_000);
  expect(await page.evaluate(() => (window as unknown as { moved: number }).moved)).toBe(0);
});

test('a colour of the project is readable on light and on dark paper', async ({ page, rest }) => {
  const contrast = (target: Page) =>
    target.getByRole('link', { name: 'A link' }).evaluate((link) => {
      // The browser itself turns any colour into red, green and blue.
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      if (!canvas) throw new Error('no canvas');
      const luminance = (color: string) => {
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => {
          const value = part / 255;
          return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ink = luminance(getComputedStyle(link).color);
      const paper = luminance(getComputedStyle(document.documentElement).backgroundColor);
      return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    });
  for (const color of ['#ffff00', '#00ff00', '#00ffff', '#ffffff', '#000000', '#0000ff', '#ff00ff', '#808080']) {
    const project = await rest.createProject(unique('Paint'), { color });
    await rest.publishNew(project, { title: 'Coat', content: '[A link](https://example.com/)' });
    await page.goto(`/changelog/${project.slug}`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await contrast(page), `${color} on ${colorScheme}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test('on paper there are the words and where the links lead, black on white', async ({ page, rest }) => {
  const { home, newest } = await library(rest, { color: '#ffcc00' });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  for (const path of [home, `${home}/${newest.slug}`]) {
    await page.goto(path);
    for (const tool of ['Archive', 'Back to top', 'Skip to the updates']) {
      await expect(page.getByText(tool, { exact: true })).toBeHidden();
    }
    await expect(page.getByRole('searchbox')).toBeHidden();
    const link = page.getByRole('link', { name: 'A link' });
    await expect(link).toHaveCSS('color', 'rgb(0, 0, 0)');
    expect(await link.evaluate((node) => getComputedStyle(node, '::after').content)).toContain(
      'https://example.com/book'
    );
    await expect(page.locator('html')).toHaveCSS('background-color', 'rgb(255, 255, 255)');
  }
});

test('the overview tells how often readers looked, and does not count those who are signed in', async ({
  admin,
  open,
  rest,
}) => {
  const project = await rest.createProject(unique('Window'));
  await rest.publishNew(project, { title: 'A view', content: 'Far.' });
  const overview = `/dashboard/projects/${project.id}`;
  await admin.goto(`/changelog/${project.slug}`);
  await visit(admin, overview);
  await expect(admin.getByText('None in the last 30 days')).toBeVisible();
  const reader = await open('stranger');
  await reader.goto(`/changelog/${project.slug}`);
  await reader.getByRole('link', { name: 'A view' }).first().click();
  await expect(reader.getByRole('heading', { level: 1 })).toHaveText('A view');
  // Counts are written every few seconds.
  await expect(async () => {
    await visit(admin, overview);
    await expect(admin.getByRole('img', { name: /2 views in all, at most 2 a day/ })).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await expect(admin.getByText('2 views in the last 30 days, the most on')).toBeVisible();
});

test('every public page is accessible and fits', async ({ open, rest, watch }) => {
  test.setTimeout(120_000);
  watch.allow(/status of 404/);
  const page = await open('stranger');
  const { home, newest, project } = await library(rest, { color: '#c2185b' });
  const empty = await rest.createProject(unique('Nothing yet'));
  const places = [
    ['list', home],
    ['search', `${home}?q=book&tag=fix`],
    ['nothing-found', `${home}?q=zzzz`],
    ['tag', `${home}/tags/fix`],
    ['archive', `${home}/archive`],
    ['year', `${home}/archive/2025`],
    ['month', `${home}/archive/2025/03`],
    ['entry', `${home}/${newest.slug}`],
    ['entry-missing', `${home}/nowhere`],
    ['empty', `/changelog/${empty.slug}`],
  ] as const;
  for (const layout of ['timeline', 'list', 'cards'] as const) {
    const changed = await rest.send('PATCH', `/api/projects/${project.id}`, { layout });
    expect(changed.status).toBe(200);
    for (const [name, path] of layout === 'timeline' ? places : places.slice(0, 1)) {
      await page.goto(path);
      await inspect(page, `reading-${name}-${layout}`, { fits: [320] });
    }
  }
});

test('somebody who was here before is told what is new, and their browser alone remembers', async ({ page, rest }) => {
  const { home, project } = await library(rest);
  const line = page.locator('.last-visit');
  await page.goto(home);
  await expect(page.getByRole('article').first()).toBeVisible();
  await expect(line).toHaveCount(0);
  expect(await page.context().cookies()).toEqual([]);

  await rest.publishNew(project, { title: 'A new wing', content: 'With a window.', version: '3.0.0' });
  // A visit ends with its tab.
  const next = await page.context().newPage();
  await next.goto(home);
  await expect(next.locator('.last-visit')).toContainText('1 new since your last visit.');
  await next.reload();
  await expect(next.locator('.last-visit')).toContainText('1 new since your last visit.');
  await next.getByRole('link', { name: 'Show what changed' }).click();
  await expect(next.getByText('What changed since')).toBeVisible();
  await expect(next.getByText('A new wing')).toBeVisible();

  const last = await page.context().newPage();
  await last.goto(home);
  await expect(last.getByText('A new wing')).toBeVisible();
  await expect(last.locator('.last-visit')).toHaveCount(0);
});
