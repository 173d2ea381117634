// Stories over API v2 as pkapi.js tells them; which one, and about whom, stands on the command line.
const assert = require('node:assert/strict');
const { APIError, DefaultRateLimiter, PKAPI } = require('pkapi.js');

const [story, told] = process.argv.slice(2);
const { url, token, system, guild, member, message, original, sender } = JSON.parse(told);
const api = new PKAPI({ base_url: url, token, debug: false });
const stranger = new PKAPI({ base_url: url, debug: false });
const picture = `${url}/static/icon.svg`;

const names = (found) => [...found.values()].map((one) => one.name);
const refuses = (asking, status, code) =>
  assert.rejects(asking, (error) => {
    assert.ok(error instanceof APIError, String(error));
    assert.deepEqual([error.status, error.code], [status, code]);
    return true;
  });

const stories = {
  async members() {
    const own = await api.getSystem();
    assert.deepEqual([own.id, own.name, Number.isNaN(own.created.valueOf())], [system, 'Foxes', false]);
    assert.equal((await stranger.getSystem({ system })).uuid, own.uuid);
    assert.equal((await stranger.getAccount({ system: sender })).id, system);
    const ann = await own.createMember({
      name: 'Ann',
      display_name: 'Ann the Tall',
      color: '#FF8800',
      birthday: '1990-07-11',
      avatar_url: picture,
      proxy_tags: [{ prefix: 'a:', suffix: '' }],
      privacy: { birthday_privacy: false },
    });
    assert.deepEqual([ann.color, ann.avatar_url, ann.system], ['ff8800', picture, system]);
    assert.deepEqual(ann.proxy_tags, [{ prefix: 'a:', suffix: null }]);
    assert.deepEqual([ann.privacy.birthday_privacy, ann.privacy.visibility], ['private', 'public']);
    ann.description = 'Tall.';
    ann.banner = null;
    await ann.patch();
    const again = await api.getMember({ member: ann.uuid });
    assert.deepEqual([again.id, again.description, again.birthday.getUTCFullYear()], [ann.id, 'Tall.', 1990]);
    assert.equal(again.created.valueOf(), ann.created.valueOf());
    assert.equal((await stranger.getMember({ member: ann.id })).birthday, null);
    const bea = await own.createMember({ name: 'Bea' });
    assert.deepEqual(names(await own.getMembers()), ['Ann', 'Bea']);
    await bea.delete();
    assert.deepEqual(names(await stranger.getMembers({ system })), ['Ann']);
    await refuses(api.getMember({ member: bea.id }), 404, 20002);
    await refuses(new PKAPI({ base_url: url, token: 'x', debug: false }).createMember({ name: 'Cleo' }), 401, '???');
  },

  async groups() {
    const own = await api.getSystem();
    const ann = await own.createMember({ name: 'Ann' });
    const bea = await own.createMember({ name: 'Bea' });
    const tall = await own.createGroup({ name: 'Tall', description: 'All who are.', icon: picture });
    const quiet = await own.createGroup({ name: 'Quiet', privacy: { visibility: false, list_privacy: false } });
    assert.deepEqual([tall.icon, tall.system, tall.privacy.visibility], [picture, system, 'public']);
    tall.color = '00ff00';
    await tall.patch();
    assert.equal((await api.getGroup({ group: tall.id.toUpperCase() })).color, '00ff00');
    assert.deepEqual(names(await tall.addMembers([ann.id, bea.uuid])), ['Ann', 'Bea']);
    assert.deepEqual(names(await tall.removeMembers([ann.id])), ['Bea']);
    assert.deepEqual(names(await tall.setMembers([ann.id])), ['Ann']);
    assert.deepEqual(names(await ann.addGroups([quiet.uuid])), ['Tall', 'Quiet']);
    assert.deepEqual(names(await ann.removeGroups([tall.id])), ['Quiet']);
    assert.deepEqual(names(await ann.setGroups([tall.id, quiet.id])), ['Tall', 'Quiet']);
    const all = await own.getGroups(token, true);
    assert.deepEqual([...all.values()].map((group) => names(group.members)), [['Ann'], ['Ann']]);
    assert.deepEqual(names(await stranger.getGroups({ system })), ['Tall']);
    assert.deepEqual(names(await stranger.getMemberGroups({ member: ann.id })), ['Tall']);
    await refuses(stranger.getGroupMembers({ group: quiet.id }), 403, 30003);
    await quiet.delete();
    await refuses(api.getGroup({ group: quiet.id }), 404, 20004);
  },

  async switches() {
    const own = await api.getSystem();
    assert.equal(await own.getFronters(), undefined);
    const [ann, bea] = [await own.createMember({ name: 'Ann' }), await own.createMember({ name: 'Bea' })];
    const first = await own.createSwitch({ members: [ann.id, bea.id] });
    assert.deepEqual(names(first.members), ['Ann', 'Bea']);
    assert.deepEqual(names((await own.getFronters()).members), ['Ann', 'Bea']);
    const noon = new Date('2021-01-01T12:00:00.000Z');
    assert.equal((await first.patchTimestamp(noon)).timestamp.valueOf(), noon.valueOf());
    await api.patchSwitchMembers({ switch: first.id, members: [bea.id], timestamp: noon });
    assert.deepEqual(names((await api.getSwitch({ switch: first.id })).members), ['Bea']);
    const second = await own.createSwitch({ members: [] });
    assert.deepEqual([...(await own.getSwitches(token)).keys()], [second.id, first.id]);
    const before = await own.getSwitches(token, true, new Date('2021-01-02T00:00:00Z'), 5);
    assert.deepEqual([...before.values()].map((one) => one.members), [[bea.id]]);
    await refuses(own.createSwitch({ members: [] }), 400, 40004);
    await second.delete();
    assert.deepEqual(names((await stranger.getFronters({ system })).members), ['Bea']);
    await refuses(api.getSwitch({ switch: second.id }), 404, 20008);
  },

  async settings() {
    const own = await api.getSystem();
    const ann = await own.createMember({ name: 'Ann' });
    const config = await own.getConfig();
    assert.deepEqual([config.timezone, config.member_limit, config.group_limit], ['UTC', 1000, 250]);
    config.latch_timeout = 600;
    config.member_default_private = true;
    await config.patch();
    const now = await own.getConfig();
    assert.deepEqual([now.latch_timeout, now.member_default_private], [600, true]);

    const server = await api.patchSystemGuildSettings({ guild, tag: '| here', tag_enabled: false, avatar_url: picture });
    assert.deepEqual([server.tag, server.tag_enabled, server.proxying_enabled], ['| here', false, true]);
    server.display_name = 'The Foxes';
    await server.patch();
    const shown = await own.getGuildSettings(guild);
    assert.deepEqual([shown.display_name, shown.tag, shown.avatar_url], ['The Foxes', '| here', picture]);

    const there = await api.patchMemberGuildSettings({ member: ann.id, guild, display_name: 'Annie', keep_proxy: true });
    assert.deepEqual([there.display_name, there.keep_proxy], ['Annie', true]);
    assert.equal((await ann.getGuildSettings(guild)).display_name, 'Annie');

    const autoproxy = await api.patchSystemAutoproxySettings({ guild, autoproxy_mode: 'member', autoproxy_member: ann.id });
    assert.deepEqual([autoproxy.autoproxy_mode, autoproxy.autoproxy_member], ['member', ann.id]);
    autoproxy.autoproxy_mode = 'latch';
    autoproxy.autoproxy_member = null;
    await autoproxy.patch();
    assert.equal((await own.getAutoproxySettings(guild)).autoproxy_mode, 'latch');
  },

  async messages() {
    for (const wanted of [message, original]) {
      const found = await stranger.getMessage({ message: wanted });
      assert.deepEqual([found.id, found.original, found.sender, found.guild], [message, original, sender, guild]);
      assert.deepEqual([found.member.id, found.system.id], [member, system]);
      assert.ok(found.timestamp.valueOf() > 0);
    }
    await refuses(stranger.getMessage({ message: sender }), 404, 20006);
  },

  async hurry() {
    const patient = new PKAPI({ base_url: url, token, debug: false, rate_limiter: new DefaultRateLimiter() });
    for (let asked = 0; asked < 12; asked += 1) assert.equal((await patient.getSystem()).id, system);
  },
};

stories[story]().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
