// Every page in light and dark, wide and narrow: no violation of accessibility rules, nothing wider than the screen,
// and a picture in `test-results/pages` for whoever reviews the look.

import { generate } from '../harness/changelog.ts';
import { inspect } from '../harness/look.ts';
import { expect, interactive, test, unique } from '../harness/test.ts';
import { keepWidget } from '../harness/widget.ts';

interface Place {
  name: string;
  who: 'admin' | 'stranger';
  path: string;
  /** The dashboard takes its pages over; readers' pages have no script. */
  isDashboard: boolean;
}

test('every page is accessible and fits', async ({ fresh, open, rest, watch }) => {
  test.setTimeout(300_000);
  watch.allow(/status of 404/);
  const project = await rest.createProject(unique('Observatory'), {
    description: 'What the sky did, newest first',
    color: '#7347b8',
    defaultTags: ['Feature'],
  });
  const changelog = generate(6);
  const written = await rest.publishNew(project, {
    title: 'Die Benachrichtigungseinstellungen für Veröffentlichungszeitpläne werden jetzt zuverlässig gesichert',
    content: `${changelog.text}\n\n> [!WARNING]\n> Wrap the lens.\n\n\`\`\`sh\necho a-line-that-is-much-longer-than-a-small-screen-can-show --with --many --options\n\`\`\`\n\n- [ ] open\n- [x] done\n\n[^1]: A note.\n\nText[^1].`,
    version: '2.0.0',
    tags: ['Feature', 'Fix', 'Security', 'Docs'],
  });
  await rest.publishNew(project, { title: 'بحث أسرع', content: 'في الإصدار 18.19.0', version: '1.9' });
  await rest.createEntry(project, { title: 'A draft', content: 'Not yet.' });
  const widget = await keepWidget(rest, project, { name: 'Start page', variant: 'floating' });
  const month = new Date().toISOString().slice(0, 7).replace('-', '/');
  const empty = await rest.createProject(unique('Empty'), { isPublic: false });
  const at = (rest: string) => `/dashboard/projects/${project.id}${rest}`;
  const places: Place[] = [
    { name: 'login', who: 'stranger', path: '/login', isDashboard: true },
    { name: 'setup', who: 'stranger', path: fresh.setupLink ?? '', isDashboard: true },
    { name: 'setup-needed', who: 'stranger', path: `${fresh.url}/setup`, isDashboard: true },
    { name: 'home', who: 'admin', path: '/dashboard', isDashboard: true },
    { name: 'projects', who: 'admin', path: '/dashboard/projects', isDashboard: true },
    { name: 'project-new', who: 'admin', path: '/dashboard/projects/new', isDashboard: true },
    { name: 'overview', who: 'admin', path: at(''), isDashboard: true },
    { name: 'overview-empty', who: 'admin', path: `/dashboard/projects/${empty.id}`, isDashboard: true },
    { name: 'entries', who: 'admin', path: at('/changelog'), isDashboard: true },
    { name: 'entries-nothing-found', who: 'admin', path: at('/changelog?q=zzzz'), isDashboard: true },
    { name: 'editor', who: 'admin', path: at(`/changelog/${written.id}`), isDashboard: true },
    { name: 'editor-new', who: 'admin', path: at('/changelog/new'), isDashboard: true },
    { name: 'import', who: 'admin', path: at('/import'), isDashboard: true },
    { name: 'feeds', who: 'admin', path: at('/feeds'), isDashboard: true },
    { name: 'widgets', who: 'admin', path: at('/widgets'), isDashboard: true },
    { name: 'widgets-none', who: 'admin', path: `/dashboard/projects/${empty.id}/widgets`, isDashboard: true },
    { name: 'widget-edit', who: 'admin', path: at(`/widgets/${widget.id}`), isDashboard: true },
    { name: 'settings', who: 'admin', path: at('/settings'), isDashboard: true },
    { name: 'settings-access', who: 'admin', path: at('/settings/access'), isDashboard: true },
    { name: 'settings-look', who: 'admin', path: at('/settings/look'), isDashboard: true },
    { name: 'settings-tags', who: 'admin', path: at('/settings/tags'), isDashboard: true },
    { name: 'settings-templates', who: 'admin', path: at('/settings/templates'), isDashboard: true },
    { name: 'settings-templates-new', who: 'admin', path: at('/settings/templates?new=1'), isDashboard: true },
    { name: 'settings-tags-new', who: 'admin', path: at('/settings/tags?new=1'), isDashboard: true },
    { name: 'settings-danger', who: 'admin', path: at('/settings/danger'), isDashboard: true },
    { name: 'calendar', who: 'admin', path: at('/calendar'), isDashboard: true },
    { name: 'calendar-list', who: 'admin', path: at('/calendar?view=list'), isDashboard: true },
    { name: 'admin-jobs', who: 'admin', path: '/dashboard/admin/jobs', isDashboard: true },
    { name: 'admin-mail', who: 'admin', path: '/dashboard/admin/mail', isDashboard: true },
    { name: 'admin-settings', who: 'admin', path: '/dashboard/admin/settings', isDashboard: true },
    { name: 'gallery', who: 'admin', path: '/dashboard/gallery', isDashboard: true },
    { name: 'not-found', who: 'admin', path: '/dashboard/nowhere', isDashboard: true },
    { name: 'public-list', who: 'stranger', path: `/changelog/${project.slug}`, isDashboard: false },
    {
      name: 'public-entry',
      who: 'stranger',
      path: `/changelog/${project.slug}/${written.slug}`,
      isDashboard: false,
    },
    {
      name: 'public-nothing-found',
      who: 'stranger',
      path: `/changelog/${project.slug}?q=zzzz`,
      isDashboard: false,
    },
    { name: 'public-tag', who: 'stranger', path: `/changelog/${project.slug}/tags/fix`, isDashboard: false },
    { name: 'public-archive', who: 'stranger', path: `/changelog/${project.slug}/archive`, isDashboard: false },
    {
      name: 'public-archive-month',
      who: 'stranger',
      path: `/changelog/${project.slug}/archive/${month}`,
      isDashboard: false,
    },
    { name: 'public-missing', who: 'stranger', path: '/changelog/no-such-project', isDashboard: false },
    // By now the visits above have been counted.
    { name: 'overview-read', who: 'admin', path: at(''), isDashboard: true },
  ];
  const pages = { admin: await open('admin'), stranger: await open('stranger') };
  for (const { name, who, path, isDashboard } of places) {
    await test.step(name, async () => {
      const page = pages[who];
      await page.goto(path);
      if (isDashboard) await interactive(page);
      await expect(page.getByRole('heading', { level: 1 }).or(page.getByLabel('Title')).first()).toBeVisible();
      await inspect(page, name);
    });
  }

  await test.step('import preview', async () => {
    await pages.admin.goto(at('/import'));
    await interactive(pages.admin);
    await pages.admin.getByRole('textbox', { name: 'Changelog' }).fill(changelog.text);
    await pages.admin.getByRole('button', { name: 'Preview' }).click();
    await expect(pages.admin.getByRole('heading', { name: 'What would happen' })).toBeVisible();
    await inspect(pages.admin, 'import-preview');
  });

  await test.step('delete dialog', async () => {
    await pages.admin.goto(at('/settings/danger'));
    await interactive(pages.admin);
    await pages.admin.getByRole('button', { name: 'Delete project' }).click();
    await expect(pages.admin.getByRole('dialog')).toBeVisible();
    await inspect(pages.admin, 'settings-delete');
  });
});
