// Passkeys in all three modes, the authenticator app and recovery codes, with an authenticator that the browser plays.

import { createHmac } from 'node:crypto';

import { inspect } from '../harness/look.ts';
import { type Instance, PEOPLE, type Page, expect, interactive, test, visit } from '../harness/test.ts';

const { email, password } = PEOPLE.staff;

type Open = (who: 'stranger', options: { baseURL: string }) => Promise<Page>;

/** A browser with an authenticator that verifies its owner. What it would fill into fields by itself is left out. */
async function withAuthenticator(open: Open, named: Instance): Promise<Page> {
  const page = await open('stranger', { baseURL: named.url });
  await page.addInitScript(() => {
    if (localStorage.getItem('fills-in') === null)
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
  });
  const client = await page.context().newCDPSession(page);
  await client.send('WebAuthn.enable');
  await client.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return page;
}

async function byPassword(page: Page): Promise<void> {
  await visit(page, '/login?redirectTo=/dashboard/account/security');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function onSecurity(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/dashboard\/account\/security$/);
  await expect(page.getByRole('heading', { level: 2, name: 'Passkeys' })).toBeVisible();
}

async function signOut(page: Page): Promise<void> {
  await page.context().clearCookies();
}

async function addPasskey(page: Page, label: string): Promise<void> {
  await page.getByLabel('Name of a new passkey').fill(label);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(page.getByText('Passkey added.')).toBeVisible();
  await expect(page.getByRole('row', { name: new RegExp(label) })).toBeVisible();
}

async function chooseMode(page: Page, label: string): Promise<void> {
  await page.getByRole('radio', { name: label }).check();
  await page.getByRole('button', { name: 'Save second step' }).click();
  await expect(page.getByText('Second step saved.')).toBeVisible();
}

const codesOf = async (page: Page): Promise<string[]> =>
  (await page.getByRole('region', { name: 'Recovery codes' }).innerText()).trim().split(/\s+/);

/** RFC 6238, as an authenticator app does it. */
function totp(secret: string, step: number): string {
  const bits = [...secret.replaceAll(' ', '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', key).update(counter).digest();
  const value = hash.readUInt32BE((hash[19] ?? 0) & 15) & 0x7fffffff;
  return String(value % 1_000_000).padStart(6, '0');
}

const nowStep = (): number => Math.floor(Date.now() / 30_000);

test('a passkey is added, signs in by its button, and is renamed and removed', async ({ named, open }) => {
  const page = await withAuthenticator(open, named);
  await byPassword(page);
  await onSecurity(page);
  await addPasskey(page, 'Laptop');
  await inspect(page, 'account-security');

  await signOut(page);
  await visit(page, '/login?redirectTo=/dashboard/account/security');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await onSecurity(page);
  await interactive(page);

  const row = page.locator('tr').filter({ hasText: /Laptop/ });
  await row.getByLabel('Actions for Laptop').click();
  await row.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Work laptop');
  await page.getByRole('dialog').getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByText('Name saved.')).toBeVisible();
  const renamed = page.locator('tr').filter({ hasText: /Work laptop/ });
  await renamed.getByLabel('Actions for Work laptop').click();
  await renamed.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove passkey' }).click();
  await expect(page.getByText('Passkey removed.')).toBeVisible();
  await expect(page.getByText('You have none yet.')).toBeVisible();
});

test('the browser offers a passkey in the field of the sign-in page', async ({ named, open }) => {
  const page = await withAuthenticator(open, named);
  await byPassword(page);
  await onSecurity(page);
  await addPasskey(page, 'Laptop');
  await page.evaluate(() => localStorage.setItem('fills-in', 'yes'));
  await signOut(page);
  await page.goto('/login?redirectTo=/dashboard/account/security');
  await expect(page.getByLabel('E-mail')).toHaveAttribute('autocomplete', 'username webauthn');
  // The authenticator of the test agrees at once to whatever it is offered.
  await onSecurity(page);
});

test('the offer to add a passkey is made once', async ({ named, open }) => {
  const page = await withAuthenticator(open, named);
  await byPassword(page);
  await onSecurity(page);
  await visit(page, '/dashboard');
  await page.getByRole('button', { name: 'Not now' }).click();
  await expect(page.getByText('Sign in without a password')).toBeHidden();
  await visit(page, '/dashboard');
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible();
  await expect(page.getByText('Sign in without a password')).toBeHidden();
});

test('a passkey is asked for after the password, and alone is enough', async ({ named, open, watch }) => {
  watch.allow(/status of 401/);
  const page = await withAuthenticator(open, named);
  await byPassword(page);
  await onSecurity(page);
  await addPasskey(page, 'Laptop');
  await chooseMode(page, 'A passkey after the password');
  const codes = await codesOf(page);
  expect(codes).toHaveLength(10);

  // The last one stays.
  const row = page.locator('tr').filter({ hasText: /Laptop/ });
  await row.getByLabel('Actions for Laptop').click();
  await row.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByRole('dialog')).toContainText('This is your last passkey');

  await signOut(page);
  await byPassword(page);
  await expect(page).toHaveURL(/\/two-factor\?/);
  await expect(page.getByText('g…@e….com')).toBeVisible();
  await inspect(page, 'second-step');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await onSecurity(page);

  await signOut(page);
  await visit(page, '/login?redirectTo=/dashboard/account/security');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await onSecurity(page);

  // Without the device, a code from the drawer helps once.
  await signOut(page);
  await byPassword(page);
  await page.getByText('Use a recovery code').click();
  await page.getByLabel('Recovery code', { exact: true }).fill(codes[0] ?? '');
  await page.getByRole('button', { name: 'Sign in with this code' }).click();
  await onSecurity(page);
  await signOut(page);
  await byPassword(page);
  await page.getByText('Use a recovery code').click();
  await page.getByLabel('Recovery code', { exact: true }).fill(codes[0] ?? '');
  await page.getByRole('button', { name: 'Sign in with this code' }).click();
  await expect(page.getByRole('alert')).toContainText('4 attempts are left');
});

test('both are asked for, whichever comes first', async ({ named, open }) => {
  const page = await withAuthenticator(open, named);
  await byPassword(page);
  await onSecurity(page);
  await addPasskey(page, 'Laptop');
  await chooseMode(page, 'Always both');

  await signOut(page);
  await visit(page, '/login?redirectTo=/dashboard/account/security');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page).toHaveURL(/\/two-factor\?/);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await onSecurity(page);

  await signOut(page);
  await byPassword(page);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await onSecurity(page);
});

test('an authenticator app is set up, asked for, and its codes count once', async ({ named, open, watch }) => {
  watch.allow(/status of 40[01]/);
  const page = await withAuthenticator(open, named);
  await byPassword(page);
  await onSecurity(page);
  await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
  await expect(page.getByRole('img', { name: 'QR code with the secret' })).toBeVisible();
  const secret = await page.getByRole('region', { name: 'Secret' }).innerText();
  await page.getByLabel('Code that the app shows').fill('12345');
  await page.getByRole('button', { name: 'Finish set-up' }).click();
  await expect(page.getByRole('alert').first()).toContainText('Please correct the marked fields.');
  const step = nowStep();
  // The step before leaves this one for the sign-in.
  await page.getByLabel('Code that the app shows').fill(totp(secret, step - 1));
  await page.getByRole('button', { name: 'Finish set-up' }).click();
  await expect(page.getByRole('group', { name: 'Recovery codes' })).toBeFocused();
  expect(await codesOf(page)).toHaveLength(10);

  await signOut(page);
  await byPassword(page);
  await expect(page.getByText('g…@e….com')).toBeVisible();
  await page.getByLabel('Code', { exact: true }).fill(totp(secret, step));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await onSecurity(page);

  await signOut(page);
  await byPassword(page);
  await page.getByLabel('Code', { exact: true }).fill(totp(secret, step));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('That was not right.');
  await page.getByRole('button', { name: 'Use another account' }).click();
  await expect(page).toHaveURL(/\/login$/);
});

test('at a bare address the page says why there are no passkeys', async ({ open }) => {
  const page = await open('viewer');
  await visit(page, '/dashboard/account/security');
  await expect(page.getByText('this instance is reached at a bare IP address')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add a passkey' })).toHaveCount(0);
});
