// Databases of PostgreSQL, one for each server that the tests start.

import { randomBytes } from 'node:crypto';

import pg from 'pg';

export interface Database {
  url: string;
  drop(): Promise<void>;
}

async function ask(admin: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export async function createDatabase(): Promise<Database> {
  const admin = process.env.TIDINGS_TEST_POSTGRES_URL;
  if (!admin) {
    throw new Error(
      'TIDINGS_TEST_POSTGRES_URL is not set: it names a PostgreSQL database whose user may create others. ' +
        '`cargo xtask test` starts one; by hand, `npx playwright test --project sqlite` does without.'
    );
  }
  const name = `tidings_e2e_${randomBytes(8).toString('hex')}`;
  await ask(admin, `CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => ask(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}
