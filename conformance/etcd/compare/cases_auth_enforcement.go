package main

import (
	"context"

	"go.etcd.io/etcd/api/v3/authpb"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// srvContext is a context without any credentials.
func (t *T) srvContext() context.Context { return context.Background() }

// enforced makes a case in which everyone tries the steps while authentication is on.
func enforced(name string, steps func(*T)) testCase {
	return testCase{name: "auth/enforce/" + name, run: func(t *T) {
		t.withFew()
		t.asEveryone(steps)
	}}
}

func authEnforcementCases() []testCase {
	return []testCase{
		enforced("range", func(t *T) {
			t.get("a/1")
			t.get("b/1")
			t.get("")
			t.ranges(&pb.RangeRequest{Key: b("a/"), RangeEnd: b("a0")}, &pb.RangeRequest{Key: b("a/"), RangeEnd: b("a1")}, &pb.RangeRequest{Key: b("a/1"), RangeEnd: b("a/2"), Serializable: true},
				&pb.RangeRequest{Key: b("c/1"), Serializable: true}, &pb.RangeRequest{Key: b("\x00"), RangeEnd: b("\x00")}, &pb.RangeRequest{Key: b("a/"), RangeEnd: b("\x00")},
				&pb.RangeRequest{Key: b("c/1"), Revision: 1 << 40}, &pb.RangeRequest{Key: b("a/1"), Revision: 1 << 40}, &pb.RangeRequest{Key: b("b/"), RangeEnd: b("a/")})
		}),
		enforced("put", func(t *T) {
			t.put("a/1", "x")
			t.put("b/1", "x")
			t.put("c/1", "x")
			t.put("", "x")
			t.puts(&pb.PutRequest{Key: b("b/1"), Value: b("y"), PrevKv: true}, &pb.PutRequest{Key: b("b/2"), Lease: 4711}, &pb.PutRequest{Key: b("b/9"), IgnoreValue: true}, &pb.PutRequest{Key: b("c/1"), Lease: 4711})
		}),
		enforced("delete", func(t *T) {
			t.del("a/1", "")
			t.del("b/1", "")
			t.del("b/", "b0")
			t.del("b/", "c0")
			send(t, t.kv.DeleteRange, &pb.DeleteRangeRequest{Key: b("b/1"), PrevKv: true})
		}),
		enforced("txn", func(t *T) {
			t.txns(then(opGet("a/1", "")), then(opPut("b/1", "x")), then(opPut("c/1", "x")), choose(ifVersion("a/1", greater, 0), ops(opPut("b/1", "y")), ops(opPut("c/1", "y"))),
				choose(ifVersion("c/1", greater, 0), ops(opGet("a/1", "")), nil), then(opTxn(then(opPut("c/1", "z")))), then(opTxn(choose(ifVersion("c/1", equal, 0), nil, nil))),
				then(opTxn(choose(ifVersion("a/1", equal, 0), ops(opDel("c/1", "")), nil))), then(putOp(&pb.PutRequest{Key: b("b/1"), PrevKv: true})), then(opGet("c/1", "")), &pb.TxnRequest{}, then(opDel("b/1", "")),
				choose(over(ifVersion("a/", greater, 0), "c0"), nil, nil))
		}),
		enforced("compact", func(t *T) { send(t, t.kv.Compact, &pb.CompactionRequest{Revision: 1 << 40}) }),
		enforced("watch", func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a/1")})
			w.create(&pb.WatchCreateRequest{Key: b("a/"), RangeEnd: b("a0")})
			w.create(&pb.WatchCreateRequest{Key: b("a/"), RangeEnd: b("\x00")})
			w.create(&pb.WatchCreateRequest{Key: b("c/1")})
			w.create(&pb.WatchCreateRequest{Key: b("c/1"), StartRevision: -1})
			w.create(&pb.WatchCreateRequest{Key: b("c/1"), RangeEnd: b("a")})
			w.create(&pb.WatchCreateRequest{Key: b("c/1"), WatchId: 20})
			w.create(&pb.WatchCreateRequest{})
			w.cancel()
		}),
		{name: "auth/enforce/watch-of-one-key-is-no-range", run: func(t *T) {
			t.prepareRoot()
			t.addUser("few", "f", "some", &permission{"k", "", permitRead})
			t.enableAuth()
			t.asUser("few", "f", func(t *T) {
				w := t.openWatch()
				w.create(&pb.WatchCreateRequest{Key: b("k")})
				w.create(&pb.WatchCreateRequest{Key: b("k"), RangeEnd: b("\x00")})
				w.create(&pb.WatchCreateRequest{Key: b("k"), RangeEnd: b("k\x00")})
				w.create(&pb.WatchCreateRequest{Key: b("k"), RangeEnd: b("l")})
				w.cancel()
			})
		}},
		{name: "auth/enforce/ranges-merge", run: func(t *T) {
			t.prepareRoot()
			t.addUser("few", "f", "some", &permission{"a", "b", permitRead}, &permission{"b", "c", permitRead}, &permission{"m", "p", permitRead}, &permission{"n", "s", permitBoth}, &permission{"x", "\x00", permitRead})
			t.addUser("few2", "f", "other", &permission{"c", "", permitRead})
			quiet(t, t.auth.UserGrantRole, &pb.AuthUserGrantRoleRequest{User: "few", Role: "other"})
			t.enableAuth()
			t.asUser("few", "f", func(t *T) {
				for _, bounds := range [][2]string{{"a", "c"}, {"a", "d"}, {"a", "c\x00"}, {"c", ""}, {"m", "s"}, {"m", "t"}, {"o", "q"}, {"x", "\x00"}, {"y", "z"}, {"zz", ""}, {"w", "\x00"}} {
					t.ranges(&pb.RangeRequest{Key: b(bounds[0]), RangeEnd: b(bounds[1]), CountOnly: true})
				}
				t.del("n", "r")
				t.del("m", "o")
			})
		}},
		enforced("lease", func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 77, TTL: 600})
			t.ttl(77)
			send(t, t.lease.LeaseTimeToLive, &pb.LeaseTimeToLiveRequest{ID: 77})
			t.leases()
			k := t.openKeepAlive()
			k.renew(77)
			k.cancel()
			t.revoke(77)
		}),
		{name: "auth/enforce/lease-with-foreign-keys", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 1, TTL: 600}, &pb.LeaseGrantRequest{ID: 2, TTL: 600}, &pb.LeaseGrantRequest{ID: 3, TTL: 600})
			t.puts(&pb.PutRequest{Key: b("c/1"), Lease: 1}, &pb.PutRequest{Key: b("b/1"), Lease: 2})
			t.withFew2()
			t.asUser("few", "f", func(t *T) {
				for _, id := range []int64{1, 2, 3, 4} {
					t.ttl(id)
					send(t, t.lease.LeaseTimeToLive, &pb.LeaseTimeToLiveRequest{ID: id})
					k := t.openKeepAlive()
					k.renew(id)
					k.cancel()
					t.puts(&pb.PutRequest{Key: b("b/x"), Lease: id})
				}
				t.leases()
				t.revoke(1)
				t.revoke(2)
				t.revoke(3)
			})
			t.asUser("root", rootPassword, func(t *T) { t.leases(); t.revoke(1) })
		}},
		enforced("maintenance", func(t *T) {
			t.status()
			t.alarm(getAlarms, 0, pb.AlarmType_NONE)
			t.alarm(activate, 5, pb.AlarmType_NONE)
			t.alarm(deactivate, 5, pb.AlarmType_CORRUPT)
			send(t, t.maintenance.Hash, &pb.HashRequest{})
			send(t, t.maintenance.HashKV, &pb.HashKVRequest{Revision: 1 << 40})
			send(t, t.maintenance.Defragment, &pb.DefragmentRequest{})
			send(t, t.maintenance.MoveLeader, &pb.MoveLeaderRequest{TargetID: t.member})
			send(t, t.maintenance.Downgrade, &pb.DowngradeRequest{Action: pb.DowngradeRequest_VALIDATE, Version: "3.4"})
			t.snapshot()
		}),
		enforced("cluster", func(t *T) {
			send(t, t.cluster.MemberList, &pb.MemberListRequest{Linearizable: true})
			send(t, t.cluster.MemberList, &pb.MemberListRequest{})
			send(t, t.cluster.MemberAdd, &pb.MemberAddRequest{PeerURLs: []string{"bad"}})
			send(t, t.cluster.MemberRemove, &pb.MemberRemoveRequest{ID: 5})
			send(t, t.cluster.MemberUpdate, &pb.MemberUpdateRequest{ID: 5, PeerURLs: []string{"http://127.0.0.1:9"}})
			send(t, t.cluster.MemberPromote, &pb.MemberPromoteRequest{ID: 5})
		}),
		enforced("auth-reads", func(t *T) {
			t.authStatus()
			send(t, t.auth.UserList, &pb.AuthUserListRequest{})
			send(t, t.auth.RoleList, &pb.AuthRoleListRequest{})
			send(t, t.auth.UserGet, &pb.AuthUserGetRequest{Name: "few"})
			send(t, t.auth.UserGet, &pb.AuthUserGetRequest{Name: "root"})
			send(t, t.auth.UserGet, &pb.AuthUserGetRequest{Name: "nobody"})
			send(t, t.auth.RoleGet, &pb.AuthRoleGetRequest{Role: "some"})
			send(t, t.auth.RoleGet, &pb.AuthRoleGetRequest{Role: "root"})
			send(t, t.auth.RoleGet, &pb.AuthRoleGetRequest{Role: "none"})
			t.login("few", "f")
		}),
		enforced("auth-writes", func(t *T) {
			send(t, t.auth.AuthEnable, &pb.AuthEnableRequest{})
			t.userAdd("new", "p")
			send(t, t.auth.UserChangePassword, &pb.AuthUserChangePasswordRequest{Name: "new", Password: "q"})
			send(t, t.auth.RoleAdd, &pb.AuthRoleAddRequest{Name: "newrole"})
			t.roleGrant("newrole", "k", "", permitRead)
			send(t, t.auth.UserGrantRole, &pb.AuthUserGrantRoleRequest{User: "new", Role: "newrole"})
			send(t, t.auth.UserRevokeRole, &pb.AuthUserRevokeRoleRequest{Name: "new", Role: "newrole"})
			send(t, t.auth.RoleRevokePermission, &pb.AuthRoleRevokePermissionRequest{Role: "newrole", Key: b("k")})
			send(t, t.auth.RoleDelete, &pb.AuthRoleDeleteRequest{Role: "newrole"})
			send(t, t.auth.UserDelete, &pb.AuthUserDeleteRequest{Name: "new"})
		}),
		{name: "auth/enforce/disable", run: func(t *T) {
			t.withFew()
			t.section("without credentials")
			send(t, t.auth.AuthDisable, &pb.AuthDisableRequest{})
			t.asUser("few", "f", func(t *T) { send(t, t.auth.AuthDisable, &pb.AuthDisableRequest{}) })
			t.asUser("root", rootPassword, func(t *T) { send(t, t.auth.AuthDisable, &pb.AuthDisableRequest{}) })
			t.get("c/1")
			t.login("root", rootPassword)
		}},
		{name: "auth/enforce/role-change-takes-effect", run: func(t *T) {
			t.withFew()
			t.asUser("few", "f", func(few *T) {
				few.get("c/1")
				old := few.ctx
				few.ctx = t.srvContext()
				few.asUser("root", rootPassword, func(root *T) { root.roleGrant("some", "c/", "c0", permitBoth) })
				few.ctx = old
				few.get("c/1")
				few.put("c/1", "changed")
			})
		}},
		{name: "auth/enforce/user-without-roles", run: func(t *T) {
			t.prepareRoot()
			quiet(t, t.auth.UserAdd, &pb.AuthUserAddRequest{Name: "bare", Password: "b", Options: &authpb.UserAddOptions{}})
			t.enableAuth()
			t.asUser("bare", "b", func(t *T) { t.get("a"); t.put("a", "1"); t.status(); t.grants(&pb.LeaseGrantRequest{ID: 5, TTL: 600}) })
		}},
		enforced("lock-and-election", func(t *T) {
			send(t, t.lock.Unlock, unlockRequest("c/lock"))
			send(t, t.election.Leader, leaderRequest("c/election"))
			send(t, t.election.Leader, leaderRequest("a/election"))
		}),
	}
}

// withFew2 is withFew for a case that has put its keys before.
func (t *T) withFew2() {
	t.prepareRoot()
	t.addUser("few", "f", "some", &permission{"a/", "a0", permitRead}, &permission{"b/", "b0", permitWrite})
	t.enableAuth()
}
