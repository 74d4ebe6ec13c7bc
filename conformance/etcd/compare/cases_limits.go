package main

import (
	"fmt"
	"strings"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

const maxRequest = 3 << 19 // 1.5 MiB

// sized puts a value of that many bytes and says how it went.
func (t *T) sized(bytes int) {
	t.say("> put of %d bytes", bytes)
	answer, err := t.kv.Put(t.timeout(), &pb.PutRequest{Key: b("k"), Value: b(strings.Repeat("v", bytes))})
	if err != nil {
		t.say("< %s", t.failure(err))
		return
	}
	t.say("< %s", t.render(answer))
}

func limitCases() []testCase {
	return []testCase{
		{name: "limits/put-around-1.5-mib", run: func(t *T) {
			t.sized(maxRequest - 100)
			t.sized(maxRequest - 50)
			t.sized(maxRequest + 1)
			t.sized(maxRequest + 100)
			t.sized(maxRequest - 200)
			t.ranges(&pb.RangeRequest{Key: b("k")})
		}},
		{name: "limits/put-around-2-mib", run: func(t *T) {
			t.sized(2<<20 - 100)
			t.sized(2 << 20)
			t.sized(2_200_000)
			t.sized(5_000_000)
			t.put("k", "small")
		}},
		{name: "limits/txn", run: func(t *T) {
			half := strings.Repeat("h", maxRequest/2)
			t.txns(then(opPut("a", half), opPut("b", half)), then(opPut("a", half)), choose(ifValue("a", equal, half), ops(opPut("b", half)), nil))
			t.ranges(&pb.RangeRequest{Key: b("a"), RangeEnd: b("c"), CountOnly: true})
		}},
		{name: "limits/read-only-txn-may-be-larger", run: func(t *T) {
			big := strings.Repeat("q", maxRequest+1000)
			t.txns(choose(ifValue("a", equal, big), ops(opGet("a", "")), ops(opGet("b", ""))))
		}},
		{name: "limits/range-with-long-key", run: func(t *T) {
			t.ranges(&pb.RangeRequest{Key: b(strings.Repeat("r", maxRequest+1000))})
		}},
		{name: "limits/delete-with-long-key", run: func(t *T) {
			t.del(strings.Repeat("r", maxRequest+1000), "")
			t.del("a", strings.Repeat("r", maxRequest))
		}},
		{name: "limits/answers-have-no-limit", run: func(t *T) {
			t.bigValues(9, 1<<20)
			answer := quiet(t, t.kv.Range, &pb.RangeRequest{Key: b("big/"), RangeEnd: b("big0")})
			bytes := 0
			for _, kv := range answer.Kvs {
				bytes += len(kv.Value)
			}
			t.say("%d keys, %d bytes", len(answer.Kvs), bytes)
		}},
		{name: "limits/many-streams-on-a-connection", run: func(t *T) {
			var open []*watchStream
			for i := range 300 {
				w := t.openWatch()
				w.ask(&pb.WatchCreateRequest{Key: b(fmt.Sprintf("s/%d", i))})
				open = append(open, w)
			}
			for _, w := range open {
				w.next()
			}
			t.put("s/299", "x")
			open[299].next()
			for _, w := range open {
				w.cancel()
			}
		}},
	}
}
