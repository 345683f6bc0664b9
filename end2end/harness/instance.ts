// One running server with its own port, directory and database, and the command line beside it.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

import { type Database, createDatabase } from './database.ts';

export type Engine = 'sqlite' | 'postgres';
export type Role = 'admin' | 'staff' | 'viewer';

export interface Person {
  email: string;
  name: string;
  password: string;
}

export const PEOPLE: Record<Role, Person> = {
  admin: { email: 'ada@example.com', name: 'Ada Lovelace', password: 'an engine weaves algebra' },
  staff: { email: 'grace@example.com', name: 'Grace Hopper', password: 'a moth is in the relay' },
  viewer: { email: 'mary@example.com', name: 'Mary Somerville', password: 'the connexion of sciences' },
};

const START_LIMIT = 60_000;

export interface Answer {
  code: number | null;
  out: string;
  err: string;
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? done(address.port) : failed(new Error('no port'))));
    });
  });
}

function binary(): string {
  const path = process.env.TIDINGS_BIN;
  if (!path) throw new Error('TIDINGS_BIN is not set: it names the server to test, such as target/release/tidings.');
  return resolve(path);
}

function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((done) => child.once('exit', (code) => done(code)));
}

export class Instance {
  readonly url: string;
  /** Everything the server wrote: for assertions, and for whoever looks at a failed test. */
  log = '';
  /** The one-time link, while nobody has used it. */
  setupLink: string | undefined;

  readonly #port: number;
  readonly #directory: string;
  readonly #database: Database | undefined;
  readonly #environment: Record<string, string>;
  #server: ChildProcess | undefined;

  private constructor(host: string, port: number, directory: string, database: Database | undefined) {
    this.#port = port;
    this.url = `http://${host}:${port}`;
    this.#directory = directory;
    this.#database = database;
    this.#environment = {
      TIDINGS__LOG__FILTER: 'info',
      // The tests sign in and ask more often than people do.
      TIDINGS__LIMITS__API_KEY_PER_MIN: '0',
      TIDINGS__LIMITS__PERSON_PER_MIN: '0',
      TIDINGS__LIMITS__VIEWS_PER_MIN: '0',
      TIDINGS__LIMITS__SEARCH_PER_MIN: '0',
      TIDINGS__LIMITS__REFRESH_PER_15_MIN: '0',
      TIDINGS__LIMITS__LOGIN_PER_15_MIN: '0',
      TIDINGS__LIMITS__LOGIN_PER_ACCOUNT_PER_HOUR: '0',
      TIDINGS__LIMITS__SETUP_PER_HOUR: '0',
      TIDINGS__LIMITS__SECOND_FACTOR_PER_ACCOUNT_PER_15_MIN: '0',
      TIDINGS__LIMITS__PASSKEY_PER_15_MIN: '0',
      TIDINGS__LIMITS__FORGOT_PASSWORD_PER_HOUR: '0',
      TIDINGS__LIMITS__RESET_CHECK_PER_15_MIN: '0',
      TIDINGS__LIMITS__RESET_PER_15_MIN: '0',
      TIDINGS__LIMITS__SSO_PER_15_MIN: '0',
      TIDINGS__LIMITS__REGISTER_PER_HOUR: '0',
      TIDINGS__LIMITS__INVITATION_PER_15_MIN: '0',
      TIDINGS__LIMITS__CLI_PER_15_MIN: '0',
      TIDINGS__LIMITS__CHANGE_PASSWORD_PER_ACCOUNT_PER_15_MIN: '0',
      // Identity providers of tests run on this machine.
      TIDINGS__OUTGOING__ALLOW_PRIVATE: '127.0.0.0/8',
      RUST_BACKTRACE: '1',
    };
    if (host !== '127.0.0.1') this.#environment.TIDINGS__SERVER__BASE_URL = this.url;
    if (database) {
      this.#environment.TIDINGS__DATABASE__URL = database.url;
      this.#environment.TIDINGS__SECRETS__SIGNING_KEY = randomBytes(32).toString('hex');
    }
  }

  /** An empty instance, ready to be set up. `host` is what people call it; it always listens on this machine alone. */
  static async start(engine: Engine, host = '127.0.0.1'): Promise<Instance> {
    const database = engine === 'postgres' ? await createDatabase() : undefined;
    const directory = mkdtempSync(join(tmpdir(), 'tidings-e2e-'));
    const instance = new Instance(host, await freePort(), directory, database);
    try {
      await instance.serve();
    } catch (error) {
      await instance.remove();
      throw error;
    }
    return instance;
  }

  /** Starts the server and waits until it can answer. */
  async serve(): Promise<void> {
    const server = this.#spawn(['serve', '--listen', `127.0.0.1:${this.#port}`]);
    this.#server = server;
    const collect = (chunk: Buffer) => {
      this.log += chunk.toString();
      this.setupLink = /^\s*(http\S+\/setup\?token=\S+)/m.exec(this.log)?.[1] ?? this.setupLink;
    };
    server.stdout?.on('data', collect);
    server.stderr?.on('data', collect);

    const deadline = Date.now() + START_LIMIT;
    const stopped = exitOf(server).then((code) => {
      throw new Error(`The server ended with ${code} instead of starting:\n${this.log}`);
    });
    // Only a reason to stop waiting; later ends are the business of `stop`.
    stopped.catch(() => {});
    while (!(await Promise.race([stopped, this.#isReady()]))) {
      if (Date.now() > deadline) throw new Error(`The server is not ready after ${START_LIMIT} ms:\n${this.log}`);
    }
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/readyz`)).ok;
    } catch {
      // Refused: nobody listens yet. The next turn of the event loop is soon enough to ask again.
      return new Promise((done) => setTimeout(done, 20, false));
    }
  }

  /** Tells the server to stop and gives its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const server = this.#server;
    if (!server) return 0;
    this.#server = undefined;
    const end = exitOf(server);
    server.kill(signal);
    return end;
  }

  /** Sends a signal and does not wait. */
  signal(signal: NodeJS.Signals): void {
    this.#server?.kill(signal);
  }

  /** The exit code, once the server has ended. */
  async ended(): Promise<number | null> {
    const server = this.#server;
    this.#server = undefined;
    return server ? exitOf(server) : 0;
  }

  /** Ends everything and leaves nothing behind. */
  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    await this.#database?.drop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Runs a command of the same binary on the same data. */
  async run(args: string[], input = ''): Promise<Answer> {
    const child = this.#spawn(args);
    // A command that reads nothing may be gone before its input arrives; its exit code tells what matters.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    if (!child.stdout || !child.stderr) throw new Error('no pipes');
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exitOf(child)]);
    return { code, out, err };
  }

  /** As `run`, and gives what the command printed; a failure is an error. */
  async command(args: string[], input = ''): Promise<string> {
    const { code, out, err } = await this.run(args, input);
    if (code !== 0) throw new Error(`tidings ${args.join(' ')} ended with ${code}:\n${err}${out}`);
    return out;
  }

  async createPerson(role: Role): Promise<void> {
    const { email, name, password } = PEOPLE[role];
    await this.command(
      ['user', 'create', '--email', email, '--name', name, '--role', role, '--password-stdin'],
      `${password}\n`
    );
  }

  /** Makes a key on the command line, which prints it once. */
  async createKey(owner: Role, name: string, scopes: string[] = []): Promise<string> {
    const chosen = scopes.flatMap((scope) => ['--scope', scope]);
    const printed = await this.command(['api-key', 'create', '--user', PEOPLE[owner].email, '--name', name, ...chosen]);
    return printed.trim();
  }

  #spawn(args: string[]): ChildProcess {
    // An empty directory and no inherited environment: the binary needs nothing beside it.
    return spawn(binary(), args, { cwd: this.#directory, env: this.#environment, stdio: 'pipe' });
  }
}
