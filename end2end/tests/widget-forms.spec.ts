// Every form of embedding: attributes, query, kept widgets, bundles, and the file whose content is pinned.

import { expect, test, unique } from '../harness/test.ts';
import { containers, keepWidget, newsProject, tagOf } from '../harness/widget.ts';

test('a floating widget counts what is new, opens, and gives the focus back', async ({ instance, open, rest, site }) => {
  const own = await newsProject(rest);
  const widget = await keepWidget(rest, own, { variant: 'floating', settings: { position: 'bottom-left' } });
  const page = await open('stranger');
  const path = site.serve('/', `<h1>Shop</h1><a href="#x">Link</a>${tagOf(instance, own, '', widget)}`);
  await page.goto(path);
  const button = page.getByRole('button', { name: "What's new" });
  await expect(button).toHaveAccessibleName("What's new");
  await rest.publishNew(own, { title: 'Anchors', content: 'Heavy.' });
  await page.reload();
  await expect(button).toHaveAccessibleName("What's new 1 new");

  await button.click();
  const dialog = page.getByRole('dialog', { name: own.name });
  await expect(dialog.getByRole('listitem')).toHaveCount(5);
  await expect(dialog.getByRole('listitem').first()).toContainText('Anchors');
  await expect(dialog.getByRole('img', { name: 'New' })).toHaveCount(1);
  await expect(button).toHaveAttribute('aria-expanded', 'true');
  await expect(button).toHaveAccessibleName("What's new");
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();

  await button.click();
  await page.getByRole('heading', { name: 'Shop' }).click();
  await expect(dialog).toBeHidden();
  await button.click();
  await page.getByRole('link', { name: 'Link' }).focus();
  await expect(dialog).toBeHidden();
  await page.reload();
  await expect(button).toHaveAccessibleName("What's new");
});

test('attributes win over the address, the address over settings', async ({ instance, open, rest, site }) => {
  const own = await newsProject(rest);
  const widget = await keepWidget(rest, own, { variant: 'classic', settings: { maxEntries: 1, theme: 'dark' } });
  const page = await open('stranger');
  const src = `${instance.url}/api/integrations/widget/${own.id}/${widget.id}`;
  const count = async (path: string, attributes: string, expected: number) => {
    await page.goto(site.serve('/', `<script src="${src}${path}" ${attributes} async></script>`));
    await expect(page.getByRole('listitem')).toHaveCount(expected);
  };
  await count('', '', 1);
  await expect(containers(page)).toHaveClass(/dark/);
  await count('?maxEntries=2', '', 2);
  await count('?maxEntries=2', 'data-max-entries="3"', 3);
});

test('a page that says its version sees what came after it', async ({ instance, open, rest, site }) => {
  const own = await rest.createProject(unique('Harbour'));
  for (const [at, version] of ['1.0.0', '1.1.0', '1.2.0'].entries()) {
    await rest.publishNew(own, { title: `Pier ${version}`, content: 'Longer.', version }, `2026-01-0${at + 1}T09:00:00Z`);
  }
  const page = await open('stranger');
  const shows = async (attributes: string, titles: string[]) => {
    await page.goto(site.serve('/', tagOf(instance, own, attributes)));
    await expect(page.getByRole('listitem')).toHaveText(titles.map((title) => new RegExp(title)));
  };
  await shows('data-since="1.1.0"', ['Pier 1.2.0']);
  await expect(page.getByRole('link', { name: 'All updates' })).toHaveAttribute('href', /\?since=1\.1\.0$/);
  await shows('data-since="v1.0.0"', ['Pier 1.2.0', 'Pier 1.1.0']);
  await page.goto(site.serve('/', tagOf(instance, own, 'data-since="1.2.0"')));
  await expect(page.getByText('No updates since 1.2.0.')).toBeVisible();
  await shows('', ['Pier 1.2.0', 'Pier 1.1.0', 'Pier 1.0.0']);
});

test('a version that the changelog cannot place shows everything', async ({ instance, open, rest, site, watch }) => {
  watch.allow(/status of 404 .*since=nightly/);
  const own = await newsProject(rest);
  const page = await open('stranger');
  await page.goto(site.serve('/', tagOf(instance, own, 'data-since="nightly"')));
  await expect(page.getByRole('listitem')).toHaveCount(3);
});

test('a bare data-popup with immediate opens by itself and leaves the focus alone', async ({
  instance,
  open,
  rest,
  site,
}) => {
  const own = await newsProject(rest);
  const page = await open('stranger');
  await page.goto(site.serve('/', `<input autofocus>${tagOf(instance, own, 'data-popup data-trigger="immediate"')}`));
  await expect(page.getByRole('dialog').getByRole('listitem')).toHaveCount(3);
  await expect(page.getByRole('textbox')).toBeFocused();
});

test('a popup waits for the element that opens it', async ({ instance, open, rest, site }) => {
  const own = await newsProject(rest);
  const page = await open('stranger');
  await page.goto(site.serve('/', tagOf(instance, own, 'data-popup="true" data-trigger="whats-new"')));
  await expect(containers(page)).toHaveCount(1);
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<div id="whats-new" tabindex="0" role="button">News</div>');
  });
  const opener = page.getByRole('button', { name: 'News' });
  await expect(opener).toHaveAttribute('aria-haspopup', 'dialog');
  await expect(opener).toHaveAttribute('aria-expanded', 'false');
  await opener.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(opener).toHaveAttribute('aria-expanded', 'true');
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(opener).toBeFocused();
  await opener.press(' ');
  await expect(page.getByRole('dialog')).toBeVisible();
});

test('an unknown position is reported and replaced', async ({ instance, open, rest, site }) => {
  const own = await newsProject(rest);
  const page = await open('stranger');
  const warnings: string[] = [];
  page.on('console', (message) => warnings.push(message.text()));
  await page.goto(site.serve('/', tagOf(instance, own, 'data-popup="true" data-position="middle"')));
  await expect(containers(page)).toHaveClass(/changerawr-position-bottom-right/);
  expect(warnings.filter((text) => text.includes('[tidings]') && text.includes('middle'))).toHaveLength(1);
});

test('a widget that is off, foreign or gone draws nothing', async ({ instance, open, rest, site, watch }) => {
  // Browsers note the status of a script that was refused.
  watch.allow(/status of 40[34]/);
  const own = await newsProject(rest);
  const off = await keepWidget(rest, own, { variant: 'floating', isActive: false });
  const foreign = await keepWidget(rest, own, { variant: 'floating', allowedOrigins: ['https://shop.example'] });
  const page = await open('stranger');
  for (const widget of [off, foreign, { id: 'gone' }]) {
    await page.goto(site.serve('/', `<p>Shop</p>${tagOf(instance, own, '', widget)}`), { waitUntil: 'networkidle' });
    await expect(page.locator('body')).toHaveText('Shop');
  }
});

test('only entries with the tags asked for', async ({ instance, open, rest, site }) => {
  const own = await newsProject(rest);
  await rest.publishNew(own, { title: 'Tide', content: 'High.', tags: ['Sea'] });
  const page = await open('stranger');
  await page.goto(site.serve('/', tagOf(instance, own, 'data-tags="Sea"')));
  await expect(page.getByRole('listitem')).toHaveCount(1);
  await expect(page.getByRole('listitem')).toContainText('Tide');
});

test('an entry opens in the widget where the page wants that', async ({ instance, open, rest, site }) => {
  const own = await newsProject(rest);
  const page = await open('stranger');
  await page.goto(site.serve('/', tagOf(instance, own, 'data-open-in="inline"')));
  const first = page.getByRole('listitem').first();
  await first.getByRole('link', { name: 'Read more: Flags' }).click();
  await expect(first.locator('strong')).toHaveText('Flags');
  await first.getByRole('link').last().click();
  await expect(first.locator('strong')).toHaveCount(0);
});

test('bundles make widgets by hand', async ({ instance, open, rest, site }) => {
  const own = await newsProject(rest);
  const page = await open('stranger');
  const body = `<div id="news"></div><div id="pop"></div><script src="${instance.url}/widget-bundle.js"></script>`;
  await page.goto(site.serve('/', body));
  const made = await page.evaluate(
    ([baseUrl, projectId]) => {
      type Handle = { open(): void; close(): void; toggle(): void; isOpen: boolean };
      const { ChangerawrWidget } = window as unknown as { ChangerawrWidget: { init(options: unknown): Handle } };
      const container = document.getElementById('news');
      const first = ChangerawrWidget.init({ container, projectId, baseUrl, maxEntries: 2 });
      let refused = '';
      try {
        ChangerawrWidget.init({ projectId });
      } catch (error) {
        refused = String(error);
      }
      const popup = { container: document.getElementById('pop'), projectId, baseUrl, isPopup: true };
      (window as unknown as { popup: Handle }).popup = ChangerawrWidget.init(popup);
      return [first === ChangerawrWidget.init({ container, projectId, baseUrl }), refused];
    },
    [instance.url, own.id]
  );
  expect(made[0]).toBe(true);
  expect(made[1]).toContain('container');
  await expect(page.locator('#news').getByRole('listitem')).toHaveCount(2);
  const popup = (run: string) => page.evaluate(`popup.${run}`);
  expect(await popup('isOpen')).toBe(false);
  await popup('open()');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await popup('isOpen')).toBe(true);
  await popup('toggle()');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('a page whose style sheets name the parts keeps the open form, and an attribute changes that', async ({
  instance,
  open,
  rest,
  site,
}) => {
  const own = await newsProject(rest);
  const page = await open('stranger');
  const head = '<style>.changerawr-entry-title { color: rgb(1, 2, 3) }</style>';
  const color = () => page.getByRole('heading', { name: 'Flags' }).evaluate((node) => getComputedStyle(node).color);
  await page.goto(site.serve('/', tagOf(instance, own), { head }));
  await expect(page.locator('body > .changerawr-widget .changerawr-entry')).toHaveCount(3);
  expect(await color()).toBe('rgb(1, 2, 3)');
  await page.goto(site.serve('/', tagOf(instance, own, 'data-shadow="true"'), { head }));
  await expect(page.getByRole('listitem')).toHaveCount(3);
  expect(await color()).not.toBe('rgb(1, 2, 3)');
});

test('style rules of the owner and custom properties of the page reach the parts', async ({
  instance,
  open,
  rest,
  site,
}) => {
  const own = await newsProject(rest);
  const customCSS = '.changerawr-widget .changerawr-footer, .changerawr-entry-title { color: rgb(4, 5, 6) }';
  const widget = await keepWidget(rest, own, { variant: 'classic', customCSS });
  const page = await open('stranger');
  const head = '<style>:root { --changerawr-bg-primary: rgb(7, 8, 9) }</style>';
  await page.goto(site.serve('/', tagOf(instance, own, '', widget), { head }));
  await expect(page.getByRole('heading', { name: 'Flags' })).toHaveCSS('color', 'rgb(4, 5, 6)');
  await expect(page.getByRole('region')).toHaveCSS('background-color', 'rgb(7, 8, 9)');
});
