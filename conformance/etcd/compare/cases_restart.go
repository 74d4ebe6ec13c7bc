package main

import (
	"fmt"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// restart ends the server and starts it again on its folder and port; everything in the case is counted as before.
func (t *T) restart(end func(*server) error) {
	if err := end(t.srv); err != nil {
		t.say("end: %v", err)
	}
	if err := t.srv.start(settings{}); err != nil {
		t.say("start: %v", err)
		panic("the server did not come back")
	}
	t.useConnection(t.srv.conn)
}

// restartCases look at what must be the same after the end of the process.
func restartCases() []testCase {
	return append(restartCasesBy("stop", (*server).stop), restartCasesBy("kill", (*server).kill)...)
}

func restartCasesBy(name string, end func(*server) error) []testCase {
	return []testCase{
		{name: "restart/" + name + "/keys-history-hashes", restarts: true, run: func(t *T) { t.keysSurvive(end) }},
		{name: "restart/" + name + "/compaction-to-nothing", restarts: true, run: func(t *T) { t.compactionSurvives(end) }},
		{name: "restart/" + name + "/leases", restarts: true, run: func(t *T) { t.leasesSurvive(end) }},
		{name: "restart/" + name + "/alarms", restarts: true, run: func(t *T) { t.alarmsSurvive(end) }},
		{name: "restart/" + name + "/users-and-roles", restarts: true, run: func(t *T) { t.usersSurvive(end) }},
	}
}

func (t *T) keysSurvive(end func(*server) error) {
	for i := range 30 {
		t.fill(fmt.Sprintf("k/%d", i%7), fmt.Sprint(i))
	}
	t.del("k/3", "")
	t.txns(then(opPut("k/a", "1"), opDel("k/1", ""), opPut("k/b", "2")))
	t.purge(20)
	look := func() {
		t.all()
		t.reads("k/2", 19, 20, 25)
		t.hashKV(0)
		t.hashKV(t.at(25))
		w := t.openWatch()
		w.create(&pb.WatchCreateRequest{Key: b("k/"), RangeEnd: b("k0"), StartRevision: t.at(21), PrevKv: true})
		w.events(14)
		w.cancel()
		send(t, t.cluster.MemberList, &pb.MemberListRequest{})
	}
	look()
	t.restart(end)
	look()
	t.put("k/2", "after")
	t.hashKV(0)
}

func (t *T) compactionSurvives(end func(*server) error) {
	t.fill("a", "1", "a", "2")
	t.del("a", "")
	t.purge(3)
	t.restart(end)
	t.all()
	t.reads("a", 2, 3)
	t.hashKV(0)
	t.compact(3)
	t.put("b", "1")
}

func (t *T) leasesSurvive(end func(*server) error) {
	t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 600}, &pb.LeaseGrantRequest{ID: -1, TTL: 700}, &pb.LeaseGrantRequest{ID: 9, TTL: 800})
	t.puts(&pb.PutRequest{Key: b("a"), Lease: 7}, &pb.PutRequest{Key: b("b"), Lease: -1}, &pb.PutRequest{Key: b("c"), Lease: 7}, &pb.PutRequest{Key: b("c"), Lease: 9})
	t.revoke(9)
	t.restart(end)
	t.leases()
	t.ttl(7)
	t.ttl(-1)
	t.ttl(9)
	t.revoke(7)
	t.all()
	k := t.openKeepAlive()
	k.renew(-1)
	k.renew(7)
	k.cancel()
}

func (t *T) alarmsSurvive(end func(*server) error) {
	t.alarm(activate, t.member, pb.AlarmType_NOSPACE)
	t.restart(end)
	t.alarm(getAlarms, 0, pb.AlarmType_NONE)
	t.put("a", "1")
	t.alarm(deactivate, t.member, pb.AlarmType_NOSPACE)
	t.put("a", "1")
}

func (t *T) usersSurvive(end func(*server) error) {
	t.prepareRoot()
	t.addUser("reader", "r", "reads", &permission{key: "a/", end: "a0", kind: permitRead})
	t.enableAuth()
	t.restart(end)
	t.get("a/1")
	t.asUser("root", rootPassword, func(t *T) {
		send(t, t.auth.UserList, &pb.AuthUserListRequest{})
		send(t, t.auth.RoleGet, &pb.AuthRoleGetRequest{Role: "reads"})
		send(t, t.auth.AuthStatus, &pb.AuthStatusRequest{})
	})
	t.asUser("reader", "r", func(t *T) { t.get("a/1"); t.put("a/1", "x") })
}
