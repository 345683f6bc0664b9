// The audit log: who did what is found, opened, checked and taken along, also without scripts.

import { readFile } from 'node:fs/promises';

import { inspect } from '../harness/look.ts';
import { PEOPLE, expect, test, unique, visit } from '../harness/test.ts';

const LOG = '/dashboard/admin/audit';

test('a record is found by its filters, opened and exported', async ({ admin, rest }) => {
  const name = unique('Observatory');
  const project = await rest.createProject(name);
  await visit(admin, '/dashboard');
  await admin.getByRole('navigation').getByRole('link', { name: 'Audit log' }).click();
  await expect(admin.getByRole('heading', { level: 1, name: 'Audit log' })).toBeVisible();

  await admin.getByLabel('Project').selectOption(name);
  await admin.getByLabel('Action', { exact: true }).selectOption({ value: 'CREATE_PROJECT' });
  await admin.getByRole('button', { name: 'Filter' }).click();
  await expect(admin).toHaveURL(new RegExp(`project=${project.id}`));
  const rows = admin.getByRole('table', { name: 'Audit log' }).locator('tbody tr');
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('CREATE_PROJECT');
  await expect(rows.first()).toContainText(name);
  await expect(rows.first()).toContainText('Done');

  const download = admin.waitForEvent('download');
  await admin.getByRole('link', { name: 'CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^audit-logs-\d{4}-\d{2}-\d{2}\.csv$/);
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
  expect(lines[0]).toBe(
    'timestamp,action,performer,performer_email,performer_deleted,target,target_email,target_deleted,details',
  );
  expect(lines).toHaveLength(2);

  await rows.first().getByRole('link').click();
  await expect(admin.getByRole('heading', { level: 1, name: 'CREATE_PROJECT' })).toBeVisible();
  await expect(admin.getByRole('region', { name: 'Details' })).toContainText(name);
  await expect(admin.getByText('127.0.0.1')).toBeVisible();
  // Back to the same filters.
  await admin.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Audit log' }).click();
  await expect(admin).toHaveURL(new RegExp(`action=CREATE_PROJECT.*project=${project.id}`));
  await expect(admin.getByLabel('Action', { exact: true })).toHaveValue('CREATE_PROJECT');

  await admin.getByRole('link', { name: 'Clear' }).click();
  await admin.getByLabel('Done by').fill('nobody@example.com');
  await admin.getByRole('button', { name: 'Filter' }).click();
  await expect(admin.getByText('Nobody here has the address nobody@example.com.')).toBeVisible();
  await expect(admin.getByLabel('Done by')).toHaveValue('nobody@example.com');

  await visit(admin, `${LOG}?q=no-such-thing`);
  await expect(admin.getByText('No record matches these filters.')).toBeVisible();
});

test('the chain is checked by a button', async ({ admin }) => {
  await visit(admin, LOG);
  await admin.getByRole('button', { name: 'Check now' }).click();
  await expect(admin.getByText(/Complete up to record \d+/)).toBeVisible();
});

test('a refused person is in the log, and reads nothing of it', async ({ open, admin, watch }) => {
  watch.allow(/status of 403/);
  const staff = await open('staff');
  await visit(staff, LOG);
  await expect(staff.getByText('This page is for administrators.')).toBeVisible();
  const answer = await staff.request.get('/api/admin/audit-logs');
  expect(answer.status()).toBe(403);
  await visit(admin, `${LOG}?outcome=denied&actor=${encodeURIComponent(PEOPLE.staff.email)}`);
  await expect(admin.getByRole('table', { name: 'Audit log' })).toContainText('UNAUTHORIZED_ACCESS_ATTEMPT');
});

test('without scripts everything is there', async ({ open, rest }) => {
  const name = unique('Lighthouse');
  await rest.createProject(name);
  const page = await open('admin', { javaScriptEnabled: false });
  await page.goto(LOG);
  await page.getByLabel('Project').selectOption(name);
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('table', { name: 'Audit log' }).getByRole('link', { name: 'CREATE_PROJECT' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'CREATE_PROJECT' })).toBeVisible();
  await page.goto(LOG);
  await page.getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByText(/Complete up to record \d+/)).toBeVisible();
});

test('the log is accessible and fits', async ({ admin, rest }) => {
  await rest.createProject(unique('Planetarium'));
  await visit(admin, LOG);
  await expect(admin.getByRole('table', { name: 'Audit log' })).toBeVisible();
  await inspect(admin, 'audit-log');
});
