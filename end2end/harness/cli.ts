// The program as a client: a person's own machine, with a home of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

import type { Answer } from './instance.ts';

export class Machine {
  readonly #home = mkdtempSync(join(tmpdir(), 'tidings-home-'));
  readonly #running = new Set<ChildProcess>();

  #spawn(args: string[]): ChildProcess {
    const binary = process.env.TIDINGS_BIN;
    if (!binary) throw new Error('TIDINGS_BIN is not set.');
    const child = spawn(resolve(binary), args, {
      cwd: this.#home,
      env: { HOME: this.#home, HOSTNAME: 'marvin' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return child;
  }

  async run(...args: string[]): Promise<Answer> {
    const child = this.#spawn(args);
    child.stdin?.end();
    const code = new Promise<number | null>((done) => child.once('exit', done));
    const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
    return { code: await code, out, err };
  }

  /** Begins `tidings login`; gives the address to open, and what comes of it. */
  async login(host: string): Promise<{ address: string; end: Promise<Answer> }> {
    const child = this.#spawn(['login', '--host', host, '--no-browser']);
    const code = new Promise<number | null>((done) => child.once('exit', done));
    const out = text(child.stdout!);
    let err = '';
    const address = await new Promise<string>((done, failed) => {
      child.stderr!.on('data', (chunk: Buffer) => {
        err += chunk.toString();
        const found = /^\s*(http\S+\/cli\/auth\?\S+)/m.exec(err);
        if (found?.[1]) done(found[1]);
      });
      child.once('exit', () => failed(new Error(`No address was printed:\n${err}`)));
    });
    const end = (async () => ({ code: await code, out: await out, err }))();
    return { address, end };
  }

  remove(): void {
    for (const child of this.#running) child.kill();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** Where a program waits for the browser. */
export function callbackOf(address: string): string {
  return new URL(new URL(address).searchParams.get('callback') ?? 'about:blank').origin;
}
