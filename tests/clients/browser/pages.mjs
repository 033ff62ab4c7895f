// Walks the pages of a running service with a browser, as people would, and fails on what they would stumble over.
//
//   node pages.mjs MODULES ADDRESS SCREENS PROOF < tokens.json
//
// MODULES is the folder that package.json here was installed in, SCREENS gets pictures of the pages, PROOF the proof that a
// browser downloads. The tokens: {"auditor": …, "operator": …, "approver": …, "assistant": …}.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [modules, address, screens, proof] = process.argv.slice(2);
const tokens = JSON.parse(readFileSync(0, 'utf8'));
const require = createRequire(`${modules}/`);
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1200, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1200, height: 900 } },
  { name: 'narrow', colorScheme: 'light', viewport: { width: 360, height: 740 } },
];

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });

/** A browser of its own, which notes every complaint and every request to elsewhere. */
async function visitor(look = LOOKS[0]) {
  const context = await browser.newContext({ colorScheme: look.colorScheme, viewport: look.viewport, acceptDownloads: true });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== address) page.complaints.push(`asks ${request.url()}`);
  });
  return page;
}

async function signIn(page, token) {
  await page.goto(`${address}/login`);
  await page.getByLabel('Your token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** What every page must be: whole in the window, without complaints, and usable by everybody. */
async function check(page, name) {
  assert.deepEqual(page.complaints, [], name);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wider <= 0, `${name}: ${wider} px wider than the window`);
  await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run({ resultTypes: ['violations'] }));
  const told = found.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html).join(' ')}`);
  assert.deepEqual(told, [], name);
  await page.screenshot({ path: `${screens}/${name}.png`, fullPage: true });
}

async function everyPage(look) {
  const page = await visitor(look);
  await page.goto(`${address}/decisions`);
  assert.equal(new URL(page.url()).pathname, '/login', 'whoever is not signed in is sent to where they can');
  await check(page, `login-${look.name}`);
  await signIn(page, tokens.auditor);
  assert.equal(page.url(), `${address}/`);
  await check(page, `status-${look.name}`);
  await page.getByRole('link', { name: '48 hours' }).click();
  await check(page, `hours-${look.name}`);
  await page.getByRole('link', { name: 'Decisions', exact: true }).click();
  await check(page, `decisions-${look.name}`);
  await page.getByRole('link', { name: 'review', exact: true }).click();
  const outcomes = await page.locator('tbody .outcome').allTextContents();
  assert.ok(outcomes.length > 0 && outcomes.every((outcome) => outcome === 'review'), outcomes.join());
  await page.locator('tbody a').first().click();
  await page.getByRole('button', { name: 'Make it again and compare' }).click();
  await page.getByText('it came out equal, bit for bit').waitFor();
  await check(page, `decision-${look.name}`);
  await page.getByRole('link', { name: 'Sets', exact: true }).click();
  await page.getByText('looser').first().waitFor();
  assert.equal(await page.locator('main form').count(), 0, 'an auditor looks on');
  await check(page, `sets-${look.name}`);
  await page.getByRole('link', { name: 'Modules', exact: true }).click();
  const versions = (await page.locator('tbody th a').allTextContents()).filter((name) => name.startsWith('hostile '));
  assert.deepEqual(versions, ['hostile 1.1.0', 'hostile 1.0.0'], 'the newest first');
  await page.getByText('<b>wrong for merges</b>').waitFor();
  await check(page, `modules-${look.name}`);
  await page.getByRole('link', { name: 'hostile 1.1.0' }).click();
  await page.getByText('Against version 1.0.0').waitFor();
  assert.equal(await page.locator('main form').count(), 0, 'nothing acts here');
  await check(page, `module-${look.name}`);
  await page.goto(`${address}/decisions?id=no-such-suggestion`);
  page.complaints = page.complaints.filter((told) => !told.includes('404'));
  await page.getByText('no decision about the suggestion').waitFor();
  await check(page, `none-${look.name}`);
  await page.context().close();
}

/** A list is turned over page by page, and shows each decision once. */
async function everyDecision() {
  const page = await visitor();
  await signIn(page, tokens.auditor);
  await page.goto(`${address}/decisions`);
  const seen = [];
  for (;;) {
    seen.push(...(await page.locator('tbody a').allTextContents()));
    const older = page.getByRole('link', { name: 'Older' });
    if ((await older.count()) === 0) break;
    await older.click();
  }
  assert.equal(new Set(seen).size, seen.length);
  await page.context().close();
  return seen.length;
}

async function downloads() {
  const page = await visitor();
  await signIn(page, tokens.auditor);
  await page.goto(`${address}/decisions`);
  await page.locator('tbody a').first().click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Get the proof' }).click()]);
  assert.equal(download.suggestedFilename(), 'proof.json');
  await download.saveAs(proof);
  await page.context().close();
}

/** What was suggested is hostile: it is shown as text, and does nothing. */
async function markup() {
  const page = await visitor();
  await signIn(page, tokens.auditor);
  await page.goto(`${address}/decisions?id=${encodeURIComponent(tokens.hostile)}`);
  const text = await page.locator('main').textContent();
  assert.ok(text.includes('<script>alert(1)</script>') && text.includes('"><img src=x onerror=alert(1)>'), text);
  assert.equal(await page.locator('main script, main img, main iframe').count(), 0);
  await check(page, 'hostile');
  await page.context().close();
}

async function roles() {
  const page = await visitor();
  await signIn(page, 'cs_wrong');
  await page.getByRole('alert').getByText('not known here').waitFor();
  await signIn(page, tokens.assistant);
  await page.getByRole('alert').getByText('may not read').waitFor();
  await signIn(page, tokens.operator);
  await page.goto(`${address}/decisions`);
  await page.locator('tbody a').first().click();
  await page.getByText('Your role does not see personal values').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Make it again' }).count(), 0);
  assert.equal(await page.getByRole('link', { name: 'Get the proof' }).count(), 0);
  page.complaints = page.complaints.filter((told) => !told.includes('401'));
  await check(page, 'withheld');
  const cookies = await page.context().cookies();
  assert.deepEqual(cookies.map(({ httpOnly, sameSite }) => [httpOnly, sameSite]), [[true, 'Lax']]);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto(address);
  assert.equal(new URL(page.url()).pathname, '/login');
  await page.context().addCookies(cookies);
  await page.goto(address);
  assert.equal(new URL(page.url()).pathname, '/login', 'a session that was ended stays ended');
  await page.context().close();
}

/** A set comes into force by two people's buttons, and everything is frozen and thawed by another. */
async function sets() {
  const press = async (page, name, reason) => {
    const step = page.locator('form.step').filter({ has: page.getByRole('button', { name }) });
    await step.getByLabel('Why').fill(reason);
    await step.getByRole('button', { name }).click();
  };
  const approver = await visitor();
  await signIn(approver, tokens.approver);
  await approver.goto(`${address}/sets`);
  await press(approver, 'Approve this set', 'looked at it');
  await approver.getByText('1 of 1').waitFor();
  await check(approver, 'sets-approved');
  const operator = await visitor();
  await signIn(operator, tokens.operator);
  await operator.goto(`${address}/sets`);
  await press(operator, 'Bring it into force', 'approved');
  await operator.getByText('Nothing is proposed').waitFor();
  await press(operator, 'Send everything to review', 'complaints');
  await operator.getByText('Everything goes to review').waitFor();
  await check(operator, 'sets-frozen');
  await press(operator, 'End the freeze', 'settled');
  await operator.getByText('Deciding').waitFor();
  await press(operator, 'Go back to the set before', 'worse');
  await operator.getByText('crm-default').first().waitFor();
  await approver.context().close();
  await operator.context().close();
}

/** A page of somebody else, which the browser of somebody who is signed in visits. */
async function elsewhere() {
  const form = `<form method="post" action="${address}/logout" target="there"><button>Win</button></form>
    <form method="post" action="${address}/login"><input name="token" value="x"><button>Enter</button></form>
    <iframe name="there" src="${address}/"></iframe>`;
  const other = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(form));
  await new Promise((ready) => other.listen(0, '127.0.0.1', ready));
  const there = `http://127.0.0.1:${other.address().port}/`;
  const page = await visitor();
  await signIn(page, tokens.auditor);
  await page.goto(there);
  const framed = page.frame({ name: 'there' });
  await page.waitForLoadState('networkidle');
  assert.equal(await framed.locator('main').count(), 0, 'no other page shows ours in a frame');
  await page.getByRole('button', { name: 'Win' }).click();
  await page.waitForLoadState('networkidle');
  await page.getByRole('button', { name: 'Enter' }).click();
  await page.getByText('was not sent from a page of this service').waitFor();
  await page.goto(address);
  assert.equal(page.url(), `${address}/`, 'still signed in: nobody else signs one out');
  // Nor does a script of somebody else read an answer.
  await page.goto(there);
  const read = await page.evaluate(
    (url) => fetch(url, { credentials: 'include' }).then((answer) => answer.text(), () => 'refused'), `${address}/decisions`);
  assert.equal(read, 'refused');
  await page.context().close();
  other.close();
}

for (const look of LOOKS) await everyPage(look);
const decisions = await everyDecision();
await downloads();
await markup();
await roles();
await sets();
await elsewhere();
await browser.close();
console.log(JSON.stringify({ decisions }));
