// Two people write in one entry at the same time: nobody's text is overwritten unseen.

import { type Page, type Rest, editorPath, expect, test, unique, visit } from '../harness/test.ts';

const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();
const text = (page: Page) => page.getByLabel('Text, in Markdown');
const isSaved = (page: Page) => expect(page.getByText('Saved', { exact: true })).toBeVisible();

async function collide(rest: Rest, first: Page, second: Page) {
  const project = await rest.createProject(unique('Pier'));
  const entry = await rest.createEntry(project, { title: 'Low water', content: 'As it was.' });
  await visit(first, editorPath(project, entry));
  await visit(second, editorPath(project, entry));
  await text(first).fill('What Ada wrote.');
  await expect.poll(async () => (await rest.getEntry(project, entry.id)).content).toBe('What Ada wrote.');
  await text(second).fill('What Grace wrote.');
  const notice = second.getByRole('note').filter({ hasText: 'Somebody else saved this entry' });
  await expect(notice).toContainText('What Ada wrote.');
  await expect(text(second)).toHaveValue('What Grace wrote.');
  const stored = async () => (await rest.getEntry(project, entry.id)).content;
  expect(await stored(), 'the second save changed nothing').toBe('What Ada wrote.');
  return { notice, stored };
}

test.beforeEach(({ watch }) => watch.allow(/status of 409 .*rpc\/entries\/save/));

test('the second save shows both texts, and "Keep mine" replaces only what was shown', async ({
  rest,
  admin,
  open,
}) => {
  const second = await open('staff');
  const { notice, stored } = await collide(rest, admin, second);
  await notice.getByRole('button', { name: 'Keep mine' }).click();
  await expect(notice).toBeHidden();
  await expect(text(second)).toHaveValue('What Grace wrote.');
  await isSaved(second);
  expect(await stored()).toBe('What Grace wrote.');

  // Now the first one is behind, with nothing of their own to lose, and still told.
  await text(admin).fill('What Ada wrote later.');
  await expect(admin.getByRole('note').filter({ hasText: 'Somebody else saved' })).toContainText('What Grace wrote.');
});

test('"Take theirs" puts the other text into the editor, ready to go on', async ({ rest, admin, open }) => {
  const second = await open('staff');
  const { notice, stored } = await collide(rest, admin, second);
  await notice.getByRole('button', { name: 'Take theirs' }).click();
  await expect(notice).toBeHidden();
  await expect(text(second)).toHaveValue('What Ada wrote.');
  await expect(second.getByRole('region', { name: 'Preview' })).toContainText('What Ada wrote.');
  await isSaved(second);
  await text(second).fill('What Ada wrote, and Grace.');
  await save(second);
  await isSaved(second);
  expect(await stored()).toBe('What Ada wrote, and Grace.');
});
