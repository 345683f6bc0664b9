// The widget on pages of strangers: it works where it can, and never harms the page it stands on.

import { type Instance, type Page, type Rest, type Site, expect, test, unique } from '../harness/test.ts';

async function project(rest: Rest) {
  const project = await rest.createProject(unique('Regatta'));
  for (const [at, title] of ['Oars', 'Sails', 'Ropes', 'Flags'].entries()) {
    await rest.publishNew(
      project,
      { title, content: `All about **${title}**.`, tags: ['Gear'] },
      `2026-01-0${at + 1}T09:00:00Z`
    );
  }
  return project;
}

const tag = (instance: Instance, project: { id: string }, attributes = '') =>
  `<script src="${instance.url}/api/integrations/widget/${project.id}" ${attributes} async></script>`;

const isShown = async (page: Page, count = 3) => {
  await expect(page.getByRole('listitem')).toHaveCount(count);
  await expect(page.getByRole('listitem').first()).toContainText('All about Flags.');
};

test('a page whose policy forbids WebAssembly gets the same list', async ({ instance, open, rest, site, watch }) => {
  const own = await project(rest);
  const page = await open('stranger');
  const policy = `default-src 'none'; script-src ${instance.url}; connect-src ${instance.url}`;
  const path = site.serve('/', `<h1>Shop</h1>${tag(instance, own)}`, {
    headers: { 'content-security-policy': policy },
  });
  // The policy of the page can only be found out by asking, once; the browser logs that.
  watch.allow(/WebAssembly/);
  await page.goto(path);
  await isShown(page);
  const plain = await page.getByRole('region').ariaSnapshot();

  await page.goto(site.serve('/free', `<h1>Shop</h1>${tag(instance, own, 'data-wasm="true"')}`));
  await isShown(page);
  expect(await page.getByRole('region').ariaSnapshot(), 'both drawings say the same').toBe(plain);
});

test('a page that declares a strict policy in its head logs nothing at all', async ({ instance, open, rest, site }) => {
  const own = await project(rest);
  const page = await open('stranger');
  const policy = `default-src 'none'; script-src ${instance.url}; connect-src ${instance.url}`;
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  await page.goto(site.serve('/', `<h1>Shop</h1>${tag(instance, own)}`, { head }));
  await isShown(page);
});

test('without a server the page is as if the widget were not there', async ({ fresh, open, site, watch }) => {
  watch.allow(/ERR_CONNECTION_REFUSED/);
  const page = await open('stranger');
  const path = site.serve('/', `<h1>Shop</h1>${tag(fresh, { id: 'cmk60kvj50ce9uvw53efr4edt' })}`);
  await fresh.stop();
  await page.goto(path, { waitUntil: 'load' });
  await expect(page.locator('body')).toHaveText('Shop');
});

test('a list that cannot be loaded says so and can be asked for again', async ({
  instance,
  open,
  rest,
  site,
  watch,
}) => {
  watch.allow(/status of 503/);
  const own = await project(rest);
  const page = await open('stranger');
  let isDown = true;
  await page.route('**/api/changelog/**', (route) =>
    isDown ? route.fulfill({ status: 503, body: 'down' }) : route.continue()
  );
  await page.goto(site.serve('/', `<h1>Shop</h1>${tag(instance, own)}`));
  await expect(page.getByText('Updates could not be loaded.')).toBeVisible();
  isDown = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await isShown(page);
});

test('styles of the page do not reach the widget, and its styles do not leave it', async ({
  instance,
  open,
  rest,
  site,
}) => {
  const own = await project(rest);
  const page = await open('stranger');
  const look = async () => {
    await isShown(page);
    return page
      .getByRole('listitem')
      .first()
      .evaluate((item) => {
        const of = (node: Element | null) => {
          const style = node && getComputedStyle(node);
          return (
            style && [style.color, style.fontSize, style.display, style.padding, style.visibility, style.letterSpacing]
          );
        };
        return [
          of(item),
          of(item.querySelector('h3')),
          of(item.querySelector('a')),
          item.getBoundingClientRect().width,
        ];
      });
  };
  await page.goto(site.serve('/calm', `<h1>Shop</h1><p>Text</p>${tag(instance, own)}`));
  const calm = await look();
  const hostile = `<style>* { display: none !important } html, head + body, h1, p, div { display: block !important }
    * { color: red !important; font-size: 40px !important; padding: 9px !important; letter-spacing: 1em !important;
    visibility: hidden !important; float: right !important } h1, p, body { visibility: visible !important }
    li, ol, h3, a, button, section { all: unset !important }</style>`;
  await page.goto(site.serve('/hostile', `<h1>Shop</h1><p>Text</p>${tag(instance, own)}`, { head: hostile }));
  await expect(page.getByText('Text', { exact: true })).toHaveCSS('font-size', '40px');
  const [item, heading, link] = await look();
  expect([item, heading, link]).toEqual(calm.slice(0, 3));
});

test('the same popup twice on a page is one popup', async ({ instance, open, rest, site }) => {
  const own = await project(rest);
  const page = await open('stranger');
  const popup = tag(instance, own, 'data-popup="true"');
  await page.goto(site.serve('/', `<h1>Shop</h1>${popup}${popup}`));
  const launcher = page.getByRole('button', { name: "What's new" });
  await expect(launcher).toHaveCount(1);
  await launcher.click();
  await isShown(page);
  await expect(page.getByRole('dialog')).toHaveCount(1);
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(launcher).toBeFocused();
});

test('two inline widgets of one page share one request', async ({ instance, open, rest, site }) => {
  const own = await project(rest);
  const page = await open('stranger');
  let asked = 0;
  page.on('request', (request) => (asked += request.url().includes('/api/changelog/') ? 1 : 0));
  await page.goto(
    site.serve(
      '/',
      `<h1>Shop</h1>${tag(instance, own, 'data-max-entries="2"')}${tag(instance, own, 'data-max-entries="4"')}`
    )
  );
  await expect(page.getByRole('listitem')).toHaveCount(6);
  expect(asked).toBe(1);
});

test('hostile text in an entry stays text in the widget', async ({ instance, open, rest, site }) => {
  const own = await rest.createProject(unique('<i>Corsairs</i>'));
  const title = '<img src=x onerror=window.hacked=1>';
  await rest.publishNew(own, { title, content: '<script>window.hacked=1</script> Arr.' });
  const page = await open('stranger');
  for (const wasm of ['true', 'false']) {
    await page.goto(site.serve('/', `<h1>Shop</h1>${tag(instance, own, `data-wasm="${wasm}"`)}`));
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
    await expect(page.getByRole('region', { name: own.name })).toBeVisible();
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  }
});

test('the snippet of the overview is what puts the widget on a page', async ({
  admin,
  open,
  rest,
  site,
}: {
  admin: Page;
  open: (who: 'stranger') => Promise<Page>;
  rest: Rest;
  site: Site;
}) => {
  const own = await project(rest);
  await admin.goto(`/dashboard/projects/${own.id}`);
  const snippet = await admin.getByText(/^<script src=/).innerText();
  const page = await open('stranger');
  await page.goto(site.serve('/', `<h1>Shop</h1>${snippet}`));
  await isShown(page);
});
