"""A session of a Python program with the JSON gateway client etcd3gw: HOST PORT. Prints what it saw."""

import sys

from etcd3gw.client import Etcd3Client


def main(host, port):
    client = Etcd3Client(host=host, port=int(port), api_path="/v3/")
    print("put", client.put("gw/a", "1"), client.get("gw/a"))
    print("create", client.create("gw/b", "1"), client.create("gw/b", "2"))
    print("replace", client.replace("gw/b", "1", "2"), client.replace("gw/b", "1", "3"))
    print("prefix", [value for value, _ in client.get_prefix("gw/")])
    lease = client.lease(ttl=60)
    client.put("gw/l", "x", lease=lease)
    print("lease", lease.ttl() in (58, 59, 60), lease.keys(), lease.refresh())
    print("revoke", lease.revoke(), client.get("gw/l"))
    with client.lock("gw-lock", ttl=20) as lock:
        print("lock", lock.is_acquired())
    events, cancel = client.watch("gw/w")
    client.put("gw/w", "1")
    event = next(events)
    print("watch", event["kv"]["value"])
    cancel()
    print("members", len(client.members()), client.status()["version"])
    print("delete", client.delete("gw/a"), client.delete("gw/a"), client.delete_prefix("gw/"))
    print("end of the session")


main(*sys.argv[1:])
