// If the server is in trouble, nobody on the customer's page notices; and what a page does to the widget leaves no trace.

import type { Browser } from '@playwright/test';

import { type Page, expect, test } from '../harness/test.ts';
import { containers, newsProject, tagOf } from '../harness/widget.ts';

/** Sums up how much the page moved by itself. */
async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const sum = window as unknown as { shift: number };
    sum.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) sum.shift += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return () => page.evaluate(() => (window as unknown as { shift: number }).shift);
}

const TROUBLES: [string, (route: import('@playwright/test').Route) => unknown][] = [
  ['an error of the server', (route) => route.fulfill({ status: 500, body: 'oh' })],
  ['a page instead of data', (route) => route.fulfill({ contentType: 'text/html', body: '<p>Sign in to the hotel</p>' })],
  ['JSON that ends too early', (route) => route.fulfill({ contentType: 'application/json', body: '{"project":' })],
  ['JSON of another shape', (route) => route.fulfill({ json: { items: 'none', recent: 7 } })],
  ['no answer at all', () => undefined],
  ['a broken connection', (route) => route.abort('connectionreset')],
];

for (const [what, answer] of TROUBLES) {
  test(`${what}: nothing is thrown, logged by us or moved`, async ({ instance, open, rest, site, watch }) => {
    watch.allow(/Failed to load resource/);
    const own = await newsProject(rest);
    const page = await open('stranger');
    const ours: string[] = [];
    page.on('console', (message) => {
      if (!message.text().startsWith('Failed to load resource')) ours.push(message.text());
    });
    const shifts = await watchShifts(page);
    await page.route('**/api/changelog/**', answer);
    const tags = tagOf(instance, own) + tagOf(instance, own, 'data-variant="floating"');
    await page.goto(site.serve('/', `<h1>Shop</h1>${tags}`));
    await expect(page.getByText('Updates could not be loaded.')).toBeVisible({ timeout: 8000 });
    await expect(page.getByRole('button', { name: "What's new" })).toBeVisible();
    expect(ours).toEqual([]);
    expect(await shifts()).toBe(0);
  });
}

test('the last good answer stands in, and the server is left alone for a minute', async ({
  instance,
  open,
  rest,
  site,
  watch,
}) => {
  watch.allow(/Failed to load resource/);
  const own = await newsProject(rest);
  const page = await open('stranger');
  const path = site.serve('/', `<h1>Shop</h1>${tagOf(instance, own)}`);
  await page.goto(path);
  await expect(page.getByRole('listitem')).toHaveCount(3);
  let asked = 0;
  await page.route('**/api/changelog/**', (route) => {
    asked += 1;
    return route.fulfill({ status: 500, body: 'oh' });
  });
  for (let visit = 0; visit < 3; visit += 1) {
    await page.goto(path);
    await expect(page.getByRole('listitem')).toHaveCount(3);
  }
  expect(asked).toBe(1);
});

test('nothing moves while the list arrives', async ({ instance, open, rest, site }) => {
  const own = await newsProject(rest);
  const page = await open('stranger');
  const shifts = await watchShifts(page);
  await page.goto(site.serve('/', `<h1>Shop</h1>${tagOf(instance, own)}`));
  await expect(page.getByRole('listitem')).toHaveCount(3);
  expect(await shifts()).toBe(0);
});

test('the widget goes with its script, and comes again', async ({ instance, open, rest, site }) => {
  const own = await newsProject(rest);
  const page = await open('stranger');
  await page.goto(site.serve('/', '<h1>Shop</h1>'));
  const src = `${instance.url}/api/integrations/widget/${own.id}`;
  for (let visit = 0; visit < 3; visit += 1) {
    await page.evaluate((src) => {
      const script = document.createElement('script');
      script.id = 'embed';
      script.src = src;
      script.setAttribute('data-popup', 'true');
      document.body.append(script);
    }, src);
    await expect(containers(page)).toHaveCount(1);
    await page.getByRole('button', { name: "What's new" }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.evaluate(() => document.getElementById('embed')?.remove());
    await expect(containers(page)).toHaveCount(0);
  }
});

test('a thousand widgets come and go without a trace', async ({ instance, open, rest, site }) => {
  test.slow();
  const own = await newsProject(rest);
  const page = await open('stranger');
  await page.goto(site.serve('/', `<div id="place"></div><script src="${instance.url}/widget-classic.js"></script>`));
  const cycle = (times: number) =>
    page.evaluate(
      async ([times, baseUrl, projectId]) => {
        const { ChangerawrWidget } = window as unknown as {
          ChangerawrWidget: { init(options: unknown): { destroy(): void } };
        };
        const container = document.getElementById('place');
        for (let time = 0; time < Number(times); time += 1) {
          const variant = time % 2 ? 'floating' : 'classic';
          const shadow = time % 3 ? 'true' : 'false';
          ChangerawrWidget.init({ container, projectId, baseUrl, variant, shadow, customCSS: 'b{}' }).destroy();
          if (time % 50 === 0) await new Promise((done) => setTimeout(done));
        }
      },
      [String(times), instance.url, own.id]
    );
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  const count = async () => {
    await client.send('HeapProfiler.collectGarbage');
    const { metrics } = await client.send('Performance.getMetrics');
    const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
    return { nodes: of('Nodes'), listeners: of('JSEventListeners') };
  };
  await cycle(50);
  const before = await count();
  await cycle(1000);
  const after = await count();
  expect(after.nodes - before.nodes).toBeLessThan(50);
  expect(after.listeners - before.listeners).toBeLessThan(20);
  const left = await page.evaluate(() => [
    document.querySelectorAll('[class*=changerawr]').length,
    document.adoptedStyleSheets.length,
    document.querySelectorAll('style').length,
  ]);
  expect(left).toEqual([0, 0, 0]);
});

test('the interface opens, tells and destroys', async ({ instance, open, rest, site }) => {
  const own = await newsProject(rest);
  const page = await open('stranger');
  await page.goto(site.serve('/', `${tagOf(instance, own)}${tagOf(instance, own, 'data-variant="floating"')}`));
  await expect(containers(page)).toHaveCount(2);
  await page.evaluate(() => {
    const { Tidings } = window as unknown as { Tidings: { on(name: string, run: () => void): void } };
    const told = ((window as unknown as { told: string[] }).told = []) as string[];
    for (const name of ['open', 'close', 'read']) Tidings.on(name, () => told.push(name));
  });
  await page.evaluate('Tidings.open()');
  await expect(page.getByRole('dialog').getByRole('listitem').first()).toBeVisible();
  await page.evaluate('Tidings.close()');
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(await page.evaluate('told.filter((name) => name !== "read")')).toEqual(['open', 'close']);
  await page.evaluate('Tidings.destroy()');
  await expect(containers(page)).toHaveCount(0);
  expect(await page.evaluate('document.adoptedStyleSheets.length')).toBe(0);
});

interface TraceEvent {
  ph: string;
  name: string;
  pid: number;
  tid: number;
  /** Microseconds on the processor, without what other programs take meanwhile. */
  tdur?: number;
  args?: { name?: string };
}

/** Milliseconds on the processor of each task that the pages of this browser run, while `load` runs. */
async function tasks(browser: Browser, page: Page, load: () => Promise<unknown>): Promise<number[]> {
  await browser.startTracing(page, { categories: ['toplevel'] });
  await load();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const mains = traceEvents.filter(({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain');
  const isMain = (event: TraceEvent) => mains.some(({ pid, tid }) => pid === event.pid && tid === event.tid);
  const all = traceEvents.filter((event) => event.ph === 'X' && event.name.endsWith('RunTask') && isMain(event));
  return all.map(({ tdur }) => (tdur ?? 0) / 1_000);
}

test('on a slow processor nothing takes long, and the page sends two requests', async ({ browser, instance, open, rest, site }) => {
  test.slow();
  const own = await newsProject(rest);
  const path = site.serve('/', `<h1>Shop</h1>${tagOf(instance, own, 'data-variant="floating"')}`);
  const measure = async () => {
    const page = await open('stranger');
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().startsWith(instance.url)) asked.push(request.url());
    });
    const each = await tasks(browser, page, () => page.goto(path, { waitUntil: 'networkidle' }));
    expect(each.length, 'tasks that were seen').toBeGreaterThan(10);
    expect(asked.length, asked.join('\n')).toBe(2);
    // A processor that takes four times as long may not take longer than 50 ms.
    const long = each.filter((milliseconds) => milliseconds * 4 > 50);
    const client = await page.context().newCDPSession(page);
    await client.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    // Once, so that the cache is warm.
    await page.getByRole('button', { name: "What's new" }).click();
    await expect(page.getByRole('dialog').getByRole('listitem')).toHaveCount(4);
    await page.goto(path, { waitUntil: 'networkidle' });
    const took = await page.evaluate(async () => {
      const start = performance.now();
      const { Tidings } = window as unknown as { Tidings: { open(): void } };
      Tidings.open();
      const root = document.querySelector('.changerawr-widget')?.shadowRoot;
      while (!root?.querySelector('[role=dialog]:not([hidden])')) await new Promise((done) => requestAnimationFrame(done));
      return performance.now() - start;
    });
    await page.close();
    return { long, took };
  };
  // Whatever else the machine does makes a run slower, never faster: the best of a few counts.
  let best = await measure();
  for (let run = 0; run < 5 && (best.long.length > 0 || best.took >= 300); run += 1) best = await measure();
  expect(best.long).toEqual([]);
  expect(best.took).toBeLessThan(300);
});
