// Help with writing: find and replace, the forms of the tools, the outline, templates, and who else is there.

import { type Page, PEOPLE, type Rest, editorPath, expect, test, unique, visit } from '../harness/test.ts';

const text = (page: Page) => page.getByLabel('Text, in Markdown');
const isSaved = (page: Page) => expect(page.getByText('Saved', { exact: true })).toBeVisible();
const finder = (page: Page) => page.getByRole('search', { name: 'Find in the text' });

async function openDraft(rest: Rest, page: Page, content: string) {
  const project = await rest.createProject(unique('Quill'));
  const entry = await rest.createEntry(project, { title: 'Ink', content });
  await visit(page, editorPath(project, entry));
  return { project, entry, stored: () => rest.getEntry(project, entry.id) };
}

async function select(page: Page, words: string) {
  await text(page).evaluate((area: HTMLTextAreaElement, words) => {
    const at = area.value.indexOf(words);
    area.focus();
    area.setSelectionRange(at, at + words.length);
  }, words);
}

const selected = (page: Page) =>
  text(page).evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd));

test('words are found one after the other, by case and as whole words', async ({ admin, rest }) => {
  await openDraft(rest, admin, 'Sail, sail and a sailor\n\nlast SAIL');
  await select(admin, 'sail');
  await text(admin).press('Control+f');
  const bar = finder(admin);
  const field = bar.getByLabel('Find', { exact: true });
  await expect(field).toBeFocused();
  await expect(field).toHaveValue('sail');
  await expect(bar).toContainText('2 of 4');
  await field.press('Enter');
  await expect(bar).toContainText('3 of 4');
  await field.press('Shift+Enter');
  await field.press('Shift+Enter');
  await field.press('Shift+Enter');
  await expect(bar).toContainText('4 of 4');
  await expect(admin.locator('.find-mark')).toBeVisible();
  await bar.getByRole('button', { name: 'Whole words' }).click();
  await expect(bar).toContainText('3 of 3');
  await bar.getByRole('button', { name: 'Match case' }).click();
  await expect(bar).toContainText('1 of 1');
  await field.fill('nowhere');
  await expect(bar).toContainText('Not found');
  await field.fill('last');
  await field.press('Escape');
  await expect(bar).toBeHidden();
  await expect(text(admin)).toBeFocused();
  expect(await selected(admin)).toBe('last');
});

test('all matches are replaced in one step, and one step takes them back', async ({ admin, rest }) => {
  const { stored } = await openDraft(rest, admin, 'a cat, a Cat and a dog');
  await text(admin).press('Control+h');
  const bar = finder(admin);
  await bar.getByLabel('Find', { exact: true }).fill('cat');
  await bar.getByLabel('Replace with').fill('cow');
  await bar.getByLabel('Replace with').press('Enter');
  await expect(text(admin)).toHaveValue('a cow, a Cat and a dog');
  await expect(bar.getByLabel('Replace with')).toBeFocused();
  await bar.getByRole('button', { name: 'Replace all' }).click();
  await expect(text(admin)).toHaveValue('a cow, a cow and a dog');
  await bar.getByLabel('Find', { exact: true }).fill('a cow');
  await bar.getByLabel('Replace with').fill('an owl');
  await bar.getByRole('button', { name: 'Replace all' }).click();
  await expect(text(admin)).toHaveValue('an owl, an owl and a dog');
  await expect(admin.getByText('Replaced 2 times.')).toBeVisible();
  await bar.getByRole('button', { name: 'Close the search' }).click();
  await admin.keyboard.press('Control+z');
  await expect(text(admin)).toHaveValue('a cow, a cow and a dog');
  await isSaved(admin);
  expect((await stored()).content).toBe('a cow, a cow and a dog');
});

test('a link takes the selected words and says what is wrong with its address', async ({ admin, rest }) => {
  await openDraft(rest, admin, 'Read the guide first');
  await select(admin, 'the guide');
  await admin.keyboard.press('Control+k');
  const form = admin.getByRole('dialog', { name: 'Insert link' });
  await expect(form.getByLabel('Text')).toHaveValue('the guide');
  const address = form.getByLabel('Address');
  await form.getByRole('button', { name: 'Insert' }).click();
  await expect(address).toHaveAccessibleDescription(/The address is missing/);
  await address.fill('example.com/guide');
  await expect(address).toHaveAccessibleDescription(/Begin the address with https/);
  await address.fill('https://example.com/guide');
  await expect(address).not.toHaveAttribute('aria-invalid', 'true');
  await address.press('Enter');
  await expect(form).toBeHidden();
  await expect(text(admin)).toHaveValue('Read [the guide](https://example.com/guide) first');
  await expect(text(admin)).toBeFocused();
});

test('an image asks for a description unless it is decoration', async ({ admin, rest }) => {
  await openDraft(rest, admin, 'Above');
  const tools = admin.locator('.editor-toolbar');
  await tools.getByText('Insert', { exact: true }).click();
  await tools.getByRole('button', { name: 'Image', exact: true }).click();
  const form = admin.getByRole('dialog', { name: 'Insert image' });
  await form.getByLabel('Address').fill('/favicon.svg');
  await form.getByRole('button', { name: 'Insert' }).click();
  await expect(form.getByLabel('Description')).toHaveAccessibleDescription(/Say what the image shows/);
  await form.getByLabel(/^Decoration/).check();
  await expect(form.getByLabel('Description')).toBeHidden();
  await form.getByRole('button', { name: 'Insert' }).click();
  await expect(text(admin)).toHaveValue(/!\[\]\(\/favicon\.svg\)/);
});

test('the outline leads to headings and warns of levels left out', async ({ admin, rest }) => {
  const long = Array.from({ length: 80 }, (_, line) => `Line ${line}.`).join('\n\n');
  await openDraft(rest, admin, `## First\n\n${long}\n\n#### Deep\n\n\`\`\`\n# code\n\`\`\`\n`);
  await admin.setViewportSize({ width: 1600, height: 900 });
  const outline = admin.getByRole('navigation', { name: 'Outline' });
  await expect(outline.getByRole('button')).toHaveText([/^First$/, /^Deep/]);
  const deep = outline.getByRole('button', { name: /Deep/ });
  await expect(deep).toContainText('Heading 4 without a heading 3 above it');
  await deep.click();
  await expect(text(admin)).toBeFocused();
  const place = await text(admin).evaluate((area: HTMLTextAreaElement) => [
    area.value.slice(area.selectionStart, area.selectionStart + 9),
    area.scrollTop > 0,
  ]);
  expect(place).toEqual(['#### Deep', true]);

  // Where there is no room beside the text, the same is a menu.
  await admin.setViewportSize({ width: 390, height: 800 });
  await expect(outline).toBeHidden();
  await admin.locator('.editor-outline-menu summary').click();
  await admin.getByRole('button', { name: 'First' }).click();
  await expect(text(admin)).toBeFocused();
  expect(await text(admin).evaluate((area: HTMLTextAreaElement) => area.selectionStart)).toBe(0);
});

test('a template is made in the settings and starts an entry', async ({ admin, rest, watch }) => {
  watch.allow(/status of 400 .*templates/);
  const project = await rest.createProject(unique('Form'));
  await visit(admin, `/dashboard/projects/${project.id}/settings/templates`);
  await admin.getByRole('link', { name: 'New template' }).click();
  await admin.getByLabel('Name').fill('Release');
  await admin.getByRole('button', { name: 'Create template' }).click();
  await expect(admin.getByLabel('Text, in Markdown')).toHaveAccessibleDescription(/needs a title or a text/);
  await admin.getByLabel('Title').fill('Release {NEXT_MINOR}');
  await admin.getByLabel('Text, in Markdown').fill('## New\n\n## Fixed\n');
  await admin.getByLabel('Tags').fill('Release, Fix');
  await admin.getByRole('button', { name: 'Create template' }).click();
  await expect(admin.getByRole('row', { name: /Release/ })).toBeVisible();

  await visit(admin, editorPath(project));
  await admin.getByRole('link', { name: 'Release', exact: true }).click();
  await expect(admin.getByLabel('Title')).toHaveValue('Release 0.1.0');
  await expect(text(admin)).toHaveValue('## New\n\n## Fixed');
  await expect(admin.getByRole('button', { name: 'Remove Fix' })).toBeVisible();
  await isSaved(admin);
  const [entry] = await rest.listEntries(project);
  expect(entry).toMatchObject({ title: 'Release 0.1.0' });

  // In a text that has begun, a template comes where the caret is.
  await text(admin).fill('Begun.\n\n');
  await text(admin).press('Control+End');
  await admin.keyboard.type('/templ');
  await admin.keyboard.press('Enter');
  await admin.getByRole('dialog', { name: 'Insert a template' }).getByRole('button', { name: 'Release' }).click();
  await expect(text(admin)).toHaveValue(/^Begun\.\n\n## New\n\n## Fixed\n?$/);
  await isSaved(admin);

  await visit(admin, `/dashboard/projects/${project.id}/settings/templates`);
  await admin.getByRole('link', { name: 'Release' }).click();
  await admin.getByLabel('Name').fill('Monthly');
  await admin.getByRole('button', { name: 'Save template' }).click();
  await expect(admin.getByRole('link', { name: 'Monthly' })).toBeVisible();
  await admin.getByTitle('Actions for Monthly').click();
  await admin.getByRole('link', { name: 'Delete' }).click();
  await admin.getByRole('button', { name: 'Delete template' }).click();
  await expect(admin.getByText('No templates yet')).toBeVisible();
});

test('an address with a template starts an entry, too', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Form'));
  const path = `/api/projects/${project.id}/entry-templates`;
  const made = await rest.send('POST', path, { name: 'Incident', content: 'What happened in {YYYY}.' });
  expect(made.status).toBe(201);
  const { template } = (await made.json()) as { template: { id: string } };
  await visit(admin, `${editorPath(project)}?template=${template.id}`);
  await expect(text(admin)).toHaveValue(/^What happened in \d{4}\.$/);
});

test('who has the same entry open is told to the others', async ({ admin, open, rest }) => {
  const { project, entry } = await openDraft(rest, admin, 'Together.');
  await expect(admin.locator('.presence-person')).toHaveCount(0);
  const second = await open('staff');
  await visit(second, editorPath(project, entry));
  // The first was there before, so the second hears of them at once; the first hears within a beat.
  await expect(second.locator('.presence-words')).toHaveText(new RegExp(`^${PEOPLE.admin.name} is (here|editing)$`));
  await expect(admin.locator('.presence-words')).toHaveText(new RegExp(`^${PEOPLE.staff.name} is (here|editing)$`), {
    timeout: 20_000,
  });
  await text(admin).press('Control+End');
  await admin.keyboard.type(' More.');
  await isSaved(admin);
  // Nothing was typed on the other side, so the newer text can be shown.
  await second.getByRole('button', { name: 'Show it' }).click({ timeout: 20_000 });
  await expect(text(second)).toHaveValue('Together. More.');
});

test('where both changed the same line, somebody chooses what the merge keeps', async ({ admin, open, rest, watch }) => {
  watch.allow(/status of 409 /);
  const { project, entry, stored } = await openDraft(rest, admin, 'one\n\ntwo\n\nthree');
  const second = await open('staff');
  await visit(second, editorPath(project, entry));
  await text(admin).fill('one by Ada\n\ntwo by Ada\n\nthree');
  await isSaved(admin);
  await text(second).fill('one\n\ntwo by Grace\n\nthree by Grace');
  const notice = second.getByRole('note').filter({ hasText: 'Somebody else saved this entry' });
  await expect(notice).toContainText('in one place');
  const place = notice.getByRole('group', { name: 'Place 1' });
  await expect(place).toContainText('two by Ada');
  await expect(place).toContainText('two by Grace');
  await place.getByRole('radio', { name: /^Theirs/ }).check();
  await notice.getByRole('button', { name: 'Merge' }).click();
  await expect(text(second)).toHaveValue('one by Ada\n\ntwo by Ada\n\nthree by Grace');
  await isSaved(second);
  expect((await stored()).content).toBe('one by Ada\n\ntwo by Ada\n\nthree by Grace');
});

test('quick notes wait in the project and come along under one heading', async ({ admin, rest }) => {
  const { project, stored } = await openDraft(rest, admin, 'Text.');
  const sent = await rest.send('POST', `/api/projects/${project.id}/quick-notes`, { text: 'Typo in the menu' });
  expect(sent.status).toBe(201);
  await admin.keyboard.press('Alt+n');
  const dialog = admin.getByRole('dialog', { name: 'Quick notes' });
  await expect(dialog.getByRole('listitem')).toHaveText(/Typo in the menu/);
  await dialog.getByLabel('Note').fill('Wrong colour');
  await dialog.getByLabel('Note').press('Enter');
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
  await expect(dialog.getByLabel('Note')).toHaveValue('');
  await dialog.getByLabel('Note').fill('Never mind');
  await dialog.getByLabel('Note').press('Enter');
  await dialog.getByRole('button', { name: 'Remove Never mind' }).click();
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Put into this entry' }).click();
  await expect(dialog).toBeHidden();
  const together = 'Text.\n\n## Also fixed\n\n- Typo in the menu\n- Wrong colour\n';
  await expect(text(admin)).toHaveValue(together);
  expect((await stored()).content.trimEnd()).toBe(together.trimEnd());
  await admin.keyboard.press('Alt+n');
  await expect(dialog.getByRole('listitem')).toHaveCount(0);
});
