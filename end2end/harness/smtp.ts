// A mail server that somebody else wrote (smtp-server), and a reader of letters (mailparser).

import type { APIRequestContext } from '@playwright/test';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Letter {
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string;
  mail: ParsedMail;
}

export interface SmtpOptions {
  /** How the server encrypts; with a certificate for `localhost` that nobody signed. */
  tls?: 'none' | 'starttls' | 'implicit';
  user?: string;
  password?: string;
}

/** Of a server called `localhost`. It guards nothing: its key is here for everybody to read. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBZDCCAQqgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBVtZnCpPUz8+u2s
+GFrLnQWR6B6n+MN83deNQ7Y4OB3xzMxvzGpk3WGyAPLjh0tNi2iXGUQLlylh2Nf
9RFhEmKjSzBJMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAMBgNVHRMBAf8E
AjAAMB0GA1UdDgQWBBQpsXgS9+buAQeSv709VPUTsdclLzAKBggqhkjOPQQDAgNI
ADBFAiEAntX2Q45mA9JCXLxSn6bO/j2J2q2oAnFziw6BJqnFatgCIFiPPVjFmYz8
pkum9hsgdtM9k3eaWWCsUHq5Rr/LcHLO
-----END CERTIFICATE-----`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi7l10nOho9Uo0cWe
1bJFlBaBw+Nl4ESta5sYT4yjoIahRANCAAQVbWZwqT1M/PrtrPhhay50Fkegep/j
DfN3XjUO2ODgd8czMb8xqZN1hsgDy44dLTYtolxlEC5cpYdjX/URYRJi
-----END PRIVATE KEY-----`;

/** How long a letter may take from the outbox to here. */
const PATIENCE = 15_000;

export class Smtp {
  readonly letters: Letter[] = [];
  /** Addresses that the server refuses, and with what. */
  readonly refused = new Map<string, string>();
  readonly options: Required<SmtpOptions>;
  readonly #server: SMTPServer;
  #port = 0;
  #waiting: (() => void)[] = [];

  private constructor(options: SmtpOptions) {
    this.options = { tls: options.tls ?? 'none', user: options.user ?? '', password: options.password ?? '' };
    const { tls, user, password } = this.options;
    const settings: SMTPServerOptions = {
      secure: tls === 'implicit',
      cert: CERTIFICATE,
      key: KEY,
      disabledCommands: tls === 'starttls' ? [] : ['STARTTLS'],
      authOptional: user === '',
      allowInsecureAuth: tls === 'none',
      onAuth: ({ username, password: given }, _session, done) => {
        if (username === user && given === password) done(null, { user });
        else done(Object.assign(new Error('Invalid username or password'), { responseCode: 535 }));
      },
      onRcptTo: ({ address }, _session, done) => {
        const reason = this.refused.get(address);
        done(reason ? Object.assign(new Error(reason), { responseCode: 550 }) : null);
      },
      onData: (stream, session, done) => {
        simpleParser(stream).then((mail) => {
          const to = session.envelope.rcptTo.map(({ address }) => address).join(', ');
          const from = mail.from?.text ?? '';
          const html = typeof mail.html === 'string' ? mail.html : '';
          this.letters.push({ to, from, subject: mail.subject ?? '', text: mail.text ?? '', html, mail });
          for (const wake of this.#waiting.splice(0)) wake();
          done();
        }, done);
      },
    };
    this.#server = new SMTPServer(settings);
    // A client that finds the certificate wanting hangs up; that is its good right.
    this.#server.on('error', () => {});
  }

  static async start(options: SmtpOptions = {}): Promise<Smtp> {
    const smtp = new Smtp(options);
    await new Promise<void>((done) => smtp.#server.listen(0, '127.0.0.1', done));
    const address = smtp.#server.server.address();
    if (!address || typeof address !== 'object') throw new Error('The mail server has no port.');
    smtp.#port = address.port;
    return smtp;
  }

  get port(): number {
    return this.#port;
  }

  async stop(): Promise<void> {
    await new Promise<void>((done) => this.#server.close(done));
  }

  /** Makes this the mail server of an instance, on behalf of a signed-in administrator: `page.request` has the cookies. */
  async serveFor(administrator: APIRequestContext, url: string, more: Record<string, unknown> = {}): Promise<void> {
    const { tls, user, password } = this.options;
    const answer = await administrator.post(`${url}/api/admin/config/system-email`, {
      headers: { origin: url },
      data: {
        smtpHost: tls === 'none' ? '127.0.0.1' : 'localhost',
        smtpPort: this.port,
        smtpUser: user,
        smtpPassword: password,
        tlsMode: tls,
        allowInvalidCert: tls !== 'none',
        systemEmail: 'changes@tidings.example',
        ...more,
      },
    });
    if (!answer.ok()) throw new Error(`The mail server was not set: ${answer.status()} ${await answer.text()}`);
  }

  /** The next letter to somebody: one that is here already, or the one that comes. Each is given once. */
  async letterTo(to: string): Promise<Letter> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const at = this.letters.findIndex((letter) => letter.to === to);
      const letter = this.letters[at];
      if (letter) {
        this.letters.splice(at, 1);
        return letter;
      }
      const left = deadline - Date.now();
      if (left <= 0) {
        const others = this.letters.map((other) => `${other.to}: ${other.subject}`).join('; ') || 'none';
        throw new Error(`No letter to ${to} within ${PATIENCE} ms; others: ${others}`);
      }
      await new Promise<void>((wake) => {
        this.#waiting.push(wake);
        setTimeout(wake, left);
      });
    }
  }
}

/** The first link of a letter that leads to a path which begins like this. */
export function linkIn(letter: Letter, path: string): string {
  const links = letter.text.match(/https?:\/\/\S+/g) ?? [];
  const link = links.find((one) => new URL(one).pathname.startsWith(path));
  if (!link) throw new Error(`No link to ${path} in:\n${letter.text}`);
  return link;
}
