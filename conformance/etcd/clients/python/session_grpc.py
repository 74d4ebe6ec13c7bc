"""A session of a Python program with the gRPC client etcd-sdk-python: HOST PORT. Prints what it saw."""

import sys
import threading
import time

import pyetcd


def keys_and_values(client):
    print("put", client.put("a", "1", prev_kv=True).header.revision)
    print("put again", client.put("a", "2", prev_kv=True).prev_kv.value)
    value, meta = client.get("a")
    print("get", value, meta.version, meta.create_revision, meta.mod_revision)
    print("missing", client.get("nothing")[0])
    for number in range(5):
        client.put(f"p/{number}", str(number))
    print("prefix", [(meta.key, value) for value, meta in client.get_prefix("p/", sort_order="descend")])
    print("range", [value for value, _ in client.get_range("p/1", "p/3")])
    print("replace", client.replace("a", "2", "3"), client.replace("a", "2", "4"))
    print("if absent", client.put_if_not_exists("new", "x"), client.put_if_not_exists("new", "y"))
    print("delete", client.delete("a"), client.delete("a"), client.delete_prefix("p/").deleted)


def transactions(client):
    of = client.transactions
    client.put("t", "1")
    succeeded, answers = client.transaction(compare=[of.value("t") == "1", of.version("t") > 0], success=[of.put("u", "1"), of.get("t")], failure=[])
    print("then", succeeded, len(answers), [value for value, _ in answers[1]])
    print("else", client.transaction(compare=[of.create("t") == "0"], success=[of.put("u", "2")], failure=[of.delete("u"), of.get("u")])[0])


def watches(client):
    events, cancel = client.watch("w", prev_kv=True)
    client.put("w", "1")
    client.put("w", "2")
    client.delete("w")
    seen = [next(events) for _ in range(3)]
    print("watch", [(type(event).__name__, event.key, event.value, event.prev_value) for event in seen])
    cancel()
    revision = client.put("h", "1").header.revision
    client.put("h", "2")
    events, cancel = client.watch("h", start_revision=revision)
    print("history", [next(events).value for _ in range(2)])
    cancel()
    seen = []
    arrived = threading.Event()
    number = client.add_watch_prefix_callback("c/", lambda response: (seen.extend(response.events), arrived.set() if len(seen) == 2 else None))
    client.put("c/1", "x")
    client.delete("c/1")
    print("callback", arrived.wait(10), [event.key for event in seen])
    client.cancel_watch(number)


def compaction(client):
    client.put("k", "1")
    revision = client.put("k", "2").header.revision
    client.compact(revision)
    events, cancel = client.watch("k", start_revision=revision - 1)
    try:
        next(events)
        print("compaction not noticed")
    except pyetcd.exceptions.RevisionCompactedError as compacted:
        print("compacted", compacted.compacted_revision == revision)
    cancel()


def leases(client):
    lease = client.lease(60)
    client.put("l", "1", lease=lease)
    print("lease", lease.granted_ttl, lease.remaining_ttl in (58, 59, 60), lease.keys, [answer.TTL for answer in lease.refresh()])
    lease.revoke()
    print("revoked", client.get("l")[0])
    client.put("short", "1", lease=client.lease(2))
    for _ in range(100):
        if client.get("short")[0] is None:
            print("expired")
            return
        time.sleep(0.1)
    print("not expired")


def locks(client, other):
    first, second = client.lock("name", ttl=20), other.lock("name", ttl=20)
    print("lock", first.acquire(), first.is_acquired(), second.acquire(timeout=1))
    print("unlock", first.release(), second.acquire(timeout=10), second.release())


def cluster(client):
    status = client.status()
    print("status", status.version, status.db_size > 0, status.leader.id != 0)
    print("members", len(list(client.members)), all(member.name and member.client_urls and member.peer_urls for member in client.members))
    print("alarms", list(client.list_alarms()), client.hash() != 0)
    client.defragment()


def main(host, port):
    client, other = pyetcd.Etcd3Client(host=host, port=int(port)), pyetcd.Etcd3Client(host=host, port=int(port))
    keys_and_values(client)
    transactions(client)
    watches(client)
    compaction(client)
    leases(client)
    locks(client, other)
    cluster(client)
    client.close()
    other.close()
    print("end of the session")


main(*sys.argv[1:])
