// The pages of the editorial desk, as look.spec.ts does it for the others.

import { inspect } from '../harness/look.ts';
import { expect, interactive, test, unique } from '../harness/test.ts';

test('every page of the editorial desk is accessible and fits', async ({ admin, open, rest }) => {
  test.setTimeout(300_000);
  const project = await rest.createProject(unique('Lighthouse'), { requireApproval: true });
  const long = 'Die Benachrichtigungseinstellungen für Veröffentlichungszeitpläne werden jetzt zuverlässig gesichert';
  const entry = await rest.publishNew(project, {
    title: long,
    content: 'The lamp turns.\n\n- Every ten seconds\n- In all weathers',
    version: '2.0.0',
    tags: ['Feature', 'Security'],
  });
  await rest.createEntry(project, { title: 'A draft', content: 'Not yet.', version: '2.1.0' });
  const asked = await rest.createEntry(project, { title: 'Asked for', content: 'Fog signals are quieter.', version: '2.2.0' });
  const gone = await rest.createEntry(project, { title: 'Gone', content: 'No longer needed.' });
  const headers = { origin: new URL((await admin.request.get('/')).url()).origin };
  const at = (rest: string) => `/dashboard/projects/${project.id}${rest}`;
  const one = `/api/projects/${project.id}/changelog/${entry.id}`;
  const changed = await admin.request.put(one, {
    headers,
    data: { title: long, content: 'The lamp turns faster.\n\n- Every five seconds\n- In all weathers', isManual: true },
  });
  expect(changed.ok(), await changed.text()).toBe(true);
  const deleted = await admin.request.delete(`/api/projects/${project.id}/changelog/${gone.id}`, { headers });
  expect(deleted.ok(), await deleted.text()).toBe(true);

  const staff = await open('staff');
  const request = await staff.request.patch(`/api/projects/${project.id}/changelog/${asked.id}`, {
    headers,
    data: { action: 'publish' },
  });
  expect(request.status(), await request.text()).toBe(202);
  const { id } = ((await request.json()) as { request: { id: string } }).request;

  const places: [string, 'admin' | 'staff', string][] = [
    ['requests', 'admin', '/dashboard/requests'],
    ['requests-own', 'staff', '/dashboard/requests'],
    ['request', 'admin', `/dashboard/requests/${id}`],
    ['history', 'admin', at(`/changelog/${entry.id}/history`)],
    ['propose', 'staff', at(`/changelog/${entry.id}/propose`)],
    ['search-page', 'admin', '/dashboard/search?q=lamp'],
    ['search-nothing', 'admin', '/dashboard/search?q=zzzz'],
    ['catch-up', 'admin', at('/catch-up?since=30d')],
    ['trash', 'admin', '/dashboard/trash'],
    ['bookmarks', 'admin', '/dashboard/bookmarks'],
    ['editor-asked', 'staff', at(`/changelog/${asked.id}`)],
    ['settings-danger-staff', 'staff', at('/settings/danger')],
    ['import-address', 'admin', at('/import?from=url')],
    ['import-canny', 'admin', at('/import?from=canny')],
    ['public-since', 'staff', `/changelog/${project.slug}?since=1.0.0`],
  ];
  const pages = { admin, staff };
  for (const [name, who, path] of places) {
    await test.step(name, async () => {
      const page = pages[who];
      await page.goto(path);
      if (path.startsWith('/dashboard')) await interactive(page);
      await expect(page.getByRole('heading', { level: 1 }).or(page.getByLabel('Title')).first()).toBeVisible();
      await inspect(page, name);
    });
  }

  await test.step('palette', async () => {
    await admin.goto('/dashboard');
    await interactive(admin);
    await admin.keyboard.press('Control+k');
    await admin.getByRole('combobox').fill('lamp');
    await expect(admin.getByRole('option').first()).toBeVisible();
    await inspect(admin, 'palette');
  });
});
