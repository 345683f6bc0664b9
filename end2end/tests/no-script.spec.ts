// The whole job without any script: plain forms, full pages.

import { Machine, callbackOf } from '../harness/cli.ts';
import { PEOPLE, expect, test } from '../harness/test.ts';

const { email, name, password } = PEOPLE.admin;

test('set-up, project, entry and publication work by plain forms', async ({ fresh, open }) => {
  const page = await open('stranger', { baseURL: fresh.url });
  await page.goto(fresh.setupLink ?? 'no link was printed');
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await expect(page).toHaveURL('/setup');
  await page.getByRole('button', { name: 'Save and go on' }).click();
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  await page.getByLabel('People').fill('ole@tidings.example, viewer');
  await page.getByRole('button', { name: 'Invite' }).click();
  await expect(page.getByRole('region', { name: 'Link for ole@tidings.example' })).toContainText('/register/');
  await page.getByRole('button', { name: 'Go to the dashboard' }).click();
  await expect(page).toHaveURL('/dashboard');
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible();

  await page.getByText(name).click();
  await page.getByText('Sign out').click();
  await expect(page).toHaveURL('/login');
  await page.goto('/dashboard/projects/new');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/dashboard/projects/new');

  await page.getByLabel('Name').fill('Paper charts');
  await page.getByRole('switch', { name: 'Public' }).check();
  await page.getByRole('button', { name: 'Create project' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Paper charts' })).toBeVisible();

  await page.getByRole('link', { name: 'Write the first entry' }).click();
  await page.getByLabel('Title').fill('Drawn by hand');
  await page.getByLabel('Version').fill('1.0');
  await page.getByLabel('Tags').fill('Ink, Paper');
  await page.getByLabel('Text, in Markdown').fill('With a **steady** hand.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page).toHaveURL(/\/changelog\/c[a-z0-9]+$/);
  await expect(page.getByLabel('Title')).toHaveValue('Drawn by hand');
  await expect(page.getByRole('region', { name: 'Preview' }).getByText('steady')).toBeVisible();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('link', { name: 'View' })).toBeVisible();

  await page.goto('/changelog/paper-charts');
  const article = page.getByRole('article');
  await expect(article.getByRole('heading', { name: 'Drawn by hand' })).toBeVisible();
  await expect(article).toContainText('With a steady hand.');
  await expect(article).toContainText('v1.0');
  await article.getByRole('link', { name: 'Ink' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Ink' })).toBeVisible();
  await page.getByRole('link', { name: 'Drawn by hand' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Drawn by hand' })).toBeVisible();
});

test('a wrong password and a wrong title are explained on the page that comes back', async ({ open, admin, rest }) => {
  const page = await open('stranger');
  await page.goto('/login');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill('not the one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('The e-mail address or the password is wrong.');

  const project = await rest.createProject('Plain errors');
  await rest.createEntry(project, { title: 'Taken', content: 'Text.', version: '1.0' });
  await admin.goto(`/dashboard/projects/${project.id}/changelog/new`);
  await admin.getByLabel('Title').fill('Another');
  await admin.getByLabel('Version').fill('1.0');
  await admin.getByLabel('Text, in Markdown').fill('A text that took an hour.');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByRole('alert')).toContainText('already used by the entry “Taken”');
  // The browser's own way back still has every field as it was typed.
  await admin.goBack();
  await expect(admin.getByLabel('Text, in Markdown')).toHaveValue('A text that took an hour.');
});

test('a changelog is previewed and imported by plain forms', async ({ admin, rest }) => {
  const project = await rest.createProject('Plain import');
  await admin.goto(`/dashboard/projects/${project.id}/import`);
  await admin.getByRole('textbox', { name: 'Changelog' }).fill('title,version,content\nInk,1.0.0,Black\n,,no title\n');
  await admin.getByRole('button', { name: 'Preview' }).click();
  await expect(admin.getByRole('heading', { name: 'What would happen' })).toBeVisible();
  await expect(admin.getByRole('row', { name: /Ink/ })).toContainText('New');
  await admin.getByRole('button', { name: 'Import 1 entry' }).click();
  await expect(admin.getByRole('heading', { name: 'Imported' })).toBeVisible();
  await expect(admin.getByText('Row 3')).toBeVisible();
  expect(await rest.listEntries(project)).toHaveLength(1);
});

test('a program is let in by plain forms', async ({ instance, open, watch }) => {
  const machine = new Machine();
  try {
    const { address, end } = await machine.login(instance.url);
    watch.allowOrigin(callbackOf(address));
    watch.allow(/favicon/);
    const page = await open('stranger');
    await page.goto(address);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Authorise' }).click();
    await expect(page.getByRole('heading', { name: 'You are signed in' })).toBeVisible();
    expect((await end).code).toBe(0);
    expect((await machine.run('whoami')).out).toContain(email);
  } finally {
    machine.remove();
  }
});
