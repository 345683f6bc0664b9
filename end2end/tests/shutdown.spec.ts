// Stopping the server loses nothing.

import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { Rest } from '../harness/rest.ts';
import { expect, test } from '../harness/test.ts';

test('a request in flight finishes after SIGTERM, and what was saved is there after a restart', async ({ fresh }) => {
  await fresh.createPerson('admin');
  const key = await fresh.createKey('admin', 'Shutdown');
  const rest = new Rest(fresh, key);
  const project = await rest.createProject('Last boat');
  const body = JSON.stringify({ title: 'Just in time', content: 'Aboard.' });

  const { hostname, port } = new URL(fresh.url);
  const socket = connect(Number(port), hostname);
  const asked = new Promise<string>((done) => socket.once('data', (chunk) => done(chunk.toString())));
  socket.write(
    `POST /api/projects/${project.id}/changelog HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${key}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n`
  );
  // The server asks for the body, so it is in the middle of this request.
  expect(await asked).toMatch(/^HTTP\/1\.1 100/);
  fresh.signal('SIGTERM');
  await expect.poll(() => fresh.log).toContain('Stopping');
  socket.write(body);
  expect(await text(socket)).toContain('HTTP/1.1 201');
  expect(await fresh.ended()).toBe(0);

  await fresh.serve();
  expect(await rest.listEntries(project)).toMatchObject([{ title: 'Just in time' }]);
});
