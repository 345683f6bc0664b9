// What we use of samlp, which brings no types of its own.
declare module 'samlp' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface Options {
    issuer: string;
    cert: string;
    key: string;
    signResponse?: boolean;
    signAssertion?: boolean;
    inResponseTo?: string;
    destination?: string;
    recipient?: string;
    audience?: string;
    getPostURL(audience: string, request: unknown, req: IncomingMessage, done: (error: null, url: string) => void): void;
    getUserFromRequest(req: IncomingMessage): object;
    profileMapper: (user: never) => {
      getClaims(): Record<string, unknown>;
      getNameIdentifier(): { nameIdentifier: string; nameIdentifierFormat?: string };
    };
    responseHandler(response: Buffer, options: { postUrl: string }, req: IncomingMessage, res: ServerResponse): void;
  }

  function auth(options: Options): (req: IncomingMessage, res: ServerResponse, next: (error?: Error) => void) => void;
  export default { auth };
}
