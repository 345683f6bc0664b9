// A changelog leaves in each format, and comes back through the dashboard.

import { readFile } from 'node:fs/promises';

import { type Page, expect, test, unique, visit } from '../harness/test.ts';

async function download(page: Page, format: RegExp): Promise<{ name: string; bytes: Buffer }> {
  await page.getByRole('radio', { name: format }).check({ force: true });
  const started = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const file = await started;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

test('each format is downloaded, also without scripts', async ({ open, rest }) => {
  const project = await rest.createProject(unique('Lantern'));
  await rest.publishNew(project, { title: 'Brighter', content: 'By **far**.', version: '1.0.0' });
  for (const javaScriptEnabled of [false, true]) {
    const page = await open('viewer', { javaScriptEnabled });
    await page.goto(`/dashboard/projects/${project.id}/export`);
    for (const [format, ending, begins] of [
      [/^Keep a Changelog/, 'md', '# Changelog\n'],
      [/^JSON/, 'json', '{"format":"tidings"'],
      [/^CSV/, 'csv', 'title,version,date'],
      [/^Zip/, 'zip', 'PK'],
    ] as const) {
      const { name, bytes } = await download(page, format);
      expect(name).toMatch(new RegExp(`^${project.slug}-changelog-\\d{4}-\\d{2}-\\d{2}\\.${ending}$`));
      expect(bytes.subarray(0, begins.length).toString()).toBe(begins);
    }
  }
});

test('an exported changelog is imported into a second project', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Anchor'));
  const content = '## [9.9.9] - 2020-01-01\n\n```\n## code\n```\n\n- **bold**';
  await rest.publishNew(project, { title: 'Heavier [chain]', content, version: '2.0.0' });
  await visit(admin, `/dashboard/projects/${project.id}/export`);
  const { bytes } = await download(admin, /^Keep a Changelog/);

  const other = await rest.createProject(unique('Buoy'));
  await visit(admin, `/dashboard/projects/${other.id}/import`);
  await admin.getByRole('textbox', { name: 'Changelog' }).fill(bytes.toString());
  await admin.getByRole('button', { name: 'Preview' }).click();
  await admin.getByRole('button', { name: 'Import 1 entry' }).click();
  await expect(admin.getByRole('heading', { name: 'Imported' })).toBeVisible();

  const answer = await rest.send('GET', `/api/projects/${other.id}/changelog`);
  const { entries } = (await answer.json()) as { entries: Record<string, unknown>[] };
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({ title: 'Heavier [chain]', content, version: '2.0.0' });
});

test('who deletes a project is offered a copy first', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Wreck'));
  await rest.publishNew(project, { title: 'Last words', content: 'Farewell.' });
  await visit(admin, `/dashboard/projects/${project.id}/settings/danger`);
  const started = admin.waitForEvent('download');
  await admin.getByRole('link', { name: 'download all entries' }).click();
  expect((await started).suggestedFilename()).toMatch(/\.zip$/);
});
