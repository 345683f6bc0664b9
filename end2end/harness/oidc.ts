// An OpenID provider that we did not write: the certified one of npm, with knobs for what a bad one would do.

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';

import Provider from 'oidc-provider';

export const CLIENT = { id: 'tidings', secret: 'a secret between the two' };

/** Who signs in at the provider, without being asked. */
export interface Account {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
  groups?: string[];
}

/** What the provider does wrongly; all off at first. */
export interface Faults {
  /** Signs ID tokens of another sign-in. */
  nonce?: string;
  /** Signs with a key that it does not publish. */
  foreignKey?: boolean;
  /** Changes claims of ID tokens after the fact, and signs them rightly. */
  claims?: Record<string, unknown>;
  /** Leaves whoever asks for a token waiting. */
  silent?: boolean;
}

type Claims = Record<string, unknown>;

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function keyPair(kid: string) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { privateKey, jwk: { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } };
}

export class Oidc {
  readonly url: string;
  account: Account = { sub: 'nobody' };
  faults: Faults = {};

  readonly #server: Server;
  readonly #key = keyPair('published');
  readonly #foreign = keyPair('published');
  readonly #waiting = new Set<ServerResponse>();

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** `callbacks` are the addresses that the client may be sent back to. */
  static async start(callbacks: string[]): Promise<Oidc> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    if (!address || typeof address !== 'object') throw new Error('no port');
    const oidc = new Oidc(server, address.port);
    oidc.#serve(callbacks);
    return oidc;
  }

  #serve(callbacks: string[]): void {
    const provider = new Provider(this.url, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: callbacks,
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
      jwks: { keys: [this.#key.jwk as never] },
      cookies: { keys: [randomBytes(16).toString('hex')] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
      scopes: ['openid', 'email', 'profile', 'groups'],
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context, interaction) => `/enter/${interaction.uid}` },
      findAccount: (_context, sub) => ({
        accountId: sub,
        claims: () => Promise.resolve({ ...this.account, sub } as never),
      }),
    });
    provider.use(async (context, next) => {
      await next();
      const body = context.body as { id_token?: string } | undefined;
      if (context.path === '/token' && body?.id_token) body.id_token = this.#spoiled(body.id_token);
    });
    const answer = provider.callback();
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (this.faults.silent && request.url === '/token') {
        this.#waiting.add(response);
      } else if (request.url?.startsWith('/enter/')) {
        this.#enter(provider, request, response).catch((error: unknown) => {
          response.writeHead(500).end(String(error));
        });
      } else {
        void answer(request, response);
      }
    });
  }

  /** Signs the account in and agrees to everything, as somebody would who was asked. */
  async #enter(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { params } = await provider.interactionDetails(request, response);
    const grant = new provider.Grant({ accountId: this.account.sub, clientId: String(params.client_id) });
    grant.addOIDCScope(String(params.scope));
    const grantId = await grant.save();
    const login = { accountId: this.account.sub, remember: false };
    await provider.interactionFinished(request, response, { login, consent: { grantId } });
  }

  #spoiled(token: string): string {
    const { nonce, foreignKey, claims } = this.faults;
    if (nonce === undefined && !foreignKey && !claims) return token;
    const [head = '', body = ''] = token.split('.');
    const said = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
    const changed = { ...said, ...(nonce === undefined ? {} : { nonce }), ...claims };
    const message = `${head}.${part(changed)}`;
    const key = foreignKey ? this.#foreign.privateKey : this.#key.privateKey;
    return `${message}.${sign('RSA-SHA256', Buffer.from(message), key).toString('base64url')}`;
  }

  async stop(): Promise<void> {
    for (const response of this.#waiting) response.destroy();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

/** A name that only this run has, for accounts at the provider. */
export const sub = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 16);
