// The writing itself: tools, menus, paste, and that no text is lost whatever happens around it.

import { type Page, PEOPLE, type Rest, editorPath, expect, interactive, test, unique, visit } from '../harness/test.ts';

const text = (page: Page) => page.getByLabel('Text, in Markdown');
const title = (page: Page) => page.getByLabel('Title');
const isSaved = (page: Page) => expect(page.getByText('Saved', { exact: true })).toBeVisible();
const key = (page: Page, keys: string) => page.keyboard.press(keys);

async function openDraft(rest: Rest, page: Page, content = 'As it was.') {
  const project = await rest.createProject(unique('Sail'));
  // The interface makes no entry without a text.
  const entry = await rest.createEntry(project, { title: 'A new sail', content: content || 'Blank.' });
  await visit(page, editorPath(project, entry));
  if (!content) await text(page).fill('');
  return { project, entry, stored: () => rest.getEntry(project, entry.id) };
}

/** Selects a part of the text, as dragging would. */
async function select(page: Page, words: string) {
  await text(page).evaluate((area: HTMLTextAreaElement, words) => {
    const at = area.value.indexOf(words);
    area.focus();
    area.setSelectionRange(at, at + words.length);
  }, words);
}

async function paste(page: Page, html: string, plain: string) {
  await text(page).evaluate(
    (area, { html, plain }) => {
      const clipboardData = new DataTransfer();
      if (html) clipboardData.setData('text/html', html);
      clipboardData.setData('text/plain', plain);
      area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    },
    { html, plain }
  );
}

test('the toolbar marks words, and the browser takes each step back', async ({ admin, rest }) => {
  await openDraft(rest, admin, 'Wind and water');
  const tools = admin.getByRole('toolbar', { name: 'Formatting' });
  await select(admin, 'Wind');
  await tools.getByRole('button', { name: 'Bold' }).click();
  await expect(text(admin)).toHaveValue('**Wind** and water');
  await expect(text(admin)).toBeFocused();
  await select(admin, 'water');
  await key(admin, 'Control+i');
  await expect(text(admin)).toHaveValue('**Wind** and *water*');
  await tools.getByRole('button', { name: 'Bulleted list' }).click();
  await expect(text(admin)).toHaveValue('- **Wind** and *water*');
  await key(admin, 'Control+z');
  await expect(text(admin)).toHaveValue('**Wind** and *water*');
  await tools.getByRole('button', { name: 'Undo' }).click();
  await expect(text(admin)).toHaveValue('**Wind** and water');
  await tools.getByRole('button', { name: 'Redo' }).click();
  await expect(text(admin)).toHaveValue('**Wind** and *water*');
  await key(admin, 'Control+z');
  await key(admin, 'Control+z');
  await expect(text(admin)).toHaveValue('Wind and water');
});

test('Enter goes on with a list, Tab moves its items, and an empty item ends it', async ({ admin, rest }) => {
  await openDraft(rest, admin, '');
  await text(admin).focus();
  await admin.keyboard.type('- one\ntwo');
  await key(admin, 'Tab');
  await admin.keyboard.type('\n\n- three\n\nEnd');
  await expect(text(admin)).toHaveValue('- one\n  - two\n\n- three\n\nEnd');
});

test('a slash at the start of a line offers blocks by name', async ({ admin, rest }) => {
  await openDraft(rest, admin, '');
  await text(admin).focus();
  await admin.keyboard.type('/head');
  const menu = admin.getByRole('listbox', { name: 'Blocks' });
  await expect(menu.getByRole('option')).toHaveCount(3);
  await key(admin, 'ArrowDown');
  await expect(menu.getByRole('option', { name: 'Heading 2' })).toHaveAttribute('aria-selected', 'true');
  await key(admin, 'Enter');
  await admin.keyboard.type('Water\n/');
  await expect(text(admin)).toHaveValue('## Water\n/');
  await key(admin, 'Escape');
  await expect(menu).toBeHidden();
  await admin.keyboard.type('and/or');
  await expect(menu).toBeHidden();
  await expect(text(admin)).toHaveValue('## Water\n/and/or');
});

test('a form inserts a table, and shows it before', async ({ admin, rest }) => {
  await openDraft(rest, admin, 'Above');
  await text(admin).press('Control+End');
  await text(admin).press('Enter');
  await admin.keyboard.type('/table');
  await key(admin, 'Enter');
  const form = admin.getByRole('dialog', { name: 'Insert table' });
  await form.getByLabel('Columns').fill('2');
  await expect(form.getByRole('columnheader')).toHaveCount(2);
  await form.getByRole('button', { name: 'Insert' }).click();
  const inserted = /Above\n+\| Column 1 \| Column 2 \|\n\| --- \| --- \|/;
  await expect(text(admin)).toHaveValue(inserted);
  await expect(text(admin)).toBeFocused();
  await key(admin, 'Control+z');
  await expect(text(admin)).not.toHaveValue(inserted);
  await key(admin, 'Control+Shift+z');
  await expect(text(admin)).toHaveValue(inserted);
});

test('a form that is given up leaves the caret where it was', async ({ admin, rest }) => {
  await openDraft(rest, admin, 'Above');
  const form = admin.getByRole('dialog', { name: 'Insert alert' });
  await text(admin).press('Control+End');
  for (const leave of [() => key(admin, 'Escape'), () => form.getByRole('button', { name: 'Cancel' }).click()]) {
    await admin.keyboard.type('\n\n/alert');
    await key(admin, 'Enter');
    await form.getByLabel('Title').fill('Never mind');
    await leave();
    await expect(form).toBeHidden();
    await admin.keyboard.type('Below');
  }
  await expect(text(admin)).toHaveValue('Above\n\nBelow\n\nBelow');
  await admin.keyboard.type('\n\n/alert');
  await key(admin, 'Enter');
  await expect(form.getByLabel('Title'), 'a form begins empty').toHaveValue('');
});

test('what is pasted becomes Markdown, an address a link, and plain text stays plain', async ({ admin, rest }) => {
  await openDraft(rest, admin, '');
  await text(admin).focus();
  await paste(
    admin,
    '<b style="font-weight:normal"><h2><span>Faster</span></h2><ul><li><p><b>one</b></p></li></ul></b>',
    'Faster one'
  );
  await expect(text(admin)).toHaveValue('## Faster\n\n- **one**');
  await select(admin, 'Faster');
  await paste(admin, '', 'https://example.com/fast');
  await expect(text(admin)).toHaveValue('## [Faster](https://example.com/fast)\n\n- **one**');
  await key(admin, 'Control+z');
  await expect(text(admin)).toHaveValue('## Faster\n\n- **one**');
});

test('a new entry is created while it is typed, under its own address, and the caret stays', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Keel'));
  await visit(admin, editorPath(project));
  await title(admin).fill('Laid down');
  await key(admin, 'Enter');
  await expect(text(admin)).toBeFocused();
  await admin.keyboard.type('Oak');
  await expect(admin).toHaveURL(/\/changelog\/c[a-z0-9]+$/);
  await admin.keyboard.type(' and copper');
  await expect(text(admin)).toHaveValue('Oak and copper');
  await isSaved(admin);
  expect(await rest.listEntries(project)).toMatchObject([{ title: 'Laid down', content: 'Oak and copper' }]);
  await admin.reload();
  await expect(text(admin)).toHaveValue('Oak and copper');
});

test('a published entry is not changed behind the backs of its readers', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Mast'));
  const entry = await rest.publishNew(project, { title: 'Stepped', content: 'Pine.' });
  await visit(admin, editorPath(project, entry));
  const saves: string[] = [];
  admin.on('request', (request) => void (request.url().includes('/entries/save') && saves.push(request.url())));
  await text(admin).fill('Pine and fir.');
  await expect(admin.getByText('Readers see the change when you choose Update.')).toBeVisible();
  await admin.getByRole('button', { name: 'Update' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Readers see the change now.' })).toBeVisible();
  expect(saves).toHaveLength(1);
  expect((await rest.getEntry(project, entry.id)).content).toBe('Pine and fir.');
});

test('offline the text is kept, and saved when the connection is back', async ({ admin, rest, watch }) => {
  watch.allow(/ERR_FAILED|ERR_INTERNET_DISCONNECTED/);
  const { stored } = await openDraft(rest, admin);
  await admin.context().setOffline(true);
  await text(admin).fill('Written at sea.');
  await expect(admin.getByText(/^Offline\. Your text is kept/).first()).toBeVisible();
  await admin.context().setOffline(false);
  await isSaved(admin);
  expect((await stored()).content).toBe('Written at sea.');
});

test('when the session ends, the text stays, and is saved after signing in elsewhere', async ({ open, rest, watch }) => {
  watch.allow(/status of 401 /);
  const page = await open('admin');
  const { stored } = await openDraft(rest, page);
  await page.context().clearCookies({ name: /Token/ });
  await text(page).fill('Written too long.');
  const alert = page.getByRole('alert').filter({ hasText: 'You are signed out' });
  await expect(alert).toBeVisible();
  await expect(text(page)).toBeFocused();
  const [login] = await Promise.all([page.waitForEvent('popup'), alert.getByRole('link', { name: 'Sign in' }).click()]);
  await interactive(login);
  await login.getByLabel('E-mail').fill(PEOPLE.admin.email);
  await login.getByLabel('Password').fill(PEOPLE.admin.password);
  await login.getByRole('button', { name: 'Sign in' }).click();
  await expect(login).toHaveURL('/dashboard');
  await login.close();
  await page.bringToFront();
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await isSaved(page);
  await expect(alert).toBeHidden();
  expect((await stored()).content).toBe('Written too long.');
});

test('what a closed tab left behind is offered, compared and restored', async ({ admin, rest, watch }) => {
  watch.allow(/ERR_FAILED|ERR_INTERNET_DISCONNECTED|status of 503/);
  const { project, entry, stored } = await openDraft(rest, admin);
  // The server cannot be reached while this is typed, and then the tab is gone.
  await admin.route('**/rpc/entries/save', (route) => route.abort());
  await text(admin).fill('Lost, and found.');
  await expect(admin.getByText(/^Offline/).first()).toBeVisible();
  const context = admin.context();
  await admin.close({ runBeforeUnload: false });

  const next = await context.newPage();
  await visit(next, editorPath(project, entry));
  const offer = next.getByRole('note').filter({ hasText: 'that was not saved' });
  await expect(text(next)).toHaveValue('As it was.');
  await offer.getByRole('button', { name: 'Compare' }).click();
  await expect(offer.getByRole('table')).toContainText('Lost, and found.');
  await expect(offer.getByRole('table')).toContainText('As it was.');
  await offer.getByRole('button', { name: 'Restore' }).click();
  await expect(offer).toBeHidden();
  await expect(text(next)).toHaveValue('Lost, and found.');
  await isSaved(next);
  expect((await stored()).content).toBe('Lost, and found.');
  await next.reload();
  await interactive(next);
  await expect(offer).toBeHidden();
});

test('two changes of one entry are put together where they do not touch', async ({ admin, open, rest, watch }) => {
  watch.allow(/status of 409 /);
  const { project, entry, stored } = await openDraft(rest, admin, 'one\n\ntwo\n\nthree');
  const second = await open('staff');
  await visit(second, editorPath(project, entry));
  await text(admin).fill('one by Ada\n\ntwo\n\nthree');
  await isSaved(admin);
  await text(second).fill('one\n\ntwo\n\nthree by Grace');
  const notice = second.getByRole('note').filter({ hasText: 'Somebody else saved this entry' });
  await expect(notice).toContainText('do not touch the same lines');
  await notice.getByRole('button', { name: 'Merge' }).click();
  await expect(text(second)).toHaveValue('one by Ada\n\ntwo\n\nthree by Grace');
  await isSaved(second);
  expect((await stored()).content).toBe('one by Ada\n\ntwo\n\nthree by Grace');
});

test('the next version is proposed, and one in use is refused with the name of its entry', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Log'));
  await rest.createEntry(project, { title: 'The first', content: 'Text.', version: 'v1.2.3' });
  const entry = await rest.createEntry(project, { title: 'The second', content: 'Text.' });
  await visit(admin, editorPath(project, entry));
  const field = admin.getByLabel('Version');
  await field.click();
  await admin.getByRole('option', { name: /v1\.3\.0/ }).click();
  await expect(field).toHaveValue('v1.3.0');
  await isSaved(admin);
  await field.fill('1.2.3');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(/already used by the entry “The first”/);
  await expect(admin.getByText('Not saved: another entry has this version.').first()).toBeVisible();
  expect((await rest.getEntry(project, entry.id)).version).toBe('v1.3.0');
  await field.fill('');
  await expect(field).not.toHaveAttribute('aria-invalid', 'true');
  await isSaved(admin);
});

test('tags are completed, created with a colour, and removed by keys', async ({ admin, rest }) => {
  const { entry, project } = await openDraft(rest, admin);
  const name = unique('Rigging');
  const field = admin.getByLabel('Tags');
  await field.fill(name);
  await admin.getByLabel('Colour of the new tag', { exact: true }).fill('#1f7a4d');
  await admin.getByRole('button', { name: 'Create tag' }).click();
  await expect(admin.getByRole('button', { name: `Remove ${name}` })).toBeVisible();
  await isSaved(admin);
  expect((await rest.getEntry(project, entry.id)).tags.map((tag) => tag.name)).toEqual([name]);

  await field.press('Backspace');
  await expect(admin.getByRole('button', { name: `Remove ${name}` })).toBeHidden();
  await field.fill(name.slice(0, 6).toLowerCase());
  await field.press('ArrowDown');
  await field.press('Enter');
  await expect(admin.getByRole('button', { name: `Remove ${name}` })).toBeVisible();
});

test('the publish sheet says what will happen, takes a past date and a new address', async ({ admin, rest, watch }) => {
  watch.allow(/status of 400 .*entries\/arrange/);
  const { project, stored } = await openDraft(rest, admin);
  await admin.getByRole('button', { name: 'Publish', exact: true }).click();
  const sheet = admin.getByRole('dialog', { name: 'Publish this entry' });
  await expect(sheet).toContainText('“A new sail” becomes public now');
  await expect(sheet).toContainText(`/changelog/${project.slug}/a-new-sail`);
  await expect(sheet).toContainText('No version');
  await sheet.getByLabel('With an earlier date').check();
  const date = sheet.getByLabel('Date and time');
  await date.fill('2999-01-01T00:00');
  await sheet.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(date).toHaveAccessibleDescription(/must not lie in the future/);
  await date.fill('2024-02-29T12:30');
  await sheet.getByLabel('Address ending').fill('sail-2024');
  await sheet.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Published.' })).toBeVisible();
  expect(await stored()).toMatchObject({ slug: 'sail-2024', status: 'published', publishedAt: '2024-02-29T12:30:00.000Z' });
  await expect(admin.getByRole('link', { name: 'View' })).toHaveAttribute('href', `/changelog/${project.slug}/sail-2024`);
  await expect(admin.getByText('29 February 2024, 12:30 UTC', { exact: true })).toBeVisible();

  await key(admin, 'Control+Enter');
  const publication = admin.getByRole('dialog', { name: 'Publication' });
  await publication.getByRole('button', { name: 'Unpublish' }).click();
  await expect(admin.getByRole('status').filter({ hasText: 'Taken back to a draft.' })).toBeVisible();
  expect((await stored()).status).toBe('draft');
});

test('every shortcut is listed, also without knowing one', async ({ admin, rest }) => {
  await openDraft(rest, admin);
  await admin.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  const list = admin.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(list).toContainText('Publish, or change the publication');
  await key(admin, 'Escape');
  await text(admin).focus();
  await admin.keyboard.type('?');
  await expect(list).toBeHidden();
  await admin.getByRole('button', { name: 'Keyboard shortcuts' }).focus();
  await key(admin, '?');
  await expect(list).toBeVisible();
});

test('an address brings text along, and nothing is created before somebody writes', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Bottle'));
  const query = new URLSearchParams({ title: 'Found', content: 'A *message*.', version: '3.1', tags: 'mail, sea' });
  await visit(admin, `${editorPath(project)}?${query}`);
  await expect(title(admin)).toHaveValue('Found');
  await expect(admin.getByLabel('Version')).toHaveValue('3.1');
  await expect(admin.getByRole('region', { name: 'Preview' })).toHaveText('A message.');
  await expect(admin.getByRole('button', { name: 'Remove sea' })).toBeVisible();
  await expect(admin.getByText('Nothing to save yet')).toBeVisible();
  expect(await rest.listEntries(project)).toHaveLength(0);
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin).toHaveURL(/\/changelog\/c[a-z0-9]+$/);
  expect(await rest.listEntries(project)).toMatchObject([{ title: 'Found', version: '3.1' }]);
});

test('a copy is a draft of its own, and the file has title and text', async ({ admin, rest }) => {
  const { project } = await openDraft(rest, admin, 'Canvas.');
  await admin.getByTitle('More').click();
  const [download] = await Promise.all([
    admin.waitForEvent('download'),
    admin.getByRole('button', { name: 'Export .md' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('A-new-sail.md');
  await admin.getByTitle('More').click();
  await admin.getByRole('button', { name: 'Duplicate' }).click();
  await expect(title(admin)).toHaveValue('Copy of A new sail');
  await expect(text(admin)).toHaveValue('Canvas.');
  expect(await rest.listEntries(project)).toHaveLength(2);
});
