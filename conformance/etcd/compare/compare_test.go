package main

import (
	"strings"
	"testing"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
)

func TestCasesHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range allCases() {
		if seen[c.name] {
			t.Errorf("two cases are called %s", c.name)
		}
		seen[c.name] = true
	}
	if len(seen) < 150 {
		t.Errorf("only %d cases", len(seen))
	}
}

func TestRenderKeepsWhatMustBeEqual(t *testing.T) {
	n := &names{base: 10, cluster: 1, member: 2}
	answer := func(change func(*pb.RangeResponse)) string {
		r := &pb.RangeResponse{Header: &pb.ResponseHeader{ClusterId: 1, MemberId: 2, Revision: 12, RaftTerm: 3}, Count: 1,
			Kvs: []*mvccpb.KeyValue{{Key: []byte("k"), Value: []byte("v"), CreateRevision: 11, ModRevision: 12, Version: 2}}}
		change(r)
		return n.render(r)
	}
	same := answer(func(*pb.RangeResponse) {})
	if want := `RangeResponse{Header{ClusterId=self MemberId=self Revision=@+2 RaftTerm=ok} Kvs[{Key="k" CreateRevision=@+1 ModRevision=@+2 Version=2 Value="v"}] Count=1}`; same != want {
		t.Errorf("got  %s\nwant %s", same, want)
	}
	changes := map[string]func(*pb.RangeResponse){
		"absent header":   func(r *pb.RangeResponse) { r.Header = nil },
		"empty header":    func(r *pb.RangeResponse) { r.Header = &pb.ResponseHeader{} },
		"other cluster":   func(r *pb.RangeResponse) { r.Header.ClusterId = 9 },
		"no member":       func(r *pb.RangeResponse) { r.Header.MemberId = 0 },
		"no term":         func(r *pb.RangeResponse) { r.Header.RaftTerm = 0 },
		"other revision":  func(r *pb.RangeResponse) { r.Header.Revision++ },
		"more":            func(r *pb.RangeResponse) { r.More = true },
		"other count":     func(r *pb.RangeResponse) { r.Count = 2 },
		"other mod":       func(r *pb.RangeResponse) { r.Kvs[0].ModRevision = 11 },
		"other version":   func(r *pb.RangeResponse) { r.Kvs[0].Version = 1 },
		"a lease":         func(r *pb.RangeResponse) { r.Kvs[0].Lease = 5 },
		"other value":     func(r *pb.RangeResponse) { r.Kvs[0].Value = []byte("w") },
		"a field unknown": func(r *pb.RangeResponse) { r.XXX_unrecognized = []byte{0xf8, 0x07, 0x01} },
		"one key twice":   func(r *pb.RangeResponse) { r.Kvs = append(r.Kvs, r.Kvs[0]) },
	}
	for what, change := range changes {
		if answer(change) == same {
			t.Errorf("%s is not seen", what)
		}
	}
}

func TestTermMustNotGoBack(t *testing.T) {
	n := &names{}
	header := func(term uint64) string { return n.render(&pb.ResponseHeader{RaftTerm: term}) }
	if header(3) != header(4) || header(3) == header(4) {
		t.Error("a term that grows is fine, one that falls is not")
	}
}

func TestDiffShowsMissingAndChangedLines(t *testing.T) {
	if got := diff([]string{"a", "b"}, []string{"a", "b"}); got != nil {
		t.Errorf("equal transcripts differ: %v", got)
	}
	got := strings.Join(diff([]string{"a", "b", "c"}, []string{"a", "x"}), "|")
	if want := "after  a|etcd   b|netsy  x|after  b|etcd   c|netsy  (nothing)"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestASeedGivesOneSequence(t *testing.T) {
	n := &names{}
	sequence := func(seed int64) string {
		g, text := newGenerator(seed, 1), strings.Builder{}
		for i := range int64(2000) {
			text.WriteString(n.render(g.next(1+i/2, i/4).message))
		}
		return text.String()
	}
	if sequence(7) != sequence(7) {
		t.Error("the same seed gives different requests")
	}
	if sequence(7) == sequence(8) {
		t.Error("different seeds give the same requests")
	}
	for _, kind := range []string{"PutRequest", "DeleteRangeRequest", "RequestTxn", "RangeRequest", "CompactionRequest", "LeaseGrantRequest", "LeaseRevokeRequest", "LeaseKeepAliveRequest", "LeaseTimeToLiveRequest", "HashKVRequest"} {
		if !strings.Contains(sequence(7), kind) {
			t.Errorf("no %s in 2000 operations", kind)
		}
	}
}

func TestMembersOfClustersComeInAnyOrder(t *testing.T) {
	list := func(members ...string) string {
		return `{"header":{"member_id":MEMBER},"members":[{` + strings.Join(members, "},{") + "}]}\n"
	}
	own, other, silent := `"ID":MEMBER,"name":"NAME","clientURLs":["URL"]`, `"ID":N,"name":"NAME","clientURLs":["URL"]`, `"ID":N,"name":"NAME"`
	first := unordered(list(own, other, silent))
	for _, same := range []string{list(other, own, silent), list(silent, own, other), list(other, silent, own)} {
		if second := unordered(same); second != first {
			t.Errorf("by order alone:\n%s\n%s", first, second)
		}
	}
	for what, differs := range map[string]string{"one less": list(own, silent), "no address": list(own, silent, silent)} {
		if unordered(differs) == first {
			t.Errorf("%s is not seen", what)
		}
	}
}
