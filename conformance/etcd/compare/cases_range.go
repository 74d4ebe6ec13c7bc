package main

import (
	"fmt"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// fillForSort puts five keys whose order differs by key, create revision, mod revision, version and value, without ties.
func (t *T) fillForSort() {
	t.fill("c", "3", "a", "9", "e", "1", "b", "7", "d", "5") // create order c a e b d
	t.fill("e", "2", "a", "8", "e", "4", "c", "6", "c", "0", "c", "3", "e", "1", "b", "7", "e", "2", "b", "5x", "b", "7", "d", "55", "a", "8")
	t.fill("b", "77", "b", "71", "e", "21", "e", "22")
}

// each sends one Range per request.
func (t *T) ranges(requests ...*pb.RangeRequest) {
	for _, request := range requests {
		send(t, t.kv.Range, request)
	}
}

func rangeCases() []testCase {
	cases := []testCase{
		{name: "range/missing-key", run: func(t *T) { t.get("nothing") }},
		{name: "range/one-key", run: func(t *T) { t.fill("a", "1", "ab", "2"); t.get("a"); t.get("ab") }},
		{name: "range/empty-key", run: func(t *T) { t.get(""); t.ranges(&pb.RangeRequest{RangeEnd: b("z")}) }},
		{name: "range/bounds", run: func(t *T) {
			t.fill("a", "1", "b", "2", "c", "3", "d", "4", "e", "5")
			for _, bounds := range [][2]string{{"b", "d"}, {"c", "c"}, {"d", "b"}, {"c", "\x00"}, {"\x00", "\x00"}, {"a", "a\x00"}, {"b", "\xff"},
				{"\xff", "\x00"}, {"e", "f"}, {"\x00", "b"}, {"bb", "cc"}, {"z", "zz"}, {"a", "\x00\x00"}} {
				t.ranges(&pb.RangeRequest{Key: b(bounds[0]), RangeEnd: b(bounds[1])})
			}
		}},
		{name: "range/binary-keys", run: func(t *T) {
			t.fill("\x00", "zero", "\xff", "high", "\xff\xff", "higher", "\x80\xc3\x28", "not utf-8", "\x00\x01", "zero one", "a\x00b", "inner")
			t.all()
			t.ranges(&pb.RangeRequest{Key: b("\xff"), RangeEnd: b("\x00")}, &pb.RangeRequest{Key: b("\x00"), RangeEnd: b("\x01")},
				&pb.RangeRequest{Key: b("\x80\xc3\x28")}, &pb.RangeRequest{Key: b("\xff\xff"), RangeEnd: b("\x00")})
		}},
		{name: "range/limit", run: func(t *T) {
			t.fill("a", "1", "b", "2", "c", "3", "d", "4", "e", "5")
			for _, limit := range []int64{1, 2, 4, 5, 6, -1, 1 << 62} {
				t.ranges(&pb.RangeRequest{Key: b("a"), RangeEnd: b("z"), Limit: limit})
			}
			t.ranges(&pb.RangeRequest{Key: b("a"), Limit: 1}, &pb.RangeRequest{Key: b("q"), Limit: 1})
		}},
		{name: "range/count-only", run: func(t *T) {
			t.fill("a", "1", "b", "2", "c", "3")
			for _, request := range []*pb.RangeRequest{{Limit: 1}, {KeysOnly: true}, {MinModRevision: t.at(3)}, {SortTarget: pb.RangeRequest_VALUE}, {Revision: t.at(2)}} {
				request.Key, request.RangeEnd, request.CountOnly = b("a"), b("z"), true
				t.ranges(request)
			}
			t.ranges(&pb.RangeRequest{Key: b("x"), CountOnly: true}, &pb.RangeRequest{Key: b("z"), RangeEnd: b("a"), CountOnly: true})
		}},
		{name: "range/keys-only", run: func(t *T) {
			t.fillForSort()
			lease := t.grant(600)
			send(t, t.kv.Put, &pb.PutRequest{Key: b("a"), Value: b("x"), Lease: lease})
			t.ranges(&pb.RangeRequest{Key: b("a"), RangeEnd: b("z"), KeysOnly: true},
				&pb.RangeRequest{Key: b("a"), RangeEnd: b("z"), KeysOnly: true, SortTarget: pb.RangeRequest_VALUE, SortOrder: pb.RangeRequest_DESCEND})
		}},
		{name: "range/revision-edges", run: func(t *T) {
			t.fill("a", "1", "a", "2", "b", "1")
			for _, revision := range []int64{t.at(0), t.at(1), t.at(2), t.at(3), t.at(4), t.at(1000), -1, -1 << 62, 1 << 62} {
				t.ranges(&pb.RangeRequest{Key: b("a"), RangeEnd: b("z"), Revision: revision})
			}
		}},
		{name: "range/history-of-a-key", run: func(t *T) {
			t.fill("k", "1", "k", "2")
			t.del("k", "")
			t.fill("k", "3")
			for step := int64(0); step <= 4; step++ {
				t.ranges(&pb.RangeRequest{Key: b("k"), Revision: t.at(step)})
			}
		}},
		{name: "range/header-of-old-revision-is-current", run: func(t *T) {
			t.fill("a", "1", "b", "2", "c", "3")
			t.ranges(&pb.RangeRequest{Key: b("a"), Revision: t.at(1)})
		}},
		{name: "range/serializable", run: func(t *T) {
			t.fill("a", "1", "b", "2")
			t.ranges(&pb.RangeRequest{Key: b("a"), RangeEnd: b("z"), Serializable: true},
				&pb.RangeRequest{Key: b("a"), Revision: t.at(1), Serializable: true},
				&pb.RangeRequest{Key: b("a"), Revision: t.at(9), Serializable: true}, &pb.RangeRequest{Serializable: true})
		}},
		{name: "range/mod-filters", run: func(t *T) {
			t.fill("a", "1", "b", "2", "c", "3", "d", "4", "e", "5")
			for _, request := range []*pb.RangeRequest{{MinModRevision: t.at(2)}, {MaxModRevision: t.at(3)}, {MinModRevision: t.at(2), MaxModRevision: t.at(4)},
				{MinModRevision: t.at(4), MaxModRevision: t.at(2)}, {MinModRevision: -5}, {MaxModRevision: -5}, {MinModRevision: t.at(2), Limit: 2},
				{MaxModRevision: t.at(3), Limit: 2, SortOrder: pb.RangeRequest_DESCEND}, {MinModRevision: t.at(2), Limit: 4}, {MinModRevision: t.at(2), Revision: t.at(3)}} {
				request.Key, request.RangeEnd = b("a"), b("z")
				t.ranges(request)
			}
		}},
		{name: "range/create-filters", run: func(t *T) {
			t.fill("a", "1", "b", "2", "c", "3", "a", "4", "b", "5")
			for _, request := range []*pb.RangeRequest{{MinCreateRevision: t.at(2)}, {MaxCreateRevision: t.at(2)}, {MinCreateRevision: t.at(2), MaxModRevision: t.at(4)},
				{MinCreateRevision: t.at(1), MaxCreateRevision: t.at(1), Limit: 1}, {MaxCreateRevision: -1}, {MinCreateRevision: -1}} {
				request.Key, request.RangeEnd = b("a"), b("z")
				t.ranges(request)
			}
		}},
		{name: "range/filter-on-one-key", run: func(t *T) {
			t.fill("a", "1", "a", "2")
			t.ranges(&pb.RangeRequest{Key: b("a"), MinModRevision: t.at(3)}, &pb.RangeRequest{Key: b("a"), MaxCreateRevision: t.at(1)})
		}},
		{name: "range/unsorted-target-with-limit-considers-first-keys-only", run: func(t *T) {
			t.fill("c", "1", "b", "2", "a", "3", "d", "0")
			for _, target := range []pb.RangeRequest_SortTarget{pb.RangeRequest_MOD, pb.RangeRequest_CREATE, pb.RangeRequest_VALUE} {
				t.ranges(&pb.RangeRequest{Key: b("a"), RangeEnd: b("z"), Limit: 1, SortTarget: target},
					&pb.RangeRequest{Key: b("a"), RangeEnd: b("z"), Limit: 2, SortTarget: target})
			}
		}},
		{name: "range/invalid-sort", run: func(t *T) {
			t.fill("a", "1")
			t.ranges(&pb.RangeRequest{Key: b("a"), SortOrder: 7}, &pb.RangeRequest{Key: b("a"), SortTarget: 5}, &pb.RangeRequest{Key: b("a"), SortOrder: -1},
				&pb.RangeRequest{Key: b("a"), SortTarget: -1}, &pb.RangeRequest{SortOrder: 7}, &pb.RangeRequest{Key: b("a"), SortOrder: 7, Revision: t.at(50)})
		}},
		{name: "range/count-at-pinned-revision", run: func(t *T) {
			t.fill("p/1", "a", "p/2", "b", "p/3", "c", "p/4", "d")
			t.del("p/2", "")
			t.fill("p/5", "e")
			t.ranges(&pb.RangeRequest{Key: b("p/"), RangeEnd: b("p0"), Limit: 2, Revision: t.at(4)}, &pb.RangeRequest{Key: b("p/2\x00"), RangeEnd: b("p0"), Limit: 2, Revision: t.at(4)})
		}},
		{name: "range/empty-values", run: func(t *T) {
			t.fill("a", "", "b", "x", "c", "")
			t.ranges(&pb.RangeRequest{Key: b("a"), RangeEnd: b("z"), Limit: 2}, &pb.RangeRequest{Key: b("c")})
		}},
		{name: "range/many-keys", run: func(t *T) {
			for i := range 300 {
				t.fill(fmt.Sprintf("m/%03d", i), fmt.Sprint(i))
			}
			t.ranges(&pb.RangeRequest{Key: b("m/"), RangeEnd: b("m0"), Limit: 299}, &pb.RangeRequest{Key: b("m/"), RangeEnd: b("m0")},
				&pb.RangeRequest{Key: b("m/100"), RangeEnd: b("m/105"), SortOrder: pb.RangeRequest_DESCEND})
		}},
		{name: "range/unknown-fields-are-ignored", run: func(t *T) {
			t.fill("a", "1")
			send(t, t.kv.Range, &pb.RangeRequest{Key: b("a"), XXX_unrecognized: []byte{0xf8, 0x07, 0x01}})
		}},
	}
	for target := range int32(5) {
		cases = append(cases, sortGrid(pb.RangeRequest_SortTarget(target)))
	}
	return cases
}

// sortGrid tries every combination of order, limit, filter, revision and keys_only with one sort target.
func sortGrid(target pb.RangeRequest_SortTarget) testCase {
	return testCase{name: "range/grid/" + target.String(), run: func(t *T) {
		t.fillForSort()
		for order := range int32(3) {
			for _, limit := range []int64{0, 1, 3, 5} {
				for variant, request := range []*pb.RangeRequest{{}, {KeysOnly: true}, {MinModRevision: t.at(12)}, {Revision: t.at(9)}, {MaxCreateRevision: t.at(3)}} {
					request.Key, request.RangeEnd, request.Limit = b("a"), b("z"), limit
					request.SortOrder, request.SortTarget = pb.RangeRequest_SortOrder(order), target
					if variant == 3 && target == pb.RangeRequest_VERSION {
						continue // versions are equal at that revision, and the order of equals is unspecified
					}
					send(t, t.kv.Range, request)
				}
			}
		}
	}}
}
