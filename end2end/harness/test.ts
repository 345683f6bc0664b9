// What every test starts with: a server of its worker, people who are signed in, and a watch over every page.

import {
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  test as base,
  expect,
  request,
} from '@playwright/test';

import { type Engine, Instance, PEOPLE, type Role } from './instance.ts';
import { Rest } from './rest.ts';
import { Site } from './site.ts';
import { Watch } from './watch.ts';

export { expect, PEOPLE };
export type { Engine, Instance, Page, Rest, Role, Site, Watch };

export interface Options {
  engine: Engine;
}

type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

interface WorkerFixtures extends Options {
  /** A server with one person of each role, shared by the tests of a worker: each test makes its own projects. */
  instance: Instance;
  /** With a key of the administrator. */
  rest: Rest;
  sessions: Record<Role, Session>;
}

interface TestFixtures {
  watch: Watch;
  /** An empty server of this test alone. */
  fresh: Instance;
  /** As `fresh`, at a name instead of a bare address, and with a member of staff: passkeys belong to names. */
  named: Instance;
  /** Opens a browser of its own for somebody, signed in or as a stranger. */
  open: (who: Role | 'stranger', options?: BrowserContextOptions) => Promise<Page>;
  /** A page of the administrator. */
  admin: Page;
  /** Somebody else's site. */
  site: Site;
}

async function signIn(instance: Instance, role: Role): Promise<Session> {
  const context = await request.newContext({ baseURL: instance.url });
  const { email, password } = PEOPLE[role];
  const answer = await context.post('/api/auth/login', { data: { email, password } });
  if (!answer.ok()) throw new Error(`${role} cannot sign in: ${answer.status()} ${await answer.text()}`);
  const session = await context.storageState();
  await context.dispose();
  return session;
}

async function stopWell(instance: Instance): Promise<void> {
  const code = await instance.stop();
  const { log } = instance;
  await instance.remove();
  expect(code, `the server stops cleanly:\n${log}`).toBe(0);
  expect(log, 'the server does not panic').not.toContain('panicked');
  expect(log, 'nothing went wrong on the server').not.toMatch(/\bERROR\b/);
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  engine: ['sqlite', { scope: 'worker', option: true }],

  instance: [
    async ({ engine }, use) => {
      const instance = await Instance.start(engine);
      try {
        for (const role of ['admin', 'staff', 'viewer'] as const) await instance.createPerson(role);
        await use(instance);
      } finally {
        await stopWell(instance);
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  rest: [
    async ({ instance }, use) => {
      await use(new Rest(instance, await instance.createKey('admin', 'Tests')));
    },
    { scope: 'worker' },
  ],

  sessions: [
    async ({ instance }, use) => {
      await use({
        admin: await signIn(instance, 'admin'),
        staff: await signIn(instance, 'staff'),
        viewer: await signIn(instance, 'viewer'),
      });
    },
    { scope: 'worker' },
  ],

  // Playwright's own page is a stranger on the worker's server.
  baseURL: async ({ instance }, use) => use(instance.url),

  watch: [
    async ({ instance, context }, use) => {
      const watch = new Watch(instance.url);
      await prepare(context, watch);
      await use(watch);
      watch.check();
    },
    { auto: true },
  ],

  fresh: async ({ engine, watch }, use) => {
    const instance = await Instance.start(engine);
    watch.allowOrigin(instance.url);
    try {
      await use(instance);
    } finally {
      await stopWell(instance);
    }
  },

  named: async ({ engine, watch }, use) => {
    const instance = await Instance.start(engine, 'localhost');
    watch.allowOrigin(instance.url);
    try {
      await instance.createPerson('admin');
      await instance.createPerson('staff');
      await use(instance);
    } finally {
      await stopWell(instance);
    }
  },

  open: async ({ browser, contextOptions, baseURL, viewport, javaScriptEnabled, watch, sessions }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (who, options = {}) => {
      const context = await browser.newContext({
        ...contextOptions,
        baseURL,
        viewport,
        javaScriptEnabled,
        storageState: who === 'stranger' ? undefined : sessions[who],
        ...options,
      });
      contexts.push(context);
      await prepare(context, watch);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },

  admin: async ({ open }, use) => use(await open('admin')),

  site: async ({ watch }, use) => {
    const site = await Site.start();
    watch.allowOrigin(site.url);
    await use(site);
    await site.stop();
  },
});

async function prepare(context: BrowserContext, watch: Watch): Promise<void> {
  await watch.over(context);
  // Tells when the page became interactive: hydration runs in the microtasks after WebAssembly is there, that of the
  // page's part among it, which is asked for in the same way once the first is there.
  await context.addInitScript(() => {
    const { instantiateStreaming } = WebAssembly;
    const { fetch } = window;
    const page = window as unknown as { interactive: Promise<unknown> };
    let waiting = 0;
    window.fetch = (...given: Parameters<typeof fetch>) => {
      if (String(given[0]).endsWith('.wasm')) waiting += 1;
      return fetch(...given);
    };
    page.interactive = new Promise((done) => {
      WebAssembly.instantiateStreaming = async (...given: Parameters<typeof instantiateStreaming>) => {
        const result = await instantiateStreaming(...given);
        waiting -= 1;
        setTimeout(() => requestAnimationFrame(() => setTimeout(() => waiting <= 0 && done(null))));
        return result;
      };
    });
  });
}

/** Waits until scripts have taken the page over. */
export async function interactive(page: Page): Promise<void> {
  await page.evaluate(() => (window as unknown as { interactive: Promise<unknown> }).interactive.then(() => null));
}

/** Opens a page of the dashboard and waits until scripts have taken it over. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await interactive(page);
}

/** A name that no other test uses: tests of one worker share a server. */
export function unique(name: string): string {
  unique.count += 1;
  return `${name} ${process.pid.toString(36)}${unique.count}`;
}
unique.count = 0;

/** The address of the editor of an entry. */
export const editorPath = (project: { id: string }, entry?: { id: string }): string =>
  `/dashboard/projects/${project.id}/changelog/${entry?.id ?? 'new'}`;
