// A session of a Node program with the client etcd3: HOST:PORT. Prints what it saw.
import { Etcd3 } from 'etcd3';

const client = new Etcd3({ hosts: `http://${process.argv[2]}` });
const other = new Etcd3({ hosts: `http://${process.argv[2]}` });

async function keysAndValues() {
  console.log('missing', await client.get('nothing').string());
  await client.put('a').value('1');
  console.log('get', await client.get('a').string(), (await client.get('a').exec()).kvs[0].version);
  for (let i = 0; i < 5; i++) await client.put(`p/${i}`).value(i);
  console.log('prefix', await client.getAll().prefix('p/').strings());
  console.log('sorted', await client.getAll().prefix('p/').sort('Key', 'Descend').limit(2).keys());
  console.log('count', await client.getAll().prefix('p/').count());
  console.log('delete', (await client.delete().prefix('p/')).deleted);
  const space = client.namespace('space/');
  await space.put('k').value('v');
  console.log('namespace', await client.get('space/k').string(), await space.getAll().keys());
}

async function transactions() {
  const create = client.if('t', 'Create', '==', 0).then(client.put('t').value('1')).else(client.get('t'));
  console.log('then', (await create.commit()).succeeded, 'else', (await create.commit()).succeeded);
  const result = await client.if('t', 'Value', '==', '1').and('t', 'Version', '>', 0).then(client.get('t'), client.put('u').value('2')).commit();
  console.log('operations', result.responses.map((response) => response.response));
}

async function watches() {
  const watcher = await client.watch().key('w').withPreviousKV().create();
  const seen = [];
  const done = new Promise((resolve) => {
    const note = (kind) => (kv, previous) => {
      seen.push([kind, kv.key.toString(), kv.value.toString(), previous && previous.value.toString()]);
      if (seen.length === 3) resolve();
    };
    watcher.on('put', note('put')).on('delete', note('delete'));
  });
  await client.put('w').value('1');
  await client.put('w').value('2');
  await client.delete().key('w');
  await done;
  console.log('watch', JSON.stringify(seen));
  await watcher.cancel();
}

async function leases() {
  const lease = client.lease(60);
  await lease.put('l').value('x');
  await lease.keepaliveOnce();
  console.log('lease', await client.get('l').string());
  await lease.revoke();
  console.log('revoked', await client.get('l').string());
}

async function locksAndElections() {
  const lock = client.lock('name').ttl(20);
  await lock.acquire();
  const refused = await other.lock('name').ttl(20).acquire().then(() => 'taken twice', (error) => error.constructor.name);
  console.log('lock', refused);
  await lock.release();
  const campaign = client.election('e', 20).campaign('one');
  await new Promise((resolve) => campaign.on('elected', resolve));
  const observer = await other.election('e', 20).observe();
  console.log('leader', observer.leader());
  await observer.cancel();
  await campaign.resign();
}

async function clusterAndUsers() {
  const status = await client.maintenance.status();
  console.log('status', status.version, Number(status.dbSize) > 0);
  console.log('members', (await client.cluster.memberList({})).members.length);
  await client.role('r').create();
  await client.role('r').grant({ permission: 'Readwrite', range: client.range({ prefix: 'r/' }) });
  console.log('role', (await client.role('r').permissions()).length);
  await client.user('u').create('p');
  await client.user('u').addRole('r');
  console.log('roles of u', (await client.user('u').roles()).map((role) => role.name));
  await client.user('u').delete();
  await client.role('r').delete();
}

await keysAndValues();
await transactions();
await watches();
await leases();
await locksAndElections();
await clusterAndUsers();
client.close();
other.close();
console.log('end of the session');
