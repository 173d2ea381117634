// Stories over API v2 as pkapi-ts tells them; which one, and about whom, stands on the command line.
const assert = require('node:assert/strict');
const { default: Client } = require('pkapi-ts');
const { APIError } = require('pkapi-ts/errors');

const [story, told] = process.argv.slice(2);
const { url, token, system, guild, member, message, original, sender } = JSON.parse(told);
const api = new Client(token, false, url);
const stranger = new Client(null, false, url);

const names = (found) => found.map((one) => one.name);
const refuses = (asking, status, code) =>
  assert.rejects(asking, (error) => {
    assert.ok(error instanceof APIError, String(error));
    assert.deepEqual([error.status, error.code], [status, code]);
    return true;
  });

const stories = {
  async members() {
    const own = await api.getSystem('@me');
    assert.deepEqual([own.id, own.name, own.privacy.frontPrivacy], [system, 'Foxes', 'public']);
    const renamed = await api.updateSystem('@me', { description: 'Many.', avatarUrl: 'https://example.com/a.png' });
    assert.deepEqual([renamed.description, renamed.name], ['Many.', 'Foxes']);
    const seen = await stranger.getSystem(own.uuid);
    assert.deepEqual([seen.avatarUrl, seen.privacy, seen.webhookUrl], ['https://example.com/a.png', null, undefined]);
    const ann = await api.createMember({
      name: 'Ann',
      color: 'ff8800',
      birthday: { year: null, month: 2, day: 29 },
      proxyTags: [{ prefix: 'a:', suffix: null }],
      privacy: {
        visibility: 'public',
        namePrivacy: 'public',
        descriptionPrivacy: 'private',
        bannerPrivacy: 'public',
        birthdayPrivacy: 'public',
        pronounPrivacy: 'public',
        avatarPrivacy: 'public',
        metadataPrivacy: 'private',
        proxyPrivacy: 'private',
      },
    });
    assert.deepEqual(ann.birthday, { year: null, month: 2, day: 29 });
    assert.equal(ann.privacy.proxyPrivacy, 'private');
    await api.updateMember(ann.uuid, { name: 'Anna', description: 'Tall.' });
    const hidden = await stranger.getMember(ann.id);
    assert.deepEqual([hidden.name, hidden.description, hidden.created, hidden.proxyTags], ['Anna', null, null, []]);
    assert.equal((await api.getMember(ann.id)).created.valueOf(), ann.created.valueOf());
    const bea = await api.createMember({ name: 'Bea' });
    assert.deepEqual(names(await api.getSystemMembers('@me')), ['Anna', 'Bea']);
    await api.deleteMember(bea.id);
    assert.deepEqual(names(await stranger.getSystemMembers(system)), ['Anna']);
    await refuses(api.getMember(bea.id), 404, 20002);
  },

  async groups() {
    const [ann, bea] = [await api.createMember({ name: 'Ann' }), await api.createMember({ name: 'Bea' })];
    const tall = await api.createGroup({ name: 'Tall', description: 'All who are.' });
    const quiet = await api.createGroup({ name: 'Quiet' });
    await api.updateGroup(quiet.id, {
      icon: 'https://example.com/icon.png',
      privacy: {
        namePrivacy: 'public',
        descriptionPrivacy: 'public',
        bannerPrivacy: 'public',
        iconPrivacy: 'private',
        listPrivacy: 'private',
        metadataPrivacy: 'private',
        visibility: 'private',
      },
    });
    await api.addMembersToGroup(tall.id, [ann.id, bea.uuid]);
    await api.removeMembersFromGroup(tall.uuid, [bea.id]);
    await api.overwriteGroupMembers(quiet.id, [ann.id, bea.id]);
    assert.deepEqual(names(await api.getGroupMembers(quiet.id)), ['Ann', 'Bea']);
    await api.addMemberToGroups(bea.id, [tall.id]);
    await api.removeMemberFromGroups(bea.id, [quiet.id]);
    assert.deepEqual(names(await api.getMemberGroups(bea.id)), ['Tall']);
    await api.overwriteMemberGroups(ann.id, [tall.id, quiet.uuid]);
    const all = await api.getGroups('@me', true);
    assert.deepEqual(all.map((group) => group.members), [[ann.uuid, bea.uuid], [ann.uuid]]);
    assert.deepEqual((await api.getGroup(quiet.id, true)).members, [ann.uuid]);
    const hidden = await stranger.getGroup(quiet.id);
    assert.deepEqual([hidden.icon, hidden.created, hidden.privacy], [null, null, null]);
    assert.deepEqual(names(await stranger.getGroups(system)), ['Tall']);
    await refuses(stranger.getGroupMembers(quiet.id), 403, 30003);
    await api.deleteGroup(quiet.id);
    await refuses(api.getGroup(quiet.id), 404, 20004);
  },

  async switches() {
    assert.equal(await api.getFronters('@me'), null);
    const [ann, bea] = [await api.createMember({ name: 'Ann' }), await api.createMember({ name: 'Bea' })];
    const noon = new Date('2021-01-01T12:00:00.000Z');
    const first = await api.createSwitch('@me', [ann.id, bea.uuid], noon);
    assert.equal(first.timestamp.valueOf(), noon.valueOf());
    assert.deepEqual(names(first.members), ['Ann', 'Bea']);
    const second = await api.createSwitch('@me', []);
    assert.deepEqual((await api.getSwitches('@me')).map((one) => one.id), [second.id, first.id]);
    assert.deepEqual((await api.getSwitches('@me', 1, second.timestamp)).map((one) => one.members), [[ann.id, bea.id]]);
    await api.updateSwitchMembers('@me', first.id, [bea.id]);
    const eleven = new Date('2021-01-01T11:00:00.000Z');
    await api.updateSwitch('@me', first.id, eleven);
    const now = await api.getSwitch('@me', first.id);
    assert.deepEqual([names(now.members), now.timestamp.valueOf()], [['Bea'], eleven.valueOf()]);
    await api.deleteSwitch('@me', second.id);
    assert.deepEqual(names((await stranger.getFronters(system)).members), ['Bea']);
    await refuses(api.createSwitch('@me', [bea.id]), 400, 40004);
  },

  async settings() {
    const ann = await api.createMember({ name: 'Ann' });
    const settings = await api.updateSystemSettings('@me', {
      timezone: 'Europe/Berlin',
      latchTimeout: null,
      hidDisplaySplit: true,
      proxySwitch: 'add',
      nameFormat: '{name} – {tag}',
      descriptionTemplates: ['Likes: '],
    });
    assert.deepEqual(await api.getOwnSystemSettings(), settings);
    assert.deepEqual([settings.timezone, settings.proxySwitch, settings.groupLimit], ['Europe/Berlin', 'add', 250]);
    assert.deepEqual(settings.descriptionTemplates, ['Likes: ']);
    const seen = await stranger.getSystemSettings(system);
    assert.deepEqual([seen.hidDisplaySplit, seen.hidListPadding, seen.proxySwitch], [true, 'off', 'add']);

    const server = await api.updateOwnSystemGuildSettings(guild, { tag: '| here', proxyingEnabled: false });
    assert.deepEqual(await api.getOwnSystemGuildSettings(guild), server);
    assert.deepEqual([server.tag, server.proxyingEnabled, server.nameFormat], ['| here', false, null]);
    const there = await api.updateMemberGuildSettings(ann.id, guild, { displayName: 'Annie', keepProxy: true });
    assert.deepEqual(await api.getMemberGuildSettings(ann.id, guild), there);
    assert.deepEqual(there, { displayName: 'Annie', avatarUrl: null, keepProxy: true });
  },

  async messages() {
    for (const wanted of [message, original]) {
      const found = await stranger.getProxiedMessageInformation(wanted);
      assert.deepEqual([found.id, found.original, found.sender, found.guild], [message, original, sender, guild]);
      assert.deepEqual([found.member.id, found.system.id], [member, system]);
    }
    await refuses(stranger.getProxiedMessageInformation(sender), 404, 20006);
  },

  async hurry() {
    for (let asked = 0; asked < 12; asked += 1) assert.equal((await api.getSystem('@me')).id, system);
  },
};

stories[story]().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
