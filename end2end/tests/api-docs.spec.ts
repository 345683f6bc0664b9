// The page of the REST API: every operation, without a script, in the look of everything else.

import { AxeBuilder } from '@axe-core/playwright';

import { inspect } from '../harness/look.ts';
import { expect, test } from '../harness/test.ts';

interface Operation {
  operationId: string;
}

test('the page of the API is accessible and fits', async ({ page }) => {
  test.setTimeout(180_000);
  await page.goto('/api-docs');
  await page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
  // Every operation is drawn by one component, so that of the colours one stands for all.
  const { violations } = await new AxeBuilder({ page }).disableRules(['color-contrast']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  await inspect(page, 'api-docs', { parts: ['header', 'nav', 'article#create_entry'], fullPage: false });
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('every operation has a place on the page that can be linked to', async ({ page, request }) => {
    const document = await (await request.get('/openapi.json')).json();
    const paths: Record<string, Operation>[] = Object.values(document.paths);
    const ids = paths.flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
    expect(ids.length).toBeGreaterThan(10);
    await page.goto('/api-docs');
    const shown = await page.locator('article[id]').evaluateAll((all) => all.map((one) => one.id));
    expect(shown.toSorted()).toEqual(ids.toSorted());
    const create = page.getByRole('article', { name: 'Create an entry', exact: true });
    await expect(create).toContainText('POST /api/projects/{projectId}/changelog');
    await expect(create).toContainText('An API key needs the scope changelog:write.');
    await expect(create).toContainText('curl -X POST');
    const contents = page.getByRole('navigation', { name: 'Contents' });
    await contents.getByRole('link', { name: 'POST Create an entry', exact: true }).click();
    await expect(create).toBeInViewport();
    await create.getByText('Example of the body').click();
    await expect(create.getByText('"Dark mode"').first()).toBeVisible();
  });
});
