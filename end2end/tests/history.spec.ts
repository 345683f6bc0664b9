// The history of an entry: what was saved is found again, compared, marked and restored.

import { type Page, editorPath, expect, interactive, test, unique, visit } from '../harness/test.ts';

const text = (page: Page) => page.getByLabel('Text, in Markdown');
const versions = (page: Page) => page.getByRole('region', { name: 'Versions' });
const version = (page: Page) => page.getByRole('region', { name: 'Version', exact: true });
const differs = (page: Page) => page.getByRole('region', { name: 'What differs' });

/** Saves as the key does, and waits until the server has it. */
async function save(page: Page, content: string) {
  await text(page).fill(content);
  await page.keyboard.press('Control+s');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
}

async function restore(page: Page) {
  await version(page).getByRole('button', { name: 'Restore', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Restore this version?' });
  await expect(dialog).toContainText('What the entry says now stays in the history.');
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(version(page)).toContainText('Taken up again from');
}

test('two saves are compared, the first is labelled, pinned and restored, and that is undone', async ({
  admin,
  rest,
}) => {
  const project = await rest.createProject(unique('Sail'));
  const entry = await rest.createEntry(project, { title: 'A new sail', content: 'Made of cotton.' });
  await visit(admin, editorPath(project, entry));
  await save(admin, 'Made of strong cotton.\n\nFor two masts.');
  await save(admin, 'Made of strong linen.\n\nFor two masts.');
  await admin.getByRole('link', { name: /^History/ }).click();
  await expect(admin.getByRole('heading', { name: 'History', level: 1 })).toBeVisible();
  await interactive(admin);

  await test.step('the newest shows what it changed, word by word', async () => {
    await expect(versions(admin).getByRole('listitem').first()).toContainText('+1');
    await expect(differs(admin).locator('del')).toHaveText('cotton');
    await expect(differs(admin).locator('ins')).toHaveText('linen');
    await version(admin).getByRole('link', { name: 'In one column' }).click();
    await expect(differs(admin)).toContainText('Removed: Made of strong cotton.');
  });

  await test.step('the first is labelled and pinned', async () => {
    await versions(admin).getByRole('link', { name: /First version/ }).click();
    await expect(admin).toHaveURL(/revision=/);
    await version(admin).getByText('Label, colour, pin').click();
    await version(admin).getByRole('textbox', { name: 'Label' }).fill('As agreed');
    await version(admin).getByRole('switch', { name: 'Pinned' }).check();
    await version(admin).getByRole('button', { name: 'Save mark' }).click();
    const top = versions(admin).getByRole('listitem').first();
    await expect(top).toContainText('As agreed');
    await expect(top).toContainText('Pinned');
  });

  await test.step('its views show the text, and who wrote it', async () => {
    await version(admin).getByRole('link', { name: 'Preview' }).click();
    await expect(version(admin).locator('.prose')).toContainText('Made of cotton.');
    await version(admin).getByRole('link', { name: 'Who wrote what' }).click();
    await expect(admin.getByRole('region', { name: 'Who wrote what' })).toContainText('Made of cotton.');
    await version(admin).getByRole('link', { name: 'Markdown' }).click();
    await expect(admin.getByRole('region', { name: 'Markdown' })).toHaveText('Made of cotton.');
  });

  await test.step('restored, the entry says what it said first', async () => {
    await restore(admin);
    expect((await rest.getEntry(project, entry.id)).content).toBe('Made of cotton.');
  });

  await test.step('restoring the version before takes that back', async () => {
    await versions(admin).getByRole('link', { name: /^Saved/ }).first().click();
    await expect(version(admin).getByRole('button', { name: 'Restore', exact: true })).toBeVisible();
    await restore(admin);
    expect((await rest.getEntry(project, entry.id)).content).toBe('Made of strong linen.\n\nFor two masts.');
    await expect(versions(admin).getByRole('listitem').first(), 'what is pinned stays on top').toContainText('As agreed');
  });
});

test('a reader of the dashboard sees the history and cannot change it', async ({ open, rest }) => {
  const project = await rest.createProject(unique('Sail'));
  const entry = await rest.createEntry(project, { title: 'A new sail', content: 'Made of cotton.' });
  const viewer = await open('viewer');
  await visit(viewer, `${editorPath(project, entry)}/history`);
  await expect(version(viewer)).toContainText('Made of cotton.');
  await expect(viewer.getByRole('button', { name: 'Restore' })).toBeHidden();
  await expect(viewer.getByText('Label, colour, pin')).toBeHidden();
});
