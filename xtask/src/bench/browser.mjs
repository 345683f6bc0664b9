// Loads two pages in a browser that has nothing stored, and prints what that took as one line of JSON.
// Arguments: address of the server, path of the public page, a word of its text, e-mail, password.
// The browser is the one of the end-to-end tests, so this runs in their folder.
import { createRequire } from 'node:module';

const { chromium } = createRequire(process.cwd() + '/')('playwright-core');
const [address, page, word, email, password] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH || undefined,
  args: ['--no-sandbox', '--disable-gpu'],
});

async function load(url, state) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, storageState: state });
  const tab = await context.newPage();
  const errors = [];
  tab.on('pageerror', error => errors.push(error.message));
  const network = await context.newCDPSession(tab);
  let requests = 0;
  let bytes = 0;
  network.on('Network.requestWillBeSent', event => {
    if (!event.request.url.startsWith('data:')) requests += 1;
  });
  // What came over the wire, with the heads of the answers.
  network.on('Network.loadingFinished', event => (bytes += event.encodedDataLength));
  await network.send('Network.enable');
  await network.send('Network.setCacheDisabled', { cacheDisabled: false });
  const first = await tab.goto(url, { waitUntil: 'load' });
  await tab.waitForLoadState('networkidle');
  const paint = await tab.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
  const text = await first.text();
  await context.close();
  return { requests, bytes, paint, text, errors };
}

const reader = await load(address + page);
const context = await browser.newContext();
const tab = await context.newPage();
await tab.goto(address + '/login', { waitUntil: 'networkidle' });
await tab.locator('input[name=email]').fill(email);
await tab.locator('input[name=password]').fill(password);
await tab.locator('input[name=password]').press('Enter');
await tab.waitForURL('**/dashboard');
const state = await context.storageState();
await context.close();
const home = await load(address + '/dashboard', state);
await browser.close();

const figures = ({ requests, bytes, paint, errors }) => ({ requests, bytes, paint, errors });
const hasText = reader.text.includes(word);
console.log(JSON.stringify({ reader: figures(reader), home: figures(home), has_text: hasText }));
