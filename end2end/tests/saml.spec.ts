// Signing in through a SAML provider that we did not write, and what happens when it or somebody on the way cheats.
// Plain links and forms: none of it needs a script.

import { Saml } from '../harness/saml.ts';
import { type Page, expect, test as base } from '../harness/test.ts';

interface Given {
  saml: Saml;
  /** Adds a provider for `saml` by REST. */
  provider: (name: string, more?: Record<string, unknown>) => Promise<{ id: string; callbackUrl: string }>;
}

const test = base.extend<Given>({
  saml: async ({ watch }, use) => {
    const saml = await Saml.start();
    watch.allowOrigin(saml.url);
    await use(saml);
    await saml.stop();
  },
  provider: async ({ admin, instance, saml }, use) => {
    const headers = { origin: instance.url };
    const made: string[] = [];
    await use(async (name, more = {}) => {
      const answer = await admin.request.post('/api/admin/saml/providers', {
        headers,
        data: {
          name,
          entityId: saml.entityId,
          ssoUrl: `${saml.url}/sso`,
          certificate: saml.certificate,
          enabled: true,
          ...more,
        },
      });
      expect(answer.status(), await answer.text()).toBe(201);
      const provider = (await answer.json()) as { id: string; callbackUrl: string };
      made.push(provider.id);
      return provider;
    });
    for (const id of made) await admin.request.delete(`/api/admin/saml/providers/${id}?confirm=true`, { headers });
  },
});

test.use({ javaScriptEnabled: false });
// The tests share a server, and each has a provider of its own on the sign-in page.
test.describe.configure({ mode: 'serial' });

async function signIn(page: Page, name: string, target = '/dashboard'): Promise<void> {
  await page.goto(`/login?redirectTo=${encodeURIComponent(target)}`);
  await page.getByRole('link', { name: `Sign in with ${name}` }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function isStranger(page: Page): Promise<void> {
  await page.goto('/dashboard/projects');
  await expect(page).toHaveURL(/\/login\?redirectTo=/);
}

test('an administrator adds a provider, tries it, and somebody new signs in through it', async ({ admin, open, saml }) => {
  saml.person = {
    nameId: 'Noor@Harbour.example',
    attributes: { email: 'Noor@Harbour.example', name: 'Noor Harbour', groups: ['editors', 'staff'] },
  };
  await admin.goto('/dashboard/admin/sign-in/saml');
  await admin.getByRole('link', { name: 'Add a provider' }).click();
  await admin.getByLabel('Name', { exact: true }).fill('Harbour');
  await admin.getByLabel(/^Entity id/).first().fill(saml.entityId);
  await admin.getByLabel(/Sign-in address/).fill(`${saml.url}/sso`);
  await admin.getByLabel(/certificate/i).fill(saml.certificate);
  await admin.getByRole('button', { name: 'Add provider' }).click();
  await expect(admin.getByRole('heading', { level: 2, name: 'Harbour' })).toBeVisible();
  await admin.getByRole('switch', { name: 'Enabled' }).check();
  await admin.getByRole('button', { name: 'Save' }).first().click();

  await admin.getByRole('link', { name: 'Try the provider' }).click();
  await admin.getByRole('button', { name: 'Continue' }).click();
  await expect(admin.getByText(/noor@harbour\.example would get an account/)).toBeVisible();

  const page = await open('stranger');
  await signIn(page, 'Harbour', '/dashboard/projects?sort=name');
  await expect(page).toHaveURL('/dashboard/projects?sort=name');
  const me = (await (await page.request.get('/api/auth/me')).json()) as Record<string, unknown>;
  expect(me).toMatchObject({ email: 'noor@harbour.example', name: 'Noor Harbour' });

  const again = await open('stranger');
  await signIn(again, 'Harbour');
  await expect(again).toHaveURL('/dashboard');
  expect(await (await again.request.get('/api/auth/me')).json()).toMatchObject({ id: me.id });
});

test('an answer that was forged, changed, or meant for others signs nobody in', async ({ open, provider, saml }) => {
  await provider('Pier');
  saml.person = { nameId: 'pier@example.com', attributes: { email: 'pier@example.com' } };
  const page = await open('stranger');
  for (const faults of [
    { foreignKey: true },
    { audience: 'https://elsewhere.example/metadata' },
    { inResponseTo: '_somebody-elses' },
    { tamper: (xml: string) => xml.replaceAll('pier@example.com', 'root@example.com') },
    { tamper: (xml: string) => xml.replace(/<Signature[\s\S]*<\/Signature>/, '') },
  ]) {
    saml.faults = faults;
    await signIn(page, 'Pier');
    await expect(page, JSON.stringify(faults)).toHaveURL(/\/login\?error=/);
    await expect(page.getByRole('alert')).toBeVisible();
    await isStranger(page);
  }
  saml.faults = {};
  await signIn(page, 'Pier');
  await expect(page).toHaveURL('/dashboard');
});

test('an answer is good once, and in the browser that asked', async ({ open, provider, saml }) => {
  const { callbackUrl } = await provider('Quay');
  saml.person = { nameId: 'quay@example.com', attributes: { email: 'quay@example.com' } };
  const page = await open('stranger');
  await page.goto('/login');
  await page.getByRole('link', { name: 'Sign in with Quay' }).click();
  const relay = await page.locator('input[name=RelayState]').inputValue();

  // Somebody else sends the answer first: it opens nothing there, and is used up.
  const thief = await open('stranger');
  const form = { SAMLResponse: saml.answer, RelayState: relay };
  const taken = await thief.request.post(callbackUrl, { form, maxRedirects: 0 });
  expect(taken.status()).toBe(303);
  await thief.goto(new URL(taken.headers()['location'] ?? '', callbackUrl).href);
  await expect(thief).toHaveURL(/\/login\?error=/);
  await isStranger(thief);

  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL(/\/login\?error=/);
  await isStranger(page);

  await signIn(page, 'Quay');
  await expect(page).toHaveURL('/dashboard');
  // Sent again, it signs nobody in.
  const replayed = await open('stranger');
  const answer = await replayed.request.post(callbackUrl, { form: { SAMLResponse: saml.answer, RelayState: relay }, maxRedirects: 0 });
  expect(answer.headers()['location']).toMatch(/\/login\?error=/);
});
