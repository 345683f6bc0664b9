// Mail and the settings of the instance. The forms work without scripts, and that is how most of this is asked.

import { Smtp } from '../harness/smtp.ts';
import { type Instance, PEOPLE, type Page, expect, interactive, test, visit } from '../harness/test.ts';

const MAIL = '/dashboard/admin/mail';
const SETTINGS = '/dashboard/admin/settings';

/** An administrator on an instance of their own, so that no other test meets its settings. */
async function administrator(
  fresh: Instance,
  open: (who: 'stranger', options: object) => Promise<Page>,
  javaScriptEnabled = false
): Promise<Page> {
  await fresh.createPerson('admin');
  const page = await open('stranger', { baseURL: fresh.url, javaScriptEnabled });
  await page.goto('/login');
  if (javaScriptEnabled) await interactive(page);
  await page.getByLabel('E-mail').fill(PEOPLE.admin.email);
  await page.getByLabel('Password').fill(PEOPLE.admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL('/dashboard');
  return page;
}

test('a mail server is set and tried out, and its password is never shown', async ({ fresh, open, watch }) => {
  watch.allow(/status of 400/);
  const smtp = await Smtp.start({ tls: 'starttls', user: 'tidings', password: 'correct horse' });
  const page = await administrator(fresh, open);
  await page.goto(MAIL);
  await expect(page.getByText('No mail server is set')).toBeVisible();
  await page.getByLabel('Server', { exact: true }).fill('localhost');
  await page.getByLabel('Port').fill(String(smtp.port));
  await page.getByLabel('Sender').fill('changes@tidings.example');
  await page.getByLabel('User name').fill('tidings');
  await page.getByLabel('Password').fill('correct horse');
  await page.getByRole('button', { name: 'Save mail server' }).click();
  await expect(page.getByText('No mail server is set')).toBeHidden();
  await expect(page.getByLabel('Password')).toHaveValue('');
  expect(await page.content()).not.toContain('correct horse');

  // Nobody vouches for the certificate, so nothing is sent.
  await page.getByLabel('Send a test letter to').fill('mara@orbit.example');
  await page.getByRole('button', { name: 'Send test letter' }).click();
  await expect(page.getByRole('alert')).toContainText('The certificate of the mail server is refused');
  expect(smtp.letters).toHaveLength(0);

  await page.goto(MAIL);
  await page.getByLabel('Accept any certificate').check();
  await page.getByRole('button', { name: 'Save mail server' }).click();
  await page.getByLabel('Send a test letter to').fill('mara@orbit.example');
  await page.getByRole('button', { name: 'Send test letter' }).click();
  const letter = await smtp.letterTo('mara@orbit.example');
  expect(letter.subject).toBe('Letters work \u{b7} Tidings');
  expect(letter.from).toContain('changes@tidings.example');
  expect(letter.text).toContain(`${PEOPLE.admin.name} tried out`);
  expect(letter.html).toContain('<p>');
  expect(letter.mail.headers.get('auto-submitted')).toBe('auto-generated');
  expect(letter.mail.messageId).toMatch(/^<c[a-z0-9]+@127\.0\.0\.1>$/);
  await page.goto(MAIL);
  const rows = page.getByRole('table', { name: 'Letters' }).getByRole('row');
  await expect(rows.filter({ hasText: 'Sent' })).toHaveCount(1);
  await expect(rows.filter({ hasText: 'The certificate of the mail server is refused' })).toHaveCount(1);
  await smtp.stop();
});

test('what the mail server refuses is shown with its reason', async ({ fresh, open, watch }) => {
  watch.allow(/status of 400/);
  const smtp = await Smtp.start();
  const page = await administrator(fresh, open);
  await smtp.serveFor(page.request, fresh.url);
  smtp.refused.set('nobody@orbit.example', 'No such user here');
  await page.goto(MAIL);
  await page.getByLabel('Send a test letter to').fill('nobody@orbit.example');
  await page.getByRole('button', { name: 'Send test letter' }).click();
  await expect(page.getByRole('alert')).toContainText('550');
  await page.goto(`${MAIL}?state=failed`);
  await expect(page.getByRole('row').filter({ hasText: 'nobody@orbit.example' })).toContainText('No such user here');
  await page.getByRole('link', { name: /^All/ }).click();
  await expect(page.getByRole('table', { name: 'Letters' })).toBeVisible();

  // For another host the password, or its absence, has to be told again; what is no host is refused at its field.
  await page.getByLabel('Server', { exact: true }).fill('169.254.169.254');
  await page.getByRole('button', { name: 'Save mail server' }).click();
  await expect(page.getByLabel('Server', { exact: true })).toHaveAccessibleDescription(/not an address of a mail server/);
  await smtp.stop();
});

test('each section of the settings is saved by itself', async ({ fresh, open }) => {
  const page = await administrator(fresh, open);
  await page.goto(SETTINGS);
  await page.getByLabel('Name', { exact: true }).fill('Orbit changes');
  await page.getByLabel('Days an invitation is good for').fill('14');
  await page.getByLabel('Time zone', { exact: true }).selectOption('Europe/Berlin');
  await page.getByRole('button', { name: 'Save general settings' }).click();
  await expect(page).toHaveTitle('Settings · Orbit changes');
  await expect(page.getByLabel('Days an invitation is good for')).toHaveValue('14');
  await expect(page.getByLabel('Time zone', { exact: true })).toHaveValue('Europe/Berlin');

  await page.getByLabel('Entries a project may have').fill('20');
  await page.getByRole('switch', { name: 'Only administrators make API keys' }).check();
  await page.getByRole('button', { name: 'Save features' }).click();
  await expect(page.getByLabel('Entries a project may have')).toHaveValue('20');
  await expect(page.getByRole('switch', { name: 'Only administrators make API keys' })).toBeChecked();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Orbit changes');

  await page.getByRole('switch', { name: 'Send links to set a new password' }).check();
  await page.getByRole('button', { name: 'Save sign-in' }).click();
  await expect(page.getByText('Set a mail server first.').first()).toBeVisible();
});

test('who switches the list of addresses on stays in, and others read why they are out', async ({ fresh, open }) => {
  const page = await administrator(fresh, open);
  await page.goto(SETTINGS);
  await page.getByRole('switch', { name: 'Only the addresses below' }).check();
  await page.getByLabel('Addresses and networks').fill('198.51.100.0/24');
  await page.getByRole('button', { name: 'Save addresses' }).click();
  await expect(page.getByLabel('Addresses and networks')).toHaveValue('198.51.100.0/24\n127.0.0.1');
  await page.goto('/dashboard');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await fresh.command(['ip-allowlist', 'show'])).toBe('The list is on.\n198.51.100.0/24\n127.0.0.1\n');
  expect(await fresh.command(['ip-allowlist', 'off'])).toContain('The list is off.');
  await expect
    .poll(async () => {
      await page.goto(SETTINGS);
      return page.getByRole('switch', { name: 'Only the addresses below' }).isChecked();
    })
    .toBe(false);
});

test('with scripts, saving and testing leave nothing behind in the page', async ({ fresh, open }) => {
  const smtp = await Smtp.start({ user: 'tidings', password: 'correct horse' });
  const page = await administrator(fresh, open, true);
  await visit(page, MAIL);
  await page.getByLabel('Server', { exact: true }).fill('127.0.0.1');
  await page.getByLabel('Port').fill(String(smtp.port));
  await page.getByLabel('Encryption').selectOption('none');
  await page.getByLabel('Sender').fill('changes@tidings.example');
  await page.getByLabel('User name').fill('tidings');
  await page.getByLabel('Password').fill('correct horse');
  await page.getByRole('button', { name: 'Save mail server' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Mail server saved.' })).toBeVisible();
  await expect(page.getByLabel('Password')).toHaveValue('');
  await expect(page.getByText('A password is stored.')).toBeVisible();
  await page.getByRole('button', { name: 'Send test letter' }).click();
  await expect(page.getByText('The mail server has taken the letter')).toBeVisible();
  expect((await smtp.letterTo(PEOPLE.admin.email)).subject).toContain('Letters work');
  await expect(page.getByRole('table', { name: 'Letters' })).toContainText(PEOPLE.admin.email);

  await visit(page, SETTINGS);
  await page.getByRole('switch', { name: 'Only the addresses below' }).check();
  await page.getByRole('button', { name: 'Save addresses' }).click();
  await expect(page.getByText('Your address was added')).toBeVisible();
  await expect(page.getByLabel('Addresses and networks')).toHaveValue('127.0.0.1');
  await smtp.stop();
});
