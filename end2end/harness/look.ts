// How a page looks to everybody: light and dark, wide and narrow, by the rules of accessibility, and without anything
// that is wider than the screen. A picture of each goes to `test-results/pages` for whoever reviews the look.

import { AxeBuilder } from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

const HEIGHT = 900;

/**
 * One page is loaded once and looked at four times: style sheets alone make its theme and fit it to its width. Widths
 * hide and show things, so each gets all rules in one theme; in the other only colours can be wrong.
 */
const LOOKS = [
  { theme: 'light', width: 1280, rules: 'all' },
  { theme: 'dark', width: 1280, rules: 'colours' },
  { theme: 'dark', width: 390, rules: 'all' },
  { theme: 'light', width: 390, rules: 'colours' },
] as const;

interface More {
  /** Further widths that the page has to fit. */
  fits?: number[];
  /** Only these parts are held against the rules: the others are made like them. */
  parts?: string[];
  /** A long page is cut where the screen ends. */
  fullPage?: boolean;
}

/** Holds the page that is open, in the state it is in, against all that everybody may expect of how it looks. */
export async function inspect(page: Page, label: string, { fits = [], parts = [], fullPage = true }: More = {}): Promise<void> {
  const before = page.viewportSize();
  for (const { theme, width, rules } of LOOKS) {
    const name = `${label}-${width}-${theme}`;
    await page.setViewportSize({ width, height: HEIGHT });
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: `test-results/pages/${name}.png`, fullPage, animations: 'disabled' });
    await isFine(page, name, rules, parts);
    await fit(page, name);
  }
  for (const width of fits) {
    await page.setViewportSize({ width, height: HEIGHT });
    await fit(page, `${label}-${width}`);
  }
  if (before) await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null });
}

// Frames hold previews of pages that are inspected for themselves, so axe leaves them out and may take its short way.
async function isFine(page: Page, name: string, rules: 'all' | 'colours', parts: string[]): Promise<void> {
  let axe = new AxeBuilder({ page }).setLegacyMode().exclude('iframe');
  for (const part of parts) axe = axe.include(part);
  if (rules === 'colours') axe = axe.withRules(['color-contrast', 'link-in-text-block']);
  const { violations } = await axe.analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help} – ${nodes.map(({ html }) => html).join(' | ')}`);
  expect.soft(found, `accessibility of ${name}`).toEqual([]);
  expect.soft(await page.locator('iframe:not([title])').count(), `frames of ${name} without a name`).toBe(0);
}

async function fit(page: Page, name: string): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth
  );
  expect.soft(overflow, `pixels that ${name} is too wide`).toBeLessThanOrEqual(0);
}
