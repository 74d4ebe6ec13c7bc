package main

import (
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3lock/v3lockpb"
)

func lockRequest(name string, lease int64) *v3lockpb.LockRequest {
	return &v3lockpb.LockRequest{Name: b(name), Lease: lease}
}

func unlockRequest(key string) *v3lockpb.UnlockRequest { return &v3lockpb.UnlockRequest{Key: b(key)} }

// twoLeases grants the leases 0x1a and 0x2b, whose ids end the keys of locks and elections.
func (t *T) twoLeases() (int64, int64) {
	t.grants(&pb.LeaseGrantRequest{ID: 0x1a, TTL: 600}, &pb.LeaseGrantRequest{ID: 0x2b, TTL: 600})
	return 0x1a, 0x2b
}

func lockCases() []testCase {
	return []testCase{
		{name: "lock/and-unlock", run: func(t *T) {
			one, _ := t.twoLeases()
			answer := send(t, t.lock.Lock, lockRequest("l", one))
			t.all()
			send(t, t.lock.Unlock, &v3lockpb.UnlockRequest{Key: answer.Key})
			send(t, t.lock.Unlock, &v3lockpb.UnlockRequest{Key: answer.Key})
			t.all()
		}},
		{name: "lock/twice-by-one-lease", run: func(t *T) {
			one, _ := t.twoLeases()
			send(t, t.lock.Lock, lockRequest("l", one))
			send(t, t.lock.Lock, lockRequest("l", one))
			t.all()
		}},
		{name: "lock/waits-for-the-holder", run: func(t *T) {
			one, two := t.twoLeases()
			held := send(t, t.lock.Lock, lockRequest("l", one))
			waiting := background(t, "second", t.lock.Lock, lockRequest("l", two))
			waiting.silence(shortTime)
			send(t, t.lock.Unlock, &v3lockpb.UnlockRequest{Key: held.Key})
			waiting.next()
			t.all()
		}},
		{name: "lock/in-the-order-of-arrival", run: func(t *T) {
			one, two := t.twoLeases()
			t.grants(&pb.LeaseGrantRequest{ID: 0x3c, TTL: 600})
			send(t, t.lock.Lock, lockRequest("l", one))
			second := background(t, "second", t.lock.Lock, lockRequest("l", two))
			t.waitForKeys("l/", 2)
			third := background(t, "third", t.lock.Lock, lockRequest("l", 0x3c))
			t.waitForKeys("l/", 3)
			t.revoke(one)
			second.next()
			third.silence(shortTime)
			t.revoke(two)
			third.next()
			t.all()
		}},
		{name: "lock/waiter-whose-lease-ends", run: func(t *T) {
			one, two := t.twoLeases()
			held := send(t, t.lock.Lock, lockRequest("l", one))
			waiting := background(t, "second", t.lock.Lock, lockRequest("l", two))
			t.waitForKeys("l/", 2)
			t.revoke(two)
			send(t, t.lock.Unlock, &v3lockpb.UnlockRequest{Key: held.Key})
			waiting.next()
			t.all()
		}},
		{name: "lock/waiter-that-gives-up", run: func(t *T) {
			one, two := t.twoLeases()
			send(t, t.lock.Lock, lockRequest("l", one))
			waiting := background(t, "second", t.lock.Lock, lockRequest("l", two))
			t.waitForKeys("l/", 2)
			waiting.cancel()
			t.waitForKeys("l/", 1)
			t.all()
		}},
		{name: "lock/without-lease", run: func(t *T) {
			t.say("> Lock without a lease")
			answer, err := t.lock.Lock(t.timeout(), lockRequest("l", 0))
			if err != nil {
				t.say("< %s", t.failure(err))
				return
			}
			leases := quiet(t, t.lease.LeaseLeases, &pb.LeaseLeasesRequest{})
			t.nameLease(leases.Leases[0].ID)
			t.say("< %s", t.render(answer))
			t.ttl(leases.Leases[0].ID)
			t.all()
		}},
		{name: "lock/unknown-lease", run: func(t *T) {
			send(t, t.lock.Lock, lockRequest("l", 4711))
			send(t, t.lock.Lock, lockRequest("l", -4711))
		}},
		{name: "lock/negative-lease", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: -255, TTL: 600})
			send(t, t.lock.Lock, lockRequest("l", -255))
			t.all()
		}},
		{name: "lock/empty-name", run: func(t *T) {
			one, _ := t.twoLeases()
			send(t, t.lock.Lock, lockRequest("", one))
			t.all()
			send(t, t.lock.Unlock, unlockRequest(""))
		}},
		{name: "lock/names-that-begin-alike", run: func(t *T) {
			one, two := t.twoLeases()
			send(t, t.lock.Lock, lockRequest("l", one))
			send(t, t.lock.Lock, lockRequest("l/x", two))
			send(t, t.lock.Lock, lockRequest("l2", two))
			t.all()
		}},
		{name: "lock/holder-expires", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 1, TTL: 2}, &pb.LeaseGrantRequest{ID: 2, TTL: 600})
			send(t, t.lock.Lock, lockRequest("l", 1))
			waiting := background(t, "second", t.lock.Lock, lockRequest("l", 2))
			waiting.next()
			t.all()
		}},
	}
}

// waitForKeys waits until a prefix has that many keys.
func (t *T) waitForKeys(prefix string, count int64) {
	end := []byte(prefix)
	end[len(end)-1]++
	t.eventually("the waiters' keys", 5*time.Second, func() bool {
		return quiet(t, t.kv.Range, &pb.RangeRequest{Key: b(prefix), RangeEnd: end, CountOnly: true}).Count == count
	})
}
