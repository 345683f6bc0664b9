// The badge tells the truth: published after the newest entry this reader has had on screen. A table against the server.

import type { Project, Rest } from '../harness/rest.ts';
import { type Page, expect, test, unique } from '../harness/test.ts';
import { tagOf } from '../harness/widget.ts';

interface Bench {
  rest: Rest;
  project: Project;
  page: Page;
  visit: () => Promise<void>;
  look: () => Promise<void>;
  publish: (title: string, at?: string) => Promise<string>;
}

const old = (day: number) => `2026-01-${String(day).padStart(2, '0')}T09:00:00Z`;

/** What happens, and what the badge shows then. Every bench starts with two entries and a reader who was never here. */
const CASES: [string, number | string, (bench: Bench) => Promise<void>][] = [
  ['a first visit is silent', 0, async ({ visit }) => visit()],
  ['an entry after the first visit counts', 1, async ({ visit, publish }) => {
    await visit();
    await publish('New');
    await visit();
  }],
  ['three entries count as three', 3, async ({ visit, publish }) => {
    await visit();
    for (const title of ['A', 'B', 'C']) await publish(title);
    await visit();
  }],
  ['a visit that does not look changes nothing', 1, async ({ visit, publish }) => {
    await visit();
    await publish('New');
    await visit();
    await visit();
  }],
  ['looking clears it', 0, async ({ visit, publish, look }) => {
    await visit();
    await publish('New');
    await visit();
    await look();
  }],
  ['what was seen stays seen after a reload', 0, async ({ visit, publish, look }) => {
    await visit();
    await publish('New');
    await visit();
    await look();
    await visit();
  }],
  ['after looking only what came later counts', 1, async ({ visit, publish, look }) => {
    await visit();
    await publish('New');
    await visit();
    await look();
    await publish('Newer');
    await visit();
  }],
  ['an entry written long ago and published now counts', 1, async ({ rest, project, visit }) => {
    const draft = await rest.createEntry(project, { title: 'Slow', content: 'Slow.' });
    await visit();
    await rest.publish(project, draft.id);
    await visit();
  }],
  ['an entry published with a date of the past does not count', 0, async ({ visit, publish }) => {
    await visit();
    await publish('Late', old(1));
    await visit();
  }],
  ['a draft does not count', 0, async ({ rest, project, visit }) => {
    await visit();
    await rest.createEntry(project, { title: 'Draft', content: 'Draft.' });
    await visit();
  }],
  ['an entry that is no longer public does not count', 0, async ({ rest, project, visit, publish }) => {
    await visit();
    const id = await publish('New');
    await rest.send('PATCH', `/api/projects/${project.id}/changelog/${id}`, { action: 'unpublish' });
    await visit();
  }],
  ['taking the newest seen entry back makes nothing new', 0, async ({ rest, project, visit, publish, look }) => {
    await visit();
    const id = await publish('New');
    await visit();
    await look();
    await rest.send('PATCH', `/api/projects/${project.id}/changelog/${id}`, { action: 'unpublish' });
    await visit();
  }],
  ['an edited entry does not count again', 0, async ({ rest, project, visit, publish, look }) => {
    await visit();
    const id = await publish('New');
    await visit();
    await look();
    await rest.send('PUT', `/api/projects/${project.id}/changelog/${id}`, { title: 'Newer', content: 'Better.' });
    await visit();
  }],
  ['ten entries show as 9+', '9+', async ({ visit, publish }) => {
    await visit();
    for (let number = 0; number < 10; number += 1) await publish(`Number ${number}`);
    await visit();
  }],
  ['nine entries show as nine', 9, async ({ visit, publish }) => {
    await visit();
    for (let number = 0; number < 9; number += 1) await publish(`Number ${number}`);
    await visit();
  }],
  ['another tab that looks clears it here', 0, async ({ page, visit, publish }) => {
    await visit();
    await publish('New');
    await visit();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByRole('button', { name: "What's new" }).click();
    await expect(other.getByRole('dialog').getByRole('listitem').first()).toBeVisible();
    await expect(page.locator('b')).toBeHidden();
    await other.close();
  }],
  ['the mark only moves forward', 0, async ({ page, project, visit, look }) => {
    await visit();
    await page.evaluate((id) => localStorage.setItem(`tidings-seen-${id}`, '2999-01-01T00:00:00.000Z|z'), project.id);
    await visit();
    await look();
    const mark = await page.evaluate((id) => localStorage.getItem(`tidings-seen-${id}`), project.id);
    expect(mark).toBe('2999-01-01T00:00:00.000Z|z');
  }],
  ['a mark that is nonsense is a first visit', 0, async ({ page, project, visit }) => {
    await visit();
    await page.evaluate((id) => localStorage.setItem(`tidings-seen-${id}`, '{"a":'), project.id);
    await visit();
  }],
  ['of two entries of one moment both are seen together', 0, async ({ visit, publish, look }) => {
    await visit();
    const now = new Date(Date.now() - 1000).toISOString();
    await publish('One', now);
    await publish('Two', now);
    await visit();
    await look();
    await visit();
  }],
  ['an empty project that gets its first entry has one', 1, async ({ rest, project, visit, publish }) => {
    for (const entry of await rest.listEntries(project))
      await rest.send('PATCH', `/api/projects/${project.id}/changelog/${entry.id}`, { action: 'unpublish' });
    await visit();
    await publish('First');
    await visit();
  }],
  ['the count follows the storage of the reader, not the browser of somebody else', 0, async ({ page, visit, publish }) => {
    await visit();
    await publish('New');
    await page.evaluate(() => localStorage.clear());
    await visit();
  }],
];

for (const [what, expected, play] of CASES) {
  test(what, async ({ instance, open, rest, site }) => {
    const project = await rest.createProject(unique('Marks'));
    const publish = async (title: string, at?: string) =>
      (await rest.publishNew(project, { title, content: `${title}.` }, at)).id;
    await publish('Older', old(2));
    await publish('Old', old(3));
    const page = await open('stranger');
    const path = site.serve('/', `<h1>Shop</h1>${tagOf(instance, project, 'data-variant="floating"')}`);
    const visit = async () => {
      const answered = page.waitForResponse((answer) => answer.url().includes('/unread'));
      await page.goto(path);
      await (await answered).finished();
      // The answer has been counted when the task after it is done.
      await page.evaluate(() => new Promise((done) => setTimeout(() => setTimeout(done))));
    };
    const look = async () => {
      await page.getByRole('button', { name: "What's new" }).click();
      await expect(page.getByRole('dialog').getByRole('listitem').first()).toBeVisible();
      await page.keyboard.press('Escape');
    };
    await play({ rest, project, page, visit, look, publish });
    const badge = page.locator('b');
    if (expected === 0) await expect(badge).toBeHidden();
    else await expect(badge.locator('span')).toHaveText(String(expected));
  });
}

test('the latest entry is new on a first visit where the page wants that', async ({ instance, open, rest, site }) => {
  const project = await rest.createProject(unique('Marks'));
  for (const day of [1, 2, 3]) await rest.publishNew(project, { title: `Day ${day}`, content: 'x' }, old(day));
  const page = await open('stranger');
  await page.goto(site.serve('/', tagOf(instance, project, 'data-popup="true" data-first-visit="latest"')));
  await expect(page.locator('b').locator('span')).toHaveText('1');
});

test('blocked storage breaks nothing, and looking clears the count of the page', async ({
  instance,
  open,
  rest,
  site,
}) => {
  const project = await rest.createProject(unique('Marks'));
  for (const day of [1, 2]) await rest.publishNew(project, { title: `Day ${day}`, content: 'x' }, old(day));
  const page = await open('stranger');
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('blocked', 'SecurityError');
      },
    });
  });
  await page.goto(site.serve('/', tagOf(instance, project, 'data-popup="true" data-first-visit="latest"')));
  await expect(page.locator('b').locator('span')).toHaveText('1');
  await page.getByRole('button', { name: "What's new" }).click();
  await expect(page.getByRole('dialog').getByRole('listitem')).toHaveCount(2);
  await expect(page.locator('b')).toBeHidden();
});

test('apps without a browser get the same count', async ({ instance, rest }) => {
  const project = await rest.createProject(unique('Marks'));
  const first = await rest.publishNew(project, { title: 'One', content: 'x' }, old(1));
  await rest.publishNew(project, { title: 'Two', content: 'x' }, old(2));
  const ask = async (query: string) => {
    const answer = await fetch(`${instance.url}/api/changelog/${project.id}/unread${query}`);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    return (await answer.json()) as { count: number; latest: { title: string } };
  };
  expect(await ask('')).toMatchObject({ count: 2, latest: { title: 'Two' } });
  expect(await ask(`?since=${first.id}`)).toMatchObject({ count: 1 });
  expect(await ask(`?since=${encodeURIComponent(first.publishedAt ?? '')}`)).toMatchObject({ count: 1 });
});
