// The page of the REST API: every operation, without a script, in the look of everything else.

import { AxeBuilder } from '@axe-core/playwright';

import { expect, test } from '../harness/test.ts';

interface Operation {
  operationId: string;
}

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    test(`the page of the API is accessible and fits, ${theme} at ${width} pixels`, async ({ page }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: theme });
      await page.goto('/api-docs');
      await page.screenshot({ path: `test-results/pages/api-docs-${theme}-${width}.png`, animations: 'disabled' });
      await page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
      // Every operation is drawn by one component: a theme and a width are judged by the frame and one of them.
      let rules = new AxeBuilder({ page });
      if (theme === 'light' && width === 1280) test.slow();
      else rules = rules.include('header').include('nav').include('article#create_entry');
      const { violations } = await rules.analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth
      );
      expect(overflow, 'pixels that the page is too wide').toBeLessThanOrEqual(0);
    });
  }
}

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('every operation has a place on the page that can be linked to', async ({ page, request }) => {
    const document = await (await request.get('/openapi.json')).json();
    const paths: Record<string, Operation>[] = Object.values(document.paths);
    const ids = paths.flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
    expect(ids.length).toBeGreaterThan(10);
    await page.goto('/api-docs');
    for (const id of ids) await expect(page.locator(`article#${id}`)).toHaveCount(1);
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
