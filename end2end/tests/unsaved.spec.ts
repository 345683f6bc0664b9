// Nothing typed is lost by accident.

import { editorPath, expect, interactive, test, unique, visit } from '../harness/test.ts';

test('leaving with unsaved text asks first, by address and by link', async ({ admin, rest, watch }) => {
  watch.allow(/ERR_FAILED/);
  // Nothing is saved while nobody can reach the server.
  await admin.route('**/rpc/entries/save', (route) => route.abort());
  const project = await rest.createProject(unique('Buoy'));
  const entry = await rest.createEntry(project, { title: 'Adrift', content: 'Tied.' });
  await visit(admin, editorPath(project, entry));
  await admin.getByLabel('Text, in Markdown').fill('Untied.');

  const asked: string[] = [];
  admin.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  // The page stays, so there is no navigation to wait for.
  await admin.evaluate(() => void setTimeout(() => location.reload()));
  await expect.poll(() => asked).toEqual(['beforeunload']);
  await expect(admin.getByLabel('Text, in Markdown')).toHaveValue('Untied.');

  await admin.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Entries' }).click();
  await expect.poll(() => asked, 'a link asks as well').toEqual(['beforeunload', 'beforeunload']);
  await expect(admin.getByLabel('Text, in Markdown')).toHaveValue('Untied.');
  await expect(admin).toHaveURL(editorPath(project, entry));
});

test('with everything saved, nobody is asked', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Anchor'));
  const entry = await rest.createEntry(project, { title: 'Fast', content: 'Tied.' });
  await visit(admin, editorPath(project, entry));
  let asked = 0;
  admin.on('dialog', (dialog) => {
    asked += 1;
    void dialog.accept();
  });
  await admin.getByLabel('Text, in Markdown').fill('Tied twice.');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByText('Saved', { exact: true })).toBeVisible();
  await admin.reload();
  await expect(admin.getByLabel('Text, in Markdown')).toHaveValue('Tied twice.');
  await admin.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Entries' }).click();
  await expect(admin.getByRole('heading', { level: 1, name: 'Entries' })).toBeVisible();
  expect(asked).toBe(0);
});

test('a deleted entry is gone without another question', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Wreck'));
  const entry = await rest.createEntry(project, { title: 'Sunk', content: 'Down.' });
  await visit(admin, editorPath(project, entry));
  await admin.getByLabel('Text, in Markdown').fill('Further down.');
  await admin.getByTitle('More').click();
  await admin.getByRole('button', { name: 'Delete entry' }).click();
  await admin.getByRole('dialog', { name: 'Delete the entry?' }).getByRole('button', { name: 'Delete entry' }).click();
  await expect(admin).toHaveURL(`/dashboard/projects/${project.id}/changelog?deleted=${entry.id}`);
  expect(await rest.listEntries(project)).toHaveLength(0);
});

test('what was typed before scripts arrived is kept when they take over', async ({ admin, rest }) => {
  const project = await rest.createProject(unique('Slow boat'));
  const entry = await rest.createEntry(project, { title: 'Old title', content: 'Old text.', tags: ['old'] });
  let arrive = () => {};
  const late = new Promise<void>((done) => (arrive = done));
  await admin.route('**/*.wasm', async (route) => {
    await late;
    await route.continue();
  });
  await admin.goto(editorPath(project, entry), { waitUntil: 'commit' });
  await admin.getByLabel('Title').fill('New title');
  await admin.getByLabel('Version').fill('2.0');
  await admin.getByLabel('Tags').fill('old, new');
  await admin.getByLabel('Text, in Markdown').fill('New *text*.');
  arrive();
  await interactive(admin);
  await expect(admin.getByLabel('Title')).toHaveValue('New title');
  await expect(admin.getByLabel('Version')).toHaveValue('2.0');
  await expect(admin.getByLabel('Text, in Markdown')).toHaveValue('New *text*.');
  await expect(admin.getByRole('region', { name: 'Preview' })).toHaveText('New text.');
  await expect(admin.getByRole('button', { name: 'Remove new' })).toBeVisible();
  // And saved like anything else.
  await expect(admin.getByText('Saved', { exact: true })).toBeVisible();
  expect(await rest.getEntry(project, entry.id)).toMatchObject({ title: 'New title', content: 'New *text*.', version: '2.0' });
});

test("the browser's way back asks as well, and staying keeps text and address", async ({ admin, rest, watch }) => {
  watch.allow(/^dialog: Leave without saving/, /ERR_FAILED/);
  await admin.route('**/rpc/entries/save', (route) => route.abort());
  const project = await rest.createProject(unique('Raft'));
  await rest.createEntry(project, { title: 'Floating', content: 'Logs.' });
  const list = `/dashboard/projects/${project.id}/changelog`;
  await visit(admin, list);
  await admin.getByRole('link', { name: 'Floating' }).click();
  await admin.getByLabel('Text, in Markdown').fill('Logs and rope.');
  const editor = admin.url();

  const answers = [false, true];
  admin.on('dialog', (dialog) => void (answers.shift() ? dialog.accept() : dialog.dismiss()));
  await admin.evaluate(() => history.back());
  await expect.poll(() => answers.length).toBe(1);
  await expect(admin).toHaveURL(editor);
  await expect(admin.getByLabel('Text, in Markdown')).toHaveValue('Logs and rope.');

  await admin.evaluate(() => history.back());
  await expect(admin).toHaveURL(list);
  await expect(admin.getByRole('heading', { level: 1, name: 'Entries' })).toBeVisible();
  expect(answers).toEqual([]);
});

test('when the server does not answer, the text stays and can be saved later', async ({ admin, rest, watch }) => {
  watch.allow(/ERR_FAILED|ERR_INTERNET_DISCONNECTED/);
  const project = await rest.createProject(unique('Island'));
  await visit(admin, editorPath(project));
  await admin.getByLabel('Title').fill('Cut off');
  await admin.getByLabel('Text, in Markdown').fill('Written by candle.');
  await admin.context().setOffline(true);
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByRole('alert')).toContainText('The server did not answer');
  await expect(admin.getByLabel('Text, in Markdown')).toHaveValue('Written by candle.');
  await admin.context().setOffline(false);
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin).not.toHaveURL(/\/new$/);
  expect(await rest.listEntries(project)).toMatchObject([{ title: 'Cut off', content: 'Written by candle.' }]);
});
