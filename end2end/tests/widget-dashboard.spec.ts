// Widgets in the dashboard: making one, seeing what it will be, putting it on a page.

import { expect, test, visit } from '../harness/test.ts';
import { keepWidget, newsProject, tagOf } from '../harness/widget.ts';

test('a widget is made, previewed, saved, embedded and deleted', async ({ admin, instance, open, rest, site, watch }) => {
  // Browsers note the answer to a form that is wrong on purpose.
  watch.allow(/status of 400/);
  const own = await newsProject(rest);
  await visit(admin, `/dashboard/projects/${own.id}/widgets`);
  await admin.getByRole('button', { name: 'New widget' }).first().click();
  await admin.getByRole('dialog').getByLabel('Name').fill('Home page');
  await admin.getByRole('button', { name: 'Create widget' }).click();
  await expect(admin.getByRole('heading', { level: 1, name: 'Home page' })).toBeVisible();

  // The preview is the real script, and follows what is typed.
  const preview = admin.frameLocator('iframe[title="The widget on a page"]');
  await expect(preview.getByRole('button', { name: "What's new" })).toBeVisible();
  await admin.getByLabel('Text of the button').fill('Fresh');
  const button = preview.getByRole('button', { name: 'Fresh' });
  await button.click();
  await expect(preview.getByRole('dialog').getByRole('listitem')).toHaveCount(4);
  await admin.getByRole('textbox', { name: 'Entries' }).fill('2');
  await preview.getByRole('button', { name: 'Fresh' }).click();
  await expect(preview.getByRole('dialog').getByRole('listitem')).toHaveCount(2);

  await admin.getByRole('textbox', { name: 'Entries' }).fill('0');
  await admin.getByRole('button', { name: 'Save widget' }).click();
  await expect(admin.getByText('Enter a whole number from 1 to 100.').first()).toBeVisible();
  await admin.getByRole('textbox', { name: 'Entries' }).fill('2');
  await admin.getByRole('button', { name: 'Save widget' }).click();
  await expect(admin.getByText('Widget saved.')).toBeVisible();

  const snippet = await admin.getByText(/^<script src=/).first().innerText();
  const page = await open('stranger');
  await page.goto(site.serve('/', `<h1>Shop</h1>${snippet}`));
  await page.getByRole('button', { name: 'Fresh' }).click();
  await expect(page.getByRole('dialog').getByRole('listitem')).toHaveCount(2);

  await admin.getByRole('button', { name: 'Delete widget' }).first().click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Delete widget' }).click();
  await expect(admin.getByText('No widgets yet')).toBeVisible();
  const answer = await fetch(snippet.match(/src="([^"]+)"/)?.[1] ?? instance.url);
  expect(answer.status).toBe(404);
});

test('a viewer looks and changes nothing', async ({ instance, open, rest, site }) => {
  const own = await newsProject(rest);
  const widget = await keepWidget(rest, own, { variant: 'floating' });
  const viewer = await open('viewer');
  await visit(viewer, `/dashboard/projects/${own.id}/widgets/${widget.id}`);
  await expect(viewer.getByText('You can look, not change')).toBeVisible();
  await expect(viewer.getByRole('button', { name: 'Save widget' })).toHaveCount(0);
  await expect(viewer.getByRole('button', { name: 'Delete widget' })).toHaveCount(0);
  await expect(viewer.getByLabel('Text of the button')).toBeDisabled();
  const page = await open('stranger');
  await page.goto(site.serve('/', tagOf(instance, own, '', widget)));
  await expect(page.getByRole('button', { name: "What's new" })).toBeVisible();
});
