package main

import (
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// clusterCases change nothing that lasts. Whether members can be added is a property of the raft cluster that Netsy does
// not have; what a client may see of it are the refusals that etcd has too.
func clusterCases() []testCase {
	return []testCase{
		{name: "cluster/member-list", run: func(t *T) {
			send(t, t.cluster.MemberList, &pb.MemberListRequest{})
			send(t, t.cluster.MemberList, &pb.MemberListRequest{Linearizable: true})
			t.put("a", "1")
			send(t, t.cluster.MemberList, &pb.MemberListRequest{Linearizable: true})
		}},
		{name: "cluster/member-add/bad-urls", run: func(t *T) {
			for _, urls := range [][]string{nil, {""}, {"http://127.0.0.1"}, {"127.0.0.1:2380"}, {"ftp://127.0.0.1:2380"}, {"http://127.0.0.1:2380/path"}, {"http://127.0.0.1:1", "bad"}, {"http://"}, {":"}} {
				send(t, t.cluster.MemberAdd, &pb.MemberAddRequest{PeerURLs: urls})
			}
		}},
		{name: "cluster/member-add/url-in-use", run: func(t *T) {
			list := quiet(t, t.cluster.MemberList, &pb.MemberListRequest{})
			t.say("> MemberAdd with the member's own peer URL")
			_, err := t.cluster.MemberAdd(t.timeout(), &pb.MemberAddRequest{PeerURLs: list.Members[0].PeerURLs})
			t.say("< %s", t.failure(err))
		}},
		{name: "cluster/member-remove/unknown", run: func(t *T) {
			send(t, t.cluster.MemberRemove, &pb.MemberRemoveRequest{ID: 5})
			send(t, t.cluster.MemberRemove, &pb.MemberRemoveRequest{})
		}},
		{name: "cluster/member-remove/last", run: func(t *T) {
			send(t, t.cluster.MemberRemove, &pb.MemberRemoveRequest{ID: t.member})
			send(t, t.cluster.MemberList, &pb.MemberListRequest{})
		}},
		{name: "cluster/member-update/unknown", run: func(t *T) {
			send(t, t.cluster.MemberUpdate, &pb.MemberUpdateRequest{ID: 5, PeerURLs: []string{"http://127.0.0.1:9"}})
			send(t, t.cluster.MemberUpdate, &pb.MemberUpdateRequest{ID: 5, PeerURLs: []string{"bad"}})
		}},
		{name: "cluster/member-promote", run: func(t *T) {
			send(t, t.cluster.MemberPromote, &pb.MemberPromoteRequest{ID: 5})
			send(t, t.cluster.MemberPromote, &pb.MemberPromoteRequest{ID: t.member})
		}},
	}
}
