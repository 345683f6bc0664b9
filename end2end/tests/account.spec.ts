// One's own account: password, sign-ins, name and preferences, and a forgotten password with the letter about it.

import { inspect } from '../harness/look.ts';
import { Smtp, linkIn } from '../harness/smtp.ts';
import { type Instance, PEOPLE, type Page, expect, interactive, test, visit } from '../harness/test.ts';

const { email, name, password } = PEOPLE.admin;

/** Signs the administrator of an instance in, by the form. */
async function signIn(page: Page, secret = password): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(secret);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** An administrator on an instance of their own, so that no other test meets a changed password. */
async function administrator(
  fresh: Instance,
  open: (who: 'stranger', options: object) => Promise<Page>,
  javaScriptEnabled = true
): Promise<Page> {
  const page = await open('stranger', { baseURL: fresh.url, javaScriptEnabled });
  await signIn(page);
  await expect(page).toHaveURL(`${fresh.url}/dashboard`);
  return page;
}

async function said(page: Page, text: string): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: text })).toBeVisible();
}

test('a new password ends every other sign-in', async ({ fresh, open, watch }) => {
  watch.allow(/status of 401 .*(password\/change|account\/sign-in)/);
  await fresh.createPerson('admin');
  const page = await administrator(fresh, open);
  const phone = await administrator(fresh, open);
  await visit(page, '/dashboard/account/password');
  await page.getByLabel('Current password').fill('something else');
  await page.getByLabel('New password').fill('a fresh start for all');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByLabel('Current password')).toHaveAccessibleDescription('The current password is wrong.');
  await expect(page.getByLabel('New password')).toHaveValue('a fresh start for all');
  await page.getByLabel('Current password').fill(password);
  await page.getByRole('button', { name: 'Change password' }).click();
  await said(page, 'Password changed.');
  await expect(page.getByLabel('New password')).toHaveValue('');

  await phone.goto('/dashboard/projects');
  await expect(phone).toHaveURL(/\/login\?redirectTo=%2Fdashboard%2Fprojects/);
  await expect(phone.getByText('Your sign-in has ended')).toBeVisible();
  await signIn(phone);
  await expect(phone.getByRole('alert')).toContainText('The e-mail address or the password is wrong.');
  await signIn(phone, 'a fresh start for all');
  await expect(phone).toHaveURL(`${fresh.url}/dashboard`);
});

test('sign-ins are seen and ended, one and all', async ({ fresh, open }) => {
  await fresh.createPerson('admin');
  const page = await administrator(fresh, open);
  const phone = await administrator(fresh, open);
  const tablet = await administrator(fresh, open, false);
  await visit(page, '/dashboard/account/devices');
  const rows = page.getByRole('table', { name: 'Your sign-ins' }).getByRole('row');
  await expect(rows).toHaveCount(4);
  await expect(rows.filter({ hasText: 'This one' })).toHaveCount(1);
  await expect(rows.nth(1)).toContainText('127.0.0.1');
  await inspect(page, 'account-devices');

  await rows.nth(2).getByRole('button', { name: /^End the sign-in/ }).click();
  await said(page, 'Sign-in ended.');
  await expect(rows).toHaveCount(3);
  await page.getByRole('button', { name: 'End all other sign-ins' }).click();
  await said(page, 'One other sign-in ended.');
  await expect(rows).toHaveCount(2);
  await expect(page.getByRole('button', { name: 'End all other sign-ins' })).toHaveCount(0);
  for (const other of [phone, tablet]) {
    await other.goto('/dashboard/projects');
    await expect(other).toHaveURL(/\/login/);
  }
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with scripts' : 'without scripts';
  test(`a forgotten password is reset by the link in a letter, ${how}`, async ({ fresh, open, watch }) => {
    watch.allow(/status of 400 .*reset-password/);
    await fresh.createPerson('admin');
    const smtp = await Smtp.start();
    const admin = await administrator(fresh, open, false);
    await smtp.serveFor(admin.request, fresh.url);
    const on = await admin.request.patch(`${fresh.url}/api/admin/config`, {
      headers: { origin: fresh.url },
      data: { enablePasswordReset: true },
    });
    expect(on.ok(), await on.text()).toBe(true);

    const page = await open('stranger', { baseURL: fresh.url, javaScriptEnabled });
    await page.goto('/login');
    if (javaScriptEnabled) await interactive(page);
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await expect(page.getByText('Look into your mailbox')).toBeVisible();
    const link = linkIn(await smtp.letterTo(email), '/reset-password/');

    await page.goto(link);
    if (javaScriptEnabled) await interactive(page);
    await expect(page.getByText('a···@example.com')).toBeVisible();
    await page.getByLabel('New password').fill('a fresh start for all');
    await page.getByLabel('The same once more').fill('a fresh start for some');
    await page.getByRole('button', { name: 'Set password' }).click();
    await expect(page.getByLabel('The same once more')).toHaveAccessibleDescription(/not the same/);
    await page.getByLabel('New password').fill('a fresh start for all');
    await page.getByLabel('The same once more').fill('a fresh start for all');
    await page.getByRole('button', { name: 'Set password' }).click();
    await expect(page.getByText('Your new password is set')).toBeVisible();
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill('a fresh start for all');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page).toHaveURL(`${fresh.url}/dashboard`);

    expect((await smtp.letterTo(email)).text).toContain('was changed just now');
    await page.goto(link);
    await expect(page.getByText('This link does not work')).toBeVisible();
    await admin.goto('/dashboard/projects');
    await expect(admin).toHaveURL(/\/login/);
    expect(fresh.log).not.toContain(new URL(link).pathname.split('/').pop());
    await smtp.stop();
  });
}

test('name, theme and time zone hold wherever one signs in', async ({ fresh, open }) => {
  await fresh.createPerson('admin');
  const page = await administrator(fresh, open);
  await visit(page, '/dashboard/account');
  await expect(page.getByLabel('Name')).toHaveValue(name);
  await page.getByLabel('Name').fill('Augusta Ada King');
  await expect(page.getByText('AK', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Save name' }).click();
  await said(page, 'Name saved.');

  await page.getByRole('radio', { name: 'Dark' }).check();
  await page.getByLabel('Time zone').selectOption('Pacific/Auckland');
  await page.getByRole('button', { name: 'Save preferences' }).click();
  await said(page, 'Preferences saved.');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.locator('html')).toHaveAttribute('data-zone', 'Pacific/Auckland');
  await inspect(page, 'account-profile');

  const phone = await administrator(fresh, open);
  await expect(phone.locator('html')).toHaveAttribute('data-theme', 'dark');
  await visit(phone, '/dashboard/account/devices');
  await expect(phone.getByRole('table').locator('time').first()).toHaveAttribute('title', /Pacific\/Auckland$/);
  // The switch on every page is the same choice.
  await phone.getByRole('button', { name: 'Light' }).click();
  await expect(phone.locator('html')).toHaveAttribute('data-theme', 'light');
  await expect(async () => {
    await page.goto('/dashboard');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  }).toPass();
});
