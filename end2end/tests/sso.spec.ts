// Signing in through an OpenID provider that we did not write, and what happens when it or somebody on the way cheats.
// Plain links and forms: none of it needs a script.

import { CLIENT, Oidc, sub } from '../harness/oidc.ts';
import { PEOPLE, type Page, expect, test as base } from '../harness/test.ts';

interface Given {
  oidc: Oidc;
  /** Adds a provider for `oidc` by REST, and gives its name in addresses. */
  provider: (name: string, more?: Record<string, unknown>) => Promise<{ id: string; slug: string }>;
}

const slugOf = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

const test = base.extend<Given>({
  oidc: async ({ instance, watch }, use) => {
    // Every name that a test of this file gives is a callback of its own.
    const callbacks = NAMES.map((name) => `${instance.url}/api/auth/oauth/callback/${slugOf(name)}`);
    const oidc = await Oidc.start(callbacks);
    watch.allowOrigin(oidc.url);
    await use(oidc);
    await oidc.stop();
  },
  provider: async ({ admin, instance, oidc }, use) => {
    const made: string[] = [];
    await use(async (name, more = {}) => {
      const answer = await admin.request.post('/api/admin/oauth/providers', {
        headers: { origin: instance.url },
        data: {
          name,
          issuerUrl: oidc.url,
          clientId: CLIENT.id,
          clientSecret: CLIENT.secret,
          scopes: ['openid', 'profile', 'email', 'groups'],
          ...more,
        },
      });
      expect(answer.status(), await answer.text()).toBe(201);
      const provider = (await answer.json()) as { id: string; urlName: string; hasSecret: boolean };
      expect(provider.hasSecret).toBe(true);
      expect(await answer.text()).not.toContain(CLIENT.secret);
      made.push(provider.id);
      return { id: provider.id, slug: provider.urlName };
    });
    for (const id of made) {
      await admin.request.delete(`/api/admin/oauth/providers/${id}?confirm=true`, { headers: { origin: instance.url } });
    }
  },
});

const NAMES = ['Orbit', 'Rules', 'Cheat', 'State', 'Slow', 'Link'];

test.use({ javaScriptEnabled: false });
// The tests share a server, and each has providers of its own on the sign-in page.
test.describe.configure({ mode: 'serial' });

async function signIn(page: Page, name: string, target = '/dashboard'): Promise<void> {
  await page.goto(`/login?redirectTo=${encodeURIComponent(target)}`);
  await page.getByRole('link', { name: `Sign in with ${name}` }).click();
}

/** Goes the way to the provider with the browser's cookies, and gives the address it would be led back to. */
async function answerFor(page: Page, link: string | null): Promise<string> {
  let at = new URL(link ?? '', page.url()).href;
  for (let hops = 0; hops < 10 && !at.includes('/api/auth/oauth/callback/'); hops += 1) {
    const answer = await page.request.get(at, { maxRedirects: 0 });
    at = new URL(answer.headers()['location'] ?? '', at).href;
  }
  expect(at).toContain('code=');
  return at;
}

const refused = (page: Page) => page.getByRole('alert');

async function isStranger(page: Page): Promise<void> {
  await page.goto('/dashboard/projects');
  await expect(page).toHaveURL(/\/login\?redirectTo=/);
}

test('an administrator adds a provider, tries it, and somebody new signs in through it', async ({ admin, open, oidc, instance }) => {
  oidc.account = { sub: sub('ines'), email: 'Ines@Orbit.example', email_verified: true, name: 'Ines Orbit' };
  await admin.goto('/dashboard/admin/sign-in');
  await admin.getByRole('link', { name: 'Add a provider' }).click();
  await admin.getByRole('link', { name: 'OpenID Connect' }).click();
  await admin.getByLabel('Issuer').fill(oidc.url);
  await admin.getByRole('button', { name: 'Continue' }).click();
  await admin.getByLabel('Name', { exact: true }).fill('Orbit');
  await admin.getByLabel('Client id').fill(CLIENT.id);
  await admin.getByLabel('Client secret').fill(CLIENT.secret);
  await admin.getByLabel('Role of new accounts').selectOption('VIEWER');
  await admin.getByRole('switch', { name: 'Default' }).check();
  await admin.getByRole('button', { name: 'Add provider' }).click();
  await expect(admin.getByRole('heading', { level: 2, name: 'Orbit' })).toBeVisible();
  await expect(admin.getByText(`${instance.url}/api/auth/oauth/callback/orbit`)).toBeVisible();
  expect(await admin.content()).not.toContain(CLIENT.secret);

  await admin.getByRole('link', { name: 'Try the provider' }).click();
  await expect(admin.getByText('ines@orbit.example would get an account with the role Viewer.')).toBeVisible();
  await expect(admin.getByRole('cell', { name: 'Ines Orbit' })).toBeVisible();

  const page = await open('stranger');
  await signIn(page, 'Orbit', '/dashboard/projects?sort=name');
  await expect(page).toHaveURL('/dashboard/projects?sort=name');
  const me = (await (await page.request.get('/api/auth/me')).json()) as Record<string, unknown>;
  expect(me).toMatchObject({ email: 'ines@orbit.example', name: 'Ines Orbit', role: 'VIEWER' });

  // The same account, with another address by now, is the same person.
  oidc.account = { ...oidc.account, email: 'ines.new@orbit.example' };
  const again = await open('stranger');
  await signIn(again, 'Orbit');
  await expect(again).toHaveURL('/dashboard');
  expect(await (await again.request.get('/api/auth/me')).json()).toMatchObject({ id: me.id });

  // Deleting it names who depends on it.
  await admin.reload();
  await expect(admin.getByText('ines@orbit.example', { exact: true })).toBeVisible();
  await admin.goto('/dashboard/admin/sign-in');
  await admin.getByRole('link', { name: 'Orbit' }).click();
  const { pathname } = new URL(admin.url());
  const id = pathname.split('/').pop() ?? '';
  const headers = { origin: instance.url };
  const kept = await admin.request.delete(`/api/admin/oauth/providers/${id}`, { headers });
  expect(kept.status()).toBe(409);
  expect(await kept.text()).toContain('ines@orbit.example');
  expect((await admin.request.delete(`/api/admin/oauth/providers/${id}?confirm=true`, { headers })).status()).toBe(200);
});

test('unconfirmed addresses, foreign domains and missing claims stay out', async ({ open, oidc, provider }) => {
  const { slug } = await provider('Rules', {
    allowedEmailDomains: ['example.com'],
    requiredClaims: { groups: 'editors | admins' },
  });
  expect(slug).toBe('rules');
  const page = await open('stranger');
  const check = async (account: Record<string, unknown>, text: string) => {
    oidc.account = { sub: sub('rules'), email_verified: true, groups: ['editors'], ...account };
    await signIn(page, 'Rules');
    await expect(page).toHaveURL(/\/login\?error=/);
    await expect(refused(page)).toContainText(text);
    await isStranger(page);
  };
  await check({ email: PEOPLE.admin.email, email_verified: false }, 'has not confirmed your e-mail address');
  await check({ email: PEOPLE.admin.email, email_verified: undefined }, 'has not confirmed your e-mail address');
  await check({ email: 'ada@example.com.evil.example' }, 'Addresses at example.com.evil.example are not accepted');
  await check({ email: PEOPLE.admin.email, groups: ['guests'] }, 'not among those that may sign in');
  await check({ email: PEOPLE.admin.email, groups: undefined }, 'not among those that may sign in');
  await check({ email: undefined }, 'did not say which e-mail address');

  oidc.account = { sub: sub('rules'), email: 'ADA@example.com', email_verified: true, groups: ['staff', 'Editors'] };
  await signIn(page, 'Rules');
  await expect(page).toHaveURL('/dashboard');
  const me = await (await page.request.get('/api/auth/me')).json();
  expect(me).toMatchObject({ email: PEOPLE.admin.email, role: 'ADMIN' });

  // Whoever leaves the group is out the next time, though the account is linked.
  oidc.account = { ...oidc.account, groups: [] };
  const later = await open('stranger');
  await signIn(later, 'Rules');
  await expect(refused(later)).toContainText('not among those that may sign in');
});

test('an answer that the provider did not sign for this sign-in signs nobody in', async ({ open, oidc, provider }) => {
  await provider('Cheat');
  oidc.account = { sub: sub('cheat'), email: PEOPLE.admin.email, email_verified: true };
  const page = await open('stranger');
  const hour = 3600;
  const now = Math.floor(Date.now() / 1000);
  for (const faults of [
    { nonce: 'of another sign-in' },
    { foreignKey: true },
    { claims: { aud: 'another client' } },
    { claims: { iss: 'https://evil.example' } },
    { claims: { exp: now - hour } },
    { claims: { iat: now + hour } },
    { claims: { sub: sub('somebody else') } },
  ]) {
    oidc.faults = faults;
    await signIn(page, 'Cheat');
    await expect(page, JSON.stringify(faults)).toHaveURL('/login?error=untrusted');
    await expect(refused(page)).toContainText('could not be verified');
    await isStranger(page);
  }
  oidc.faults = {};
  await signIn(page, 'Cheat');
  await expect(page).toHaveURL('/dashboard');
});

test('state belongs to one browser and one answer', async ({ open, oidc, provider, instance }) => {
  await provider('State');
  oidc.account = { sub: sub('state'), email: 'state@example.com', email_verified: true };
  const page = await open('stranger');
  await page.goto('/login');
  const back = await answerFor(page, await page.getByRole('link', { name: 'Sign in with State' }).getAttribute('href'));

  // The link, opened by somebody else.
  const victim = await open('stranger');
  await victim.goto(back);
  await expect(victim).toHaveURL('/login?error=expired');
  await isStranger(victim);
  const wrong = new URL(back);
  wrong.searchParams.set('state', 'x'.repeat(43));
  await page.goto(wrong.href);
  await expect(refused(page)).toContainText('Please start again');

  // An error with words of its own shows none of them.
  const error = new URL(back);
  error.searchParams.delete('code');
  error.searchParams.set('error', 'access_denied');
  error.searchParams.set('error_description', 'Call 555-0100');
  await page.goto(error.href);
  await expect(page).toHaveURL('/login?error=declined');
  await expect(refused(page)).toContainText('did not sign you in');
  expect(await page.content()).not.toContain('555-0100');

  // That used it up.
  await page.goto(back);
  await expect(page).toHaveURL('/login?error=expired');

  // Nor does the address of the page put words on it, or lead elsewhere afterwards.
  await page.goto('/login?error=Your+account+is+locked,+call+555-0100');
  await expect(refused(page)).toContainText('did not sign you in');
  expect(await page.locator('body').innerText()).not.toContain('555-0100');
  await page.goto('/api/auth/oauth/authorize/state?redirect=https://evil.example/');
  await expect(page).toHaveURL(`${instance.url}/dashboard`);
});

test('a provider that is slow or down is told within seconds', async ({ open, oidc, provider }) => {
  await provider('Slow');
  oidc.account = { sub: sub('slow'), email: 'slow@example.com', email_verified: true };
  oidc.faults = { silent: true };
  const page = await open('stranger');
  const began = Date.now();
  await signIn(page, 'Slow');
  await expect(page).toHaveURL('/login?error=unreachable', { timeout: 15_000 });
  expect(Date.now() - began).toBeLessThan(12_000);
  await expect(refused(page)).toContainText('did not answer in time');
  await expect(page.getByLabel('Password')).toBeVisible();
});

test('people link an account to their own, sign in with it, and unlink it', async ({ open, oidc, provider, instance }) => {
  await provider('Link');
  const { email, password } = PEOPLE.staff;
  oidc.account = { sub: sub('link'), email: 'private@mail.example', email_verified: false };
  const page = await open('stranger');
  const login = async (browser: Page) => {
    await browser.goto('/login?redirectTo=/dashboard/account/linked');
    await browser.getByLabel('E-mail').fill(email);
    await browser.getByLabel('Password').fill(password);
    await browser.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(browser).toHaveURL('/dashboard/account/linked');
  };
  await login(page);
  // Not by a link on another site.
  const foreign = await page.request.get('/api/auth/oauth/authorize/link?intent=link', {
    headers: { 'sec-fetch-site': 'cross-site' },
    maxRedirects: 0,
  });
  expect(foreign.status()).toBe(403);
  await page.getByRole('link', { name: 'Link Link' }).click();
  await expect(page).toHaveURL('/dashboard/account/linked?linked=1');
  await expect(page.getByText('Connected')).toBeVisible();

  const other = await open('stranger');
  await signIn(other, 'Link');
  await expect(other).toHaveURL('/dashboard');
  const connections = await (await other.request.get('/api/auth/connections')).json();
  expect(connections).toMatchObject({
    connections: [{ provider: { name: 'Link', enabled: true }, providerUserId: sub('link'), expiresAt: null }],
    samlConnections: [],
  });
  expect(await (await other.request.get('/api/auth/me')).json()).toMatchObject({ email });

  await page.goto('/dashboard/account/linked');
  await page.getByRole('button', { name: 'Unlink Link' }).click();
  await expect(page.getByText('No linked accounts')).toBeVisible();
  const gone = await open('stranger');
  await signIn(gone, 'Link');
  await expect(refused(gone)).toContainText('has not confirmed your e-mail address');
  expect(instance.log).not.toContain(CLIENT.secret);
});
