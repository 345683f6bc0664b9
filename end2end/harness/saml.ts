// A SAML provider that we did not write: samlp of npm, with knobs for what a bad one would do.

import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { inflateRawSync } from 'node:zlib';

import samlp from 'samlp';
import { generate } from 'selfsigned';

/** Who signs in at the provider, without being asked. */
export interface Person {
  nameId: string;
  attributes: Record<string, string | string[]>;
}

/** What the provider does wrongly; all off at first. */
export interface Faults {
  /** Signs with a key whose certificate nobody was given. */
  foreignKey?: boolean;
  /** Means another service than the one that asked. */
  audience?: string;
  /** Answers another request. */
  inResponseTo?: string;
  /** Changes the answer after it was signed. */
  tamper?: (xml: string) => string;
}

interface Keys {
  private: string;
  cert: string;
}

const keys = (name: string): Promise<Keys> =>
  generate([{ name: 'commonName', value: name }], { keySize: 2048, algorithm: 'sha256' });

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

export class Saml {
  readonly url: string;
  readonly entityId: string;
  readonly certificate: string;
  person: Person = { nameId: 'nobody', attributes: {} };
  faults: Faults = {};
  /** The last answer, as it was sent. */
  answer = '';

  readonly #server: Server;
  readonly #keys: Keys;
  readonly #foreign: Keys;

  private constructor(server: Server, port: number, own: Keys, foreign: Keys) {
    this.#server = server;
    this.#keys = own;
    this.#foreign = foreign;
    this.url = `http://127.0.0.1:${port}`;
    this.entityId = `${this.url}/metadata`;
    this.certificate = own.cert;
    server.on('request', (req, res) => this.#serve(req, res));
  }

  static async start(): Promise<Saml> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    if (!address || typeof address !== 'object') throw new Error('no port');
    return new Saml(server, address.port, await keys('idp.example'), await keys('elsewhere.example'));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #serve(req: IncomingMessage, res: ServerResponse): void {
    const { pathname, searchParams } = new URL(req.url ?? '/', this.url);
    if (pathname !== '/sso') {
      res.writeHead(404).end();
      return;
    }
    const { person, faults } = this;
    const { private: key, cert } = faults.foreignKey ? this.#foreign : this.#keys;
    const callback = acsOf(searchParams.get('SAMLRequest') ?? '');
    // What Express would have read.
    Object.assign(req, { query: Object.fromEntries(searchParams), body: {} });
    samlp.auth({
      issuer: this.entityId,
      cert,
      key,
      signResponse: false,
      signAssertion: true,
      destination: callback,
      recipient: callback,
      ...(faults.audience && { audience: faults.audience }),
      ...(faults.inResponseTo && { inResponseTo: faults.inResponseTo }),
      getPostURL: (_audience, _request, _req, done) => done(null, callback),
      getUserFromRequest: () => person,
      profileMapper: () => ({
        getClaims: () => person.attributes,
        getNameIdentifier: () => ({ nameIdentifier: person.nameId }),
      }),
      responseHandler: (response, { postUrl }) => {
        const xml = faults.tamper ? faults.tamper(response.toString()) : response.toString();
        this.answer = Buffer.from(xml).toString('base64');
        const field = (name: string, value: string) => `<input type="hidden" name="${name}" value="${escape(value)}">`;
        res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
        res.end(
          `<!doctype html><title>Provider</title><form method="post" action="${escape(postUrl)}">` +
            field('SAMLResponse', this.answer) +
            field('RelayState', searchParams.get('RelayState') ?? '') +
            '<button>Continue</button></form>'
        );
      },
    })(req, res, (error) => {
      res.writeHead(500, { 'content-type': 'text/plain' }).end(String(error?.message ?? 'no answer'));
    });
  }
}

/** Where a request of the HTTP-Redirect binding wants its answer. */
function acsOf(request: string): string {
  const xml = inflateRawSync(Buffer.from(request, 'base64')).toString();
  return /AssertionConsumerServiceURL="([^"]+)"/.exec(xml)?.[1] ?? '';
}
