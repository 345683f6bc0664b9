// Signing in from the command line: the built program asks, a person agrees in the browser they are signed in with.

import { Machine, callbackOf } from '../harness/cli.ts';
import { inspect } from '../harness/look.ts';
import { PEOPLE, expect, test } from '../harness/test.ts';

const { email, name, password } = PEOPLE.staff;

let machine: Machine;
test.beforeEach(() => {
  machine = new Machine();
});
test.afterEach(() => machine.remove());

test('a person lets the program in and out again', async ({ instance, open, watch }) => {
  const { address, end } = await machine.login(instance.url);
  watch.allowOrigin(callbackOf(address));
  // The program's page asks for an icon, which it does not have.
  watch.allow(/favicon/);
  const page = await open('stranger');
  await page.goto(address);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Let a program sign in?' })).toBeVisible();
  await expect(page.getByRole('definition').filter({ hasText: 'tidings on marvin' })).toBeVisible();
  await expect(page.getByText(new URL(callbackOf(address)).host)).toBeVisible();
  await expect(page.getByText(email)).toBeVisible();
  await inspect(page, 'cli-login');
  await page.getByRole('button', { name: 'Authorise' }).click();
  await expect(page.getByRole('heading', { name: 'You are signed in' })).toBeVisible();
  await expect(page.getByText('You can close this window')).toBeVisible();
  expect(await end).toMatchObject({ code: 0, out: `Signed in to ${instance.url} as ${name} (${email}, staff).\n` });

  const who = await machine.run('whoami');
  expect(who.out).toContain('with your browser');
  expect((await machine.run('logout')).code).toBe(0);
  expect((await machine.run('whoami')).code).toBe(3);
});

test('who does not agree lets nobody in', async ({ instance, open, watch }) => {
  const { address, end } = await machine.login(instance.url);
  watch.allowOrigin(callbackOf(address));
  watch.allow(/favicon/);
  const page = await open('staff');
  await page.goto(address);
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing was changed' })).toBeVisible();
  expect((await end).code).toBe(1);
});

test('another account is used for the same program', async ({ instance, open, watch }) => {
  const { address, end } = await machine.login(instance.url);
  watch.allowOrigin(callbackOf(address));
  watch.allow(/favicon/);
  // Nobody is signed in for a moment.
  watch.allow(/status of 401 .*account\/program/);
  const page = await open('stranger');
  // A sign-in of its own, because it ends here.
  await page.request.post('/api/auth/login', { data: { email: PEOPLE.viewer.email, password: PEOPLE.viewer.password } });
  await page.goto(address);
  await expect(page.getByText(PEOPLE.viewer.email)).toBeVisible();
  await page.getByRole('button', { name: 'Use another account' }).click();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByText(email)).toBeVisible();
  await page.getByRole('button', { name: 'Authorise' }).click();
  await expect(page.getByRole('heading', { name: 'You are signed in' })).toBeVisible();
  expect((await end).out).toContain(email);
});

test('an address of somewhere else is explained and asks for nothing', async ({ open, watch }) => {
  watch.allow(/status of 400/);
  const page = await open('staff');
  await page.goto('/cli/auth?callback=https%3A%2F%2Fevil.example%2F&client=tidings');
  await expect(page.getByRole('alert')).toContainText('is not allowed');
  await expect(page.getByRole('button', { name: 'Authorise' })).toHaveCount(0);
  await page.goto('/cli/auth');
  await expect(page.getByRole('alert')).toContainText('is missing');
});
