// Pages with strict policies: nothing is refused, nothing is reported.

import { expect, test } from '../harness/test.ts';
import { newsProject, tagOf } from '../harness/widget.ts';

const POLICIES = [
  { name: 'only our origin', script: (url: string) => url, attributes: '' },
  { name: 'only a nonce', script: () => "'nonce-r4nd0m'", attributes: 'nonce="r4nd0m"' },
  { name: 'a nonce and strict-dynamic', script: () => "'nonce-r4nd0m' 'strict-dynamic'", attributes: 'nonce="r4nd0m"' },
];

for (const { name, script, attributes } of POLICIES) {
  test(`${name}, and Trusted Types: everything works without a violation`, async ({ instance, open, rest, site }) => {
    const own = await newsProject(rest);
    const page = await open('stranger');
    const policy =
      `default-src 'none'; script-src ${script(instance.url)}; connect-src ${instance.url}; ` +
      "require-trusted-types-for 'script'; trusted-types 'none'";
    const tags =
      tagOf(instance, own, `${attributes} data-open-in="inline"`) +
      tagOf(instance, own, `${attributes} data-variant="floating"`);
    const violations: string[] = [];
    await page.exposeFunction('violated', (text: string) => violations.push(text));
    await page.addInitScript(() => {
      const tell = (window as unknown as { violated(text: string): void }).violated;
      document.addEventListener('securitypolicyviolation', (event) => tell(`${event.violatedDirective} ${event.blockedURI}`));
    });
    await page.goto(site.serve('/', `<h1>Shop</h1>${tags}`, { headers: { 'content-security-policy': policy } }));
    const inline = page.getByRole('region', { name: own.name });
    await expect(inline.getByRole('listitem')).toHaveCount(3);
    await inline.getByRole('link', { name: 'Read more: Flags' }).click();
    await expect(inline.locator('strong')).toHaveText('Flags');
    await page.getByRole('button', { name: "What's new" }).click();
    await expect(page.getByRole('dialog').getByRole('listitem')).toHaveCount(4);
    expect(violations).toEqual([]);
  });
}

test('the tag with integrity of the dashboard works on a page that pins it', async ({ admin, open, rest, site }) => {
  const own = await newsProject(rest);
  await admin.goto(`/dashboard/projects/${own.id}/widgets`);
  const snippet = await admin.locator('pre', { hasText: 'integrity' }).textContent();
  expect(snippet).toContain('sha384-');
  const page = await open('stranger');
  await page.goto(site.serve('/', `<h1>Shop</h1>${snippet}`));
  await expect(page.getByRole('listitem')).toHaveCount(3);
  await expect(page.getByRole('region', { name: own.name })).toBeVisible();
});

test('a file of an older version leads to the present one', async ({ instance, request }) => {
  for (const file of ['widget-frame-0123456789abcdef.js', 'widget-panel-0.wasm', 'widget-plain-0.js']) {
    const answer = await request.get(`${instance.url}/assets/${file}`);
    expect(answer.status(), file).toBe(200);
    expect(answer.url()).not.toContain(file);
  }
  expect((await request.get(`${instance.url}/assets/widget-unknown-0.js`)).status()).toBe(404);
});
