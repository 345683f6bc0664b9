// Importing: a table whose columns are chosen, a mistake that is named by its row, decisions, stopping, the history.

import { type Page, type Rest, expect, test, unique, visit } from '../harness/test.ts';

type Project = Awaited<ReturnType<Rest['createProject']>>;

async function preview(page: Page, project: Project, text: string): Promise<void> {
  await visit(page, `/dashboard/projects/${project.id}/import`);
  await page.getByRole('textbox', { name: 'Changelog' }).fill(text);
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByRole('heading', { name: 'What would happen' })).toBeVisible();
}

const rows = (page: Page) => page.getByRole('table', { name: 'Releases' }).locator('tbody').getByRole('row');

test('a mistake in row 37 is named, the other rows are imported, and a reload shows the same report', async ({
  admin,
  rest,
}) => {
  const project = await rest.createProject(unique('Ledger'));
  const lines = Array.from({ length: 39 }, (_, at) => {
    const row = at + 2;
    return `Entry ${row},1.${row}.0,${row === 37 ? '2026-02-31' : '2026-01-02'},Text of ${row}`;
  });
  await preview(admin, project, `title,version,date,content\n${lines.join('\n')}\n`);
  await admin.getByRole('link', { name: /^Cannot be imported\s*1$/ }).click();
  await expect(rows(admin)).toHaveCount(1);
  await expect(rows(admin)).toContainText('37');
  await expect(rows(admin)).toContainText('"2026-02-31" is not a date.');
  expect(await rest.listEntries(project)).toHaveLength(0);

  await admin.getByRole('button', { name: 'Import 38 entries' }).click();
  await expect(admin.getByRole('heading', { name: 'Imported' })).toBeVisible();
  await expect(admin.getByRole('heading', { name: '1 release was not taken' })).toBeVisible();
  await expect(admin.getByRole('listitem').filter({ hasText: 'Row 37' })).toContainText('is not a date');
  expect(await rest.listEntries(project)).toHaveLength(38);
  await admin.reload();
  await expect(admin.getByRole('listitem').filter({ hasText: 'Row 37' })).toContainText('is not a date');

  await admin.getByRole('link', { name: 'Import another file' }).click();
  const history = admin.getByRole('table', { name: 'Imports so far' });
  await expect(history.locator('tbody').getByRole('row')).toHaveCount(1);
  await expect(history).toContainText('38 entries');
});

test('columns are chosen while their first values are in view', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Columns'));
  await preview(admin, project, 'Title,Summary,Nr,Notes\nA,Dark mode,2.0.0,For every page\nB,Light mode,1.9.0,For most\n');
  await expect(rows(admin).first()).toContainText('A');
  await admin.getByText('Read it in another way').click();
  await expect(admin.getByRole('columnheader', { name: 'Summary' })).toBeVisible();
  await admin.getByLabel('Title', { exact: true }).selectOption('Summary');
  await admin.getByLabel('Version', { exact: true }).selectOption('Nr');
  await admin.getByLabel('Text', { exact: true }).selectOption('Notes');
  await admin.getByRole('button', { name: 'Read again' }).click();
  await expect(rows(admin).first()).toContainText('Dark mode');
  await expect(rows(admin).first()).toContainText('v2.0.0');
  await admin.getByRole('button', { name: 'Import 2 entries' }).click();
  await expect(admin.getByRole('heading', { name: 'Imported' })).toBeVisible();
  const entries = await rest.listEntries(project);
  expect(entries.map((entry) => entry.content).sort()).toEqual(['For every page', 'For most']);
});

test('rows are decided one by one, with both texts in view', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Decisions'));
  const kept = await rest.createEntry(project, { title: '1.0.0', content: 'Written by hand', version: '1.0.0' });
  const changed = await rest.createEntry(project, { title: '1.1.0', content: 'Also by hand', version: '1.1.0' });
  await preview(admin, project, '## 1.2.0\n\nNew\n\n## 1.1.0\n\nFrom the file\n\n## 1.0.0\n\nFrom the file, too\n');
  const row = (version: string) => rows(admin).filter({ hasText: `v${version}` });
  await expect(row('1.1.0')).toContainText('Different');
  await row('1.1.0').getByRole('link', { name: 'Compare' }).click();
  const both = admin.getByRole('region', { name: 'What differs' });
  await expect(both).toContainText('Also by hand');
  await expect(both).toContainText('From the file');
  await admin.getByRole('link', { name: 'Close' }).click();
  await expect(both).toBeHidden();

  await expect(admin.getByRole('button', { name: 'Import 1 entry' })).toBeVisible();
  await row('1.1.0').getByRole('combobox').selectOption('overwrite');
  await expect(admin.getByRole('button', { name: 'Import 2 entries' })).toBeVisible();
  await admin.reload();
  await expect(row('1.1.0').getByRole('combobox')).toHaveValue('overwrite');
  await admin.getByRole('button', { name: 'Import 2 entries' }).click();
  await expect(admin.getByRole('heading', { name: 'Imported' })).toBeVisible();
  expect(await rest.getEntry(project, changed.id)).toMatchObject({ content: 'From the file', slug: changed.slug });
  expect(await rest.getEntry(project, kept.id)).toMatchObject({ content: 'Written by hand' });
  expect(await rest.listEntries(project)).toHaveLength(3);
});

test('the form waits for a file that is still being read', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Hurried'));
  const text = '# Changelog\n\n## 1.0.0 - 2026-01-02\n\n- Sails are set sooner.\n';
  const file = { name: 'CHANGELOG.md', mimeType: 'text/markdown', buffer: Buffer.from(text) };
  await visit(admin, `/dashboard/projects/${project.id}/import`);
  await admin.getByLabel('Choose file').setInputFiles(file);
  await admin.getByRole('button', { name: 'Preview' }).click();
  await expect(admin.getByRole('heading', { name: 'What would happen' })).toBeVisible();
  await expect(rows(admin)).toHaveCount(1);
});

test('an import that is stopped leaves nothing', async ({ admin, rest, watch }) => {
  // It is asked to stop until it runs.
  watch.allow(/status of 409 .*imports\/cancel/);
  const project = await rest.createProject(unique('Stopped'));
  const text = Array.from({ length: 4_000 }, (_, at) => `## 1.${at}.0\n\n${`Change ${at} of many. `.repeat(100)}\n`).join('\n');
  const file = { name: 'CHANGELOG.md', mimeType: 'text/markdown', buffer: Buffer.from(text) };
  await visit(admin, `/dashboard/projects/${project.id}/import`);
  await admin.getByLabel('Choose file').setInputFiles(file);
  await expect(admin.locator('.file-name')).toContainText(file.name);
  await admin.getByRole('button', { name: 'Preview' }).click();
  await expect(admin.getByRole('heading', { name: 'What would happen' })).toBeVisible({ timeout: 30_000 });
  const job = new URL(admin.url()).searchParams.get('job');
  // Stopped from a second window while the first one waits for the answer to its start.
  const stop = async () =>
    admin.evaluate(
      async ([project, job]) => {
        const body = new URLSearchParams({ project: project ?? '', job: job ?? '' });
        const answer = await fetch('/rpc/imports/cancel', { method: 'POST', body, headers: { accept: 'application/json' } });
        return answer.status;
      },
      [project.id, job]
    );
  await admin.getByRole('button', { name: 'Import 4,000 entries' }).click();
  await expect.poll(stop, { timeout: 10_000, intervals: [10] }).toBe(200);
  await expect(admin.getByRole('heading', { name: 'Stopped' })).toBeVisible({ timeout: 30_000 });
  expect(await rest.listEntries(project)).toHaveLength(0);
});

test('nothing is wider than a phone', async ({ open, rest }) => {
  const project = await rest.createProject(unique('Narrow'));
  const page = await open('admin', { viewport: { width: 390, height: 800 } });
  const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2);
  await preview(page, project, `title,version,content,tags\n${long},${'1.'.repeat(20)}0,${long},${long.slice(0, 50)};b;c;d\n`);
  await page.getByText('Read it in another way').click();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});
