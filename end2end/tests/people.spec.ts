// People: invited, given roles, locked out and gone, as an administrator does it in the browser.

import { type Page, PEOPLE, expect, interactive, test, unique, visit } from '../harness/test.ts';

const PEOPLE_PAGE = '/dashboard/admin/people';
const PASSWORD = 'a lamp, a rope and a bell';

/** Invites somebody and gives the link, which is shown once. */
async function invite(admin: Page, email: string, role: string): Promise<string> {
  await visit(admin, PEOPLE_PAGE);
  await admin.getByRole('link', { name: 'Invite', exact: true }).click();
  await admin.getByLabel('E-mail').fill(email);
  await admin.getByRole('radio', { name: role }).check();
  await admin.getByRole('button', { name: 'Create invitation' }).click();
  const link = await admin.getByRole('region', { name: `Link for ${email}` }).innerText();
  return link.trim();
}

/** Takes the invitation in a browser of its own. */
async function register(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page).toHaveURL('/dashboard');
}

async function openPerson(admin: Page, email: string): Promise<void> {
  await visit(admin, `${PEOPLE_PAGE}?q=${encodeURIComponent(email)}`);
  await admin.getByRole('row').filter({ hasText: email }).getByRole('link').click();
  await expect(admin.getByRole('heading', { name: 'Name and role' })).toBeVisible();
}

const address = (name: string): string => `${unique(name).toLowerCase().replaceAll(' ', '-')}@tidings.example`;

test('somebody is invited, comes, gets another role, is locked out, let in again and deleted', async ({
  admin,
  open,
  watch,
}) => {
  test.setTimeout(120_000);
  // Whoever is signed out meanwhile asks once more.
  watch.allow(/status of 401/);
  const email = address('Ole');
  const link = await invite(admin, email, 'Staff');
  await expect(admin.getByText('Copy it now')).toBeVisible();
  await admin.getByRole('link', { name: 'Done' }).click();
  const line = admin.getByRole('row').filter({ hasText: email });
  await expect(line).toContainText('Open until');
  await expect(admin.getByRole('main')).not.toContainText('/register/');

  const ole = await open('stranger');
  await test.step('the link makes an account and signs in', async () => {
    await ole.goto(link);
    await expect(ole.getByLabel('E-mail')).toHaveValue(email);
    await expect(ole.getByText('invited you, with the role Staff')).toBeVisible();
    await register(ole, link, 'Ole Berg');
    await expect(ole.getByRole('link', { name: 'New project' }).first()).toBeVisible();
  });

  await test.step('and no second one', async () => {
    watch.allow(/status of 400/);
    const eve = await open('stranger');
    await eve.goto(link);
    await expect(eve.getByText('This invitation was accepted').first()).toBeVisible();
    await expect(eve.getByRole('button', { name: 'Create account' })).toBeHidden();
  });

  await test.step('another role counts at once', async () => {
    await openPerson(admin, email);
    await admin.getByRole('radio', { name: 'Viewer' }).check();
    await admin.getByRole('button', { name: 'Save' }).click();
    await expect(admin.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
    await ole.goto('/dashboard');
    await expect(ole).toHaveURL(/\/login(\?ended=1)?$/);
    await ole.getByLabel('E-mail').fill(email.toUpperCase());
    await ole.getByLabel('Password').fill(PASSWORD);
    await ole.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(ole.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible();
    await expect(ole.getByRole('link', { name: 'New project' })).toHaveCount(0);
  });

  await test.step('a disabled account is out at once and cannot come back', async () => {
    watch.allow(/status of 401 .*sign-in/);
    await openPerson(admin, email);
    await admin.getByRole('button', { name: 'Disable account' }).click();
    const dialog = admin.getByRole('dialog', { name: /Disable the account of Ole Berg/ });
    await expect(dialog).toContainText('Nothing is deleted');
    await dialog.getByRole('button', { name: 'Disable account' }).click();
    await expect(admin.getByRole('status').filter({ hasText: 'Account disabled.' })).toBeVisible();
    await ole.goto('/dashboard');
    await expect(ole).toHaveURL(/\/login(\?ended=1)?$/);
    await ole.getByLabel('E-mail').fill(email);
    await ole.getByLabel('Password').fill(PASSWORD);
    await ole.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(ole.getByText('The e-mail address or the password is wrong.')).toBeVisible();
    await admin.getByRole('button', { name: 'Enable account' }).click();
    await expect(admin.getByRole('status').filter({ hasText: 'Account enabled.' })).toBeVisible();
  });

  await test.step('a deletion wants the address, and leaves the name behind', async () => {
    await openPerson(admin, email);
    await admin.getByRole('button', { name: 'Delete account' }).click();
    const dialog = admin.getByRole('dialog', { name: /Delete the account of Ole Berg/ });
    const button = dialog.getByRole('button', { name: 'Delete account' });
    await expect(button).toBeDisabled();
    await dialog.getByLabel(`Type “${email}” to confirm`).fill(email);
    await button.click();
    await expect(admin).toHaveURL(PEOPLE_PAGE);
    await visit(admin, `${PEOPLE_PAGE}?q=${encodeURIComponent(email)}`);
    await expect(admin.getByText('Nobody found')).toBeVisible();
  });
});

test('the last administrator cannot be taken away, not even by themselves', async ({ admin, watch }) => {
  watch.allow(/status of 400 .*rpc\/people\/(disable|delete)/);
  await openPerson(admin, PEOPLE.admin.email);
  await expect(admin.getByText('This is you')).toBeVisible();
  await expect(admin.getByRole('radio', { name: 'Viewer' })).toBeHidden();
  for (const name of ['Disable account', 'Delete account']) {
    await expect(admin.getByRole('button', { name })).toBeHidden();
  }
  const refused = await admin.evaluate(async (path) => {
    const user = location.pathname.split('/').pop() ?? '';
    const answers = [];
    for (const what of ['disable', 'delete']) {
      const body = new URLSearchParams({ user, confirm: 'admin@tidings.example' });
      const answer = await fetch(`${path}/${what}`, { method: 'POST', body, headers: { accept: 'application/json' } });
      answers.push(answer.status);
    }
    return answers;
  }, '/rpc/people');
  expect(refused).toEqual([400, 400]);
});

test('an invitation is sent again and withdrawn, and each time the link so far is worthless', async ({
  admin,
  open,
  watch,
}) => {
  watch.allow(/status of 40[04]/);
  const email = address('Una');
  const first = await invite(admin, email, 'Viewer');
  await admin.getByRole('link', { name: 'Done' }).click();
  await interactive(admin);
  const line = admin.getByRole('row').filter({ hasText: email });
  await line.getByRole('button', { name: 'New link' }).click();
  const second = (await admin.getByRole('region', { name: `Link for ${email}` }).innerText()).trim();
  expect(second).not.toBe(first);
  const una = await open('stranger');
  await una.goto(first);
  await expect(una.getByText('There is no such invitation').first()).toBeVisible();
  await una.goto(second);
  await expect(una.getByLabel('E-mail')).toHaveValue(email);
  await line.getByRole('button', { name: 'Withdraw' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Withdraw invitation' }).click();
  await expect(line).toContainText('Withdrawn');
  await una.goto(second);
  await expect(una.getByText('This invitation was withdrawn').first()).toBeVisible();
});

test('only administrators see people', async ({ open }) => {
  for (const who of ['staff', 'viewer'] as const) {
    const page = await open(who);
    await visit(page, '/dashboard');
    await expect(page.getByRole('link', { name: 'People' })).toHaveCount(0);
    await visit(page, PEOPLE_PAGE);
    await expect(page.getByText('This page is for administrators.')).toBeVisible();
  }
});

test('the set-up goes on where it was left, and invites the team', async ({ fresh, open, watch }) => {
  watch.allow(/status of 400 .*rpc\/setup\/team/);
  const { email, name, password } = PEOPLE.admin;
  const page = await open('stranger', { baseURL: fresh.url });
  await visit(page, fresh.setupLink ?? 'no link was printed');
  await expect(page.getByRole('region', { name: 'Surroundings' })).toContainText('Database');
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await expect(page.getByLabel('Time zone')).toBeVisible();
  // Another page leads back, and a reload begins at the same step.
  await page.goto('/dashboard/projects');
  await expect(page).toHaveURL('/setup');
  await interactive(page);
  await page.getByLabel('Days an invitation stands').fill('3');
  await page.getByRole('button', { name: 'Save and go on' }).click();
  await expect(page.getByRole('link', { name: 'Add a provider' })).toBeVisible();
  await page.reload();
  await interactive(page);
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  await page.getByLabel('People').fill('ole@tidings.example\nnobody');
  await page.getByRole('button', { name: 'Invite' }).click();
  await expect(page.getByText('Line 2 does not begin with an e-mail address.').first()).toBeVisible();
  await page.getByLabel('People').fill('ole@tidings.example\nuna@tidings.example, viewer, Una');
  await page.getByRole('button', { name: 'Invite' }).click();
  await expect(page.getByRole('region', { name: /Link for / })).toHaveCount(2);
  await page.getByRole('button', { name: 'Create the first project' }).click();
  await expect(page).toHaveURL('/dashboard/projects/new');
  await page.goto('/setup');
  await expect(page).toHaveURL('/dashboard');
});
