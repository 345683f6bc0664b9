// A site of somebody else, on another origin than the server, for pages that embed the widget.

import { type Server, createServer } from 'node:http';

export interface Page {
  html: string;
  headers?: Record<string, string>;
}

export class Site {
  readonly url: string;
  readonly #server: Server;
  readonly #pages: Map<string, Page>;

  private constructor(server: Server, pages: Map<string, Page>, port: number) {
    this.#server = server;
    this.#pages = pages;
    // Another host name as well as another port, so that neither cookies nor storage are shared.
    this.url = `http://localhost:${port}`;
  }

  static async start(): Promise<Site> {
    const pages = new Map<string, Page>();
    const server = createServer((request, response) => {
      const page = pages.get(request.url ?? '');
      // Browsers ask for an icon by themselves; a site without one says so without an error.
      if (!page) return response.writeHead(request.url === '/favicon.ico' ? 204 : 404).end();
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers });
      return response.end(page.html);
    });
    await new Promise<void>((done) => server.listen(0, 'localhost', done));
    const address = server.address();
    if (!address || typeof address !== 'object') throw new Error('the site has no port');
    return new Site(server, pages, address.port);
  }

  /** Serves a page at `path` and gives its address. */
  serve(path: string, body: string, more: { head?: string; headers?: Record<string, string> } = {}): string {
    const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>${more.head ?? ''}</head><body>${body}</body></html>`;
    this.#pages.set(path, { html, headers: more.headers });
    return this.url + path;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
