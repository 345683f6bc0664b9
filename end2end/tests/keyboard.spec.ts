// Everything can be done from the keyboard, and the focus is where people expect it.

import { type Page, type Rest, editorPath, expect, test, unique, visit } from '../harness/test.ts';

async function openList(rest: Rest, page: Page) {
  const project = await rest.createProject(unique('Chart'));
  // The list shows the newest first.
  for (const title of ['Third row', 'Second row', 'First row'])
    await rest.createEntry(project, { title, content: 'Text.' });
  await visit(page, `/dashboard/projects/${project.id}/changelog`);
  await expect(page.getByRole('link', { name: 'First row' })).toBeVisible();
  return project;
}

test('"j" and "k" move between entries and Enter opens one', async ({ admin, rest }) => {
  await openList(rest, admin);
  await admin.keyboard.press('j');
  await expect(admin.getByRole('link', { name: 'First row' })).toBeFocused();
  await admin.keyboard.press('j');
  await admin.keyboard.press('j');
  await expect(admin.getByRole('link', { name: 'Third row' })).toBeFocused();
  await admin.keyboard.press('j');
  await expect(admin.getByRole('link', { name: 'Third row' })).toBeFocused();
  await admin.keyboard.press('k');
  await expect(admin.getByRole('link', { name: 'Second row' })).toBeFocused();
  await admin.keyboard.press('Enter');
  await expect(admin.getByLabel('Title')).toHaveValue('Second row');
});

test('"/" jumps to the search, where letters are letters', async ({ admin, rest }) => {
  await openList(rest, admin);
  await admin.keyboard.press('/');
  const search = admin.getByRole('searchbox', { name: 'Search entries' });
  await expect(search).toBeFocused();
  await admin.keyboard.type('n j / k second');
  await expect(search).toHaveValue('n j / k second');
  await search.fill('second');
  await admin.keyboard.press('Enter');
  await expect(admin).toHaveURL(/q=second/);
  await expect(admin.getByRole('link', { name: 'Second row' })).toBeVisible();
  await expect(admin.getByRole('link', { name: 'First row' })).toBeHidden();
});

test('"n" starts a new entry and Ctrl+S saves it', async ({ admin, rest }) => {
  const project = await openList(rest, admin);
  await admin.keyboard.press('n');
  await expect(admin).toHaveURL(editorPath(project));
  await admin.getByLabel('Title').fill('By keys alone');
  await admin.keyboard.press('Control+s');
  await expect(admin).not.toHaveURL(/\/new$/);
  await expect(admin.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
  await admin.getByLabel('Text, in Markdown').fill('And again.');
  await admin.keyboard.press('Control+s');
  await expect(admin.getByText('Saved', { exact: true })).toBeVisible();
  const [entry] = await rest.listEntries(project);
  expect(entry).toMatchObject({ title: 'By keys alone', content: 'And again.' });
});

test('a dialog keeps the focus inside, closes on Escape and gives the focus back', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Locker'));
  await visit(admin, `/dashboard/projects/${project.id}/settings/danger`);
  const opener = admin.getByRole('button', { name: 'Delete project' });
  await opener.focus();
  await admin.keyboard.press('Enter');
  const dialog = admin.getByRole('dialog', { name: 'Delete the project?' });
  await expect(dialog).toBeVisible();
  for (let presses = 0; presses < 6; presses++) {
    await admin.keyboard.press('Tab');
    const inside = await dialog.evaluate(
      (node) => node.contains(document.activeElement) || document.activeElement === document.body
    );
    expect(inside, 'Tab stays inside').toBe(true);
  }
  await admin.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();

  await admin.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test('the first Tab offers to skip to the content', async ({ admin }) => {
  await visit(admin, '/dashboard');
  await admin.keyboard.press('Tab');
  await expect(admin.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await expect(admin.getByRole('link', { name: 'Skip to content' })).toBeInViewport();
  await admin.keyboard.press('Enter');
  await expect(admin.getByRole('main')).toBeFocused();
});

test('Tab passes through the editor and out of it again', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Rope'));
  await visit(admin, editorPath(project));
  const text = admin.getByLabel('Text, in Markdown');
  await text.focus();
  await admin.keyboard.press('Tab');
  await expect(text).not.toBeFocused();
  await admin.keyboard.press('Shift+Tab');
  await expect(text).toBeFocused();
});

test('the user menu opens, moves and closes by keys', async ({ admin }) => {
  await visit(admin, '/dashboard');
  const menu = admin.locator('summary', { hasText: 'Ada Lovelace' });
  await menu.focus();
  await admin.keyboard.press('Enter');
  const item = admin.getByText('Sign out');
  await expect(item).toBeVisible();
  for (const next of [
    admin.getByRole('link', { name: 'Your account' }),
    admin.getByRole('button', { name: 'Keyboard shortcuts' }),
    item,
  ]) {
    await admin.keyboard.press('ArrowDown');
    await expect(next).toBeFocused();
  }
  await admin.keyboard.press('Escape');
  await expect(item).toBeHidden();
  await expect(menu).toBeFocused();
});

test('after a preview the keyboard goes on where the preview begins', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Barge'));
  await visit(admin, `/dashboard/projects/${project.id}/import`);
  await admin.getByRole('textbox', { name: 'Changelog' }).fill('# Changelog\n\n## 1.0.0\n\n- Loaded\n');
  const preview = admin.getByRole('button', { name: 'Preview' });
  await preview.focus();
  await admin.keyboard.press('Enter');
  await expect(admin.getByRole('heading', { name: 'What would happen' })).toBeFocused();
  const start = admin.getByRole('button', { name: 'Import 1 entry' });
  for (let presses = 0; presses < 12 && !(await start.evaluate((node) => node === document.activeElement)); presses++) {
    await admin.keyboard.press('Tab');
  }
  await expect(start).toBeFocused();
  await admin.keyboard.press('Enter');
  await expect(admin.getByRole('heading', { name: 'Imported' })).toBeVisible();
  expect(await rest.listEntries(project)).toHaveLength(1);
});

test('on a small screen the menu opens as a drawer and closes with a link or Escape', async ({ open }) => {
  const page = await open('admin', { viewport: { width: 390, height: 800 } });
  await visit(page, '/dashboard');
  const main = page.getByRole('navigation', { name: 'Main' });
  const link = main.getByRole('link', { name: 'Projects', exact: true });
  await expect(link).toBeHidden();
  const button = page.getByRole('button', { name: 'Menu' });
  await button.focus();
  await page.keyboard.press('Enter');
  await expect(link).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(link).toBeHidden();
  await expect(button).toBeFocused();
  await button.click();
  await link.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Projects' })).toBeVisible();
  await expect(main).toBeHidden();
});

test('on a small screen the editor switches between text and preview by keys', async ({ open, rest }) => {
  const page = await open('admin', { viewport: { width: 390, height: 800 } });
  const project = await rest.createProject(unique('Dinghy'));
  await visit(page, editorPath(project));
  const write = page.getByRole('tab', { name: 'Write' });
  const preview = page.getByRole('tab', { name: 'Preview' });
  await expect(write).toHaveAttribute('aria-selected', 'true');
  await page.getByLabel('Text, in Markdown').fill('Seen *twice*.');
  await expect(page.getByRole('region', { name: 'Preview' })).toBeHidden();
  await write.focus();
  await page.keyboard.press('ArrowRight');
  await expect(preview).toBeFocused();
  await expect(page.getByRole('region', { name: 'Preview' })).toHaveText('Seen twice.');
  await expect(page.getByLabel('Text, in Markdown')).toBeHidden();
});
