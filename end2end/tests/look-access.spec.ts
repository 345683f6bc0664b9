// The pages of people, sign-in and the own account, as look.spec.ts does it for the others.

import { inspect } from '../harness/look.ts';
import { PEOPLE, expect, interactive, test } from '../harness/test.ts';

test('every page of accounts and of access is accessible and fits', async ({ named, open, watch }) => {
  test.setTimeout(300_000);
  watch.allow(/status of 404/);
  const admin = await open('stranger', { baseURL: named.url });
  const { email, password } = PEOPLE.admin;
  await admin.goto('/login');
  await admin.getByLabel('E-mail').fill(email);
  await admin.getByLabel('Password').fill(password);
  await admin.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(admin).toHaveURL('/dashboard');

  const post = async <T>(path: string, data: unknown): Promise<T> => {
    const answer = await admin.request.post(path, { headers: { origin: named.url }, data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return (await answer.json()) as T;
  };
  const provider = await post<{ id: string }>('/api/admin/oauth/providers', {
    name: 'Orbit',
    authorizationUrl: 'https://id.orbit.example/authorize',
    tokenUrl: 'https://id.orbit.example/token',
    userInfoUrl: 'https://id.orbit.example/me',
    clientId: 'tidings',
    clientSecret: 'not a real one',
    scopes: ['openid', 'profile', 'email'],
    allowedEmailDomains: ['orbit.example'],
  });
  await post('/api/admin/users', { email: 'ines@orbit.example', name: 'Ines Orbit', role: 'STAFF' });

  const staff = '/dashboard/admin/sign-in';
  const stranger = await open('stranger', { baseURL: named.url });
  const places: [string, 'admin' | 'stranger', string][] = [
    ['forgot-password', 'stranger', '/forgot-password'],
    ['reset-password-dead', 'stranger', '/reset-password/no-such-link'],
    ['register-dead', 'stranger', '/register/no-such-invitation'],
    ['login-with-provider', 'stranger', '/login?error=declined'],
    ['admin', 'admin', '/dashboard/admin'],
    ['people', 'admin', '/dashboard/admin/people'],
    ['invitations', 'admin', '/dashboard/admin/people/invitations'],
    ['invite', 'admin', '/dashboard/admin/people/invite'],
    ['providers', 'admin', staff],
    ['provider-choice', 'admin', `${staff}/new`],
    ['provider-where', 'admin', `${staff}/new?preset=keycloak`],
    ['provider-new', 'admin', `${staff}/new?preset=keycloak&by_hand=1`],
    ['provider', 'admin', `${staff}/${provider.id}`],
    ['saml-providers', 'admin', `${staff}/saml`],
    ['saml-provider-new', 'admin', `${staff}/saml/new`],
    ['account', 'admin', '/dashboard/account'],
    ['account-password', 'admin', '/dashboard/account/password'],
    ['account-linked', 'admin', '/dashboard/account/linked'],
    ['confirm', 'admin', '/confirm?redirectTo=/dashboard/account/security'],
  ];
  const pages = { admin, stranger };
  for (const [name, who, path] of places) {
    await test.step(name, async () => {
      const page = pages[who];
      await page.goto(path);
      await interactive(page);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await inspect(page, name);
    });
  }
});
