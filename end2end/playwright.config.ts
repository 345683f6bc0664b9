import { existsSync } from 'node:fs';

import { defineConfig, devices } from '@playwright/test';

import type { Options } from './harness/test.ts';

const system = '/usr/bin/chromium';
const browser = process.env.CHROMIUM_PATH ?? (existsSync(system) ? system : undefined);

export default defineConfig<object, Options>({
  testDir: 'tests',
  outputDir: 'test-results',
  // Each worker is a server, a database and a browser; two of them fill two cores.
  workers: 2,
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    // Recording costs a quarter of the time of every test: TIDINGS_TRACE=1 records, and keeps what failed.
    trace: process.env.TIDINGS_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    actionTimeout: 15_000,
    launchOptions: {
      executablePath: browser,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--no-first-run',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'sqlite', testIgnore: '**/no-script.spec.ts', use: { engine: 'sqlite' } },
    {
      name: 'postgres',
      // What happens in the browser alone does not depend on the database.
      testIgnore: [
        'api-docs', 'no-script', 'look', 'keyboard', 'theme', 'unsaved', 'editor', 'markdown',
        'widget', 'widget-forms', 'widget-strict', 'widget-trouble', 'pulled-plug',
      ].map((name) => `**/${name}.spec.ts`),
      // Nor does how a page looks.
      grepInvert: /accessible and fits?\b/,
      use: { engine: 'postgres' },
    },
    { name: 'no-script', testMatch: '**/no-script.spec.ts', use: { engine: 'sqlite', javaScriptEnabled: false } },
  ],
});
