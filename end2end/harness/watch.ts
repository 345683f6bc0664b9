// What no page may do: log errors, throw, break its policy, or speak to anybody but us.

import { type BrowserContext, expect } from '@playwright/test';

export class Watch {
  readonly #problems: string[] = [];
  readonly #allowed: RegExp[] = [];
  readonly #origins = new Set<string>();

  constructor(...origins: string[]) {
    for (const origin of origins) this.allowOrigin(origin);
  }

  /** Pages of this origin may be asked, too. */
  allowOrigin(url: string): void {
    this.#origins.add(new URL(url).origin);
  }

  /** A problem that the test causes on purpose. Browsers log every answer from 400 upwards as an error. */
  allow(...patterns: RegExp[]): void {
    this.#allowed.push(...patterns);
  }

  async over(context: BrowserContext): Promise<void> {
    const note = (problem: string) => {
      if (!this.#allowed.some((pattern) => pattern.test(problem))) this.#problems.push(problem);
    };
    context.on('console', (message) => {
      const text = message.text();
      // Leptos reports a mismatch between the two sides as a warning or as a panic.
      if (message.type() === 'error' || /hydrat|panicked|Content.Security.Policy/i.test(text)) {
        note(`console ${message.type()} on ${message.page()?.url()}: ${text} (${message.location().url})`);
      }
    });
    context.on('weberror', (error) => note(`uncaught on ${error.page()?.url()}: ${error.error().message}`));
    context.on('dialog', (dialog) => {
      if (dialog.type() !== 'beforeunload') note(`dialog: ${dialog.message()}`);
    });
    // Nothing that a test does may leave this machine.
    await context.route(
      (url) => /^https?:$/.test(url.protocol) && !this.#origins.has(url.origin),
      (route) => {
        note(`foreign request: ${route.request().url()}`);
        return route.abort();
      }
    );
  }

  /** Fails when there was a problem. */
  check(): void {
    expect(this.#problems, 'problems that the browser reported').toEqual([]);
  }
}
