package main

import (
	"context"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc/metadata"
)

func metadataCases() []testCase {
	return []testCase{
		{name: "metadata/hasleader", run: func(t *T) {
			t.with("hasleader", "true").do(func(t *T) {
				t.put("a", "1")
				w := t.openWatch()
				w.create(&pb.WatchCreateRequest{Key: b("a")})
				t.put("a", "2")
				w.next()
				w.cancel()
				k := t.openKeepAlive()
				k.renew(5)
				k.cancel()
			})
			t.with("hasleader", "nonsense").do(func(t *T) { t.get("a") })
		}},
		{name: "metadata/client-api-version", run: func(t *T) {
			for _, version := range []string{"3.6", "", "anything at all", "\xff\xfe"} {
				t.with("client-api-version", version).do(func(t *T) {
					t.get("a")
					w := t.openWatch()
					w.ask(&pb.WatchCreateRequest{Key: b("a")})
					w.next()
					w.cancel()
				})
			}
			t.with("client-api-version", "3.6", "client-api-version", "\xff").do(func(t *T) { t.get("a") })
		}},
		{name: "metadata/unknown-is-ignored", run: func(t *T) {
			t.with("source", "cache", "x-anything", "1", "token-bin", "\x00\x01").do(func(t *T) { t.put("a", "1"); t.get("a") })
		}},
		{name: "metadata/token-without-auth-is-ignored", run: func(t *T) {
			t.with("token", "nonsense.1").do(func(t *T) { t.put("a", "1"); t.status() })
			t.with("authorization", "Bearer nonsense").do(func(t *T) { t.get("a") })
		}},
		{name: "metadata/large-headers", run: func(t *T) {
			large := make([]byte, 12_000)
			for i := range large {
				large[i] = 'h'
			}
			t.with("x-large", string(large)).do(func(t *T) { t.get("a") })
		}},
		{name: "metadata/deadline-in-the-past", run: func(t *T) {
			ctx, cancel := context.WithDeadline(t.ctx, time.Now().Add(-time.Second))
			defer cancel()
			_, err := t.kv.Range(ctx, &pb.RangeRequest{Key: b("a")})
			t.say("< %s", t.failure(err))
		}},
		{name: "unknown/methods", run: func(t *T) {
			for _, method := range []string{"/etcdserverpb.KV/Nothing", "/etcdserverpb.Nothing/Range", "/nothing/nothing", "/etcdserverpb.Watch/Nothing", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"} {
				t.garbage(method, nil)
			}
		}},
		{name: "unknown/garbage-body", run: func(t *T) {
			for _, method := range []string{"/etcdserverpb.KV/Range", "/etcdserverpb.KV/Put", "/etcdserverpb.KV/Txn"} {
				t.garbage(method, []byte{0xff, 0xff, 0xff})
				t.garbage(method, []byte{0x0a, 0x7f})
			}
			t.get("a")
		}},
		{name: "unknown/fields-and-empty-body", run: func(t *T) {
			t.invoke("/etcdserverpb.KV/Range", nil)
			t.invoke("/etcdserverpb.KV/Range", []byte{0xf8, 0x3f, 0x01})
			t.invoke("/etcdserverpb.KV/Put", nil)
		}},
		{name: "health/grpc", run: func(t *T) {
			t.say("< %x", t.invoke("/grpc.health.v1.Health/Check", nil))
			t.garbage("/grpc.health.v1.Health/Check", append([]byte{0x0a, 4}, "none"...))
			t.garbage("/grpc.health.v1.Health/Check", append([]byte{0x0a, 15}, "etcdserverpb.KV"...))
		}},
		{name: "metadata/cancelled-by-the-client", run: func(t *T) {
			ctx, cancel := t.withCancel()
			cancel()
			_, err := t.kv.Put(metadata.AppendToOutgoingContext(ctx, "a", "b"), &pb.PutRequest{Key: b("a")})
			t.say("< %s", t.failure(err))
		}},
	}
}

// garbage sends what is refused before any of etcd's own code sees it. The wording of such a refusal is that of the gRPC
// and protobuf libraries; its code is not.
func (t *T) garbage(method string, body []byte) {
	t.say("> %s with %x", method, body)
	var answer []byte
	err := t.srv.conn.Invoke(t.timeout(), method, &body, &answer, rawCall)
	t.say("< code %s", code(err))
}
