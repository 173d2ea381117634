// What the functions of use-lanyard, @prequist/lanyard and react-use-lanyard get, set and are refused.
const assert = require('node:assert/strict');

const [story, told] = process.argv.slice(2);
const { host, user, nobody, token, presence } = JSON.parse(told);
require('./browser.cjs')(host);
const { LanyardError, get } = require('use-lanyard');
const types = require('@prequist/lanyard');
const other = require('react-use-lanyard');

const options = { api: { hostname: host, secure: false } };
const pairs = async () => (await get(user, options)).data.kv;

const stories = {
  async reading() {
    assert.deepEqual(await get(user, options), { success: true, data: presence });
    assert.deepEqual(await types.get(user), presence);
    const missing = await get(nobody, options);
    assert.ok(missing.error instanceof LanyardError);
    assert.deepEqual([missing.success, missing.error.code], [false, 404]);
    assert.match(missing.error.message, /^User is not being monitored by Lanyard/);
    assert.equal(missing.error.body.error.code, 'user_not_monitored');
    await assert.rejects(types.get(nobody), types.LanyardHTTPError);
  },

  async pairs() {
    const own = { apiKey: token, userId: user, key: 'city', apiUrl: host };
    assert.equal((await other.set({ ...own, value: 'Bern 🦊' })).status, 204);
    assert.deepEqual(await pairs(), { city: 'Bern 🦊' });
    const refused = await other.set({ ...own, apiKey: 'wrong', value: 'Basel' });
    assert.deepEqual([refused.status, (await refused.json()).error.code], [401, 'no_permission']);
    assert.deepEqual(await pairs(), { city: 'Bern 🦊' });
    assert.equal((await other.del(own)).status, 204);
    assert.deepEqual(await pairs(), {});
  },
};

stories[story]().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
