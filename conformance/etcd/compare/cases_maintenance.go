package main

import (
	"context"
	"crypto/sha256"
	"io"
	"strings"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

func (t *T) alarm(action pb.AlarmRequest_AlarmAction, member uint64, kind pb.AlarmType) {
	send(t, t.maintenance.Alarm, &pb.AlarmRequest{Action: action, MemberID: member, Alarm: kind})
}

func (t *T) status() { send(t, t.maintenance.Status, &pb.StatusRequest{}) }

const (
	activate   = pb.AlarmRequest_ACTIVATE
	deactivate = pb.AlarmRequest_DEACTIVATE
	getAlarms  = pb.AlarmRequest_GET
)

func maintenanceCases() []testCase {
	return []testCase{
		{name: "maintenance/status", run: func(t *T) { t.status(); t.put("a", "1"); t.status() }},
		{name: "maintenance/alarm/get", run: func(t *T) {
			t.alarm(getAlarms, 0, pb.AlarmType_NONE)
			t.alarm(getAlarms, 0, pb.AlarmType_NOSPACE)
			t.alarm(getAlarms, 5, pb.AlarmType_CORRUPT)
			t.alarm(getAlarms, 0, 9)
		}},
		{name: "maintenance/alarm/activate-and-deactivate", run: func(t *T) {
			t.alarm(activate, t.member, pb.AlarmType_NONE)
			t.alarm(activate, t.member, pb.AlarmType_NOSPACE)
			t.alarm(activate, t.member, pb.AlarmType_NOSPACE)
			t.alarm(activate, 77, pb.AlarmType_NOSPACE)
			t.alarm(getAlarms, 0, pb.AlarmType_NOSPACE)
			t.alarm(getAlarms, 0, pb.AlarmType_CORRUPT)
			t.status()
			t.alarm(deactivate, 5, pb.AlarmType_NOSPACE)
			t.alarm(deactivate, t.member, pb.AlarmType_CORRUPT)
			t.alarm(deactivate, t.member, pb.AlarmType_NOSPACE)
			t.alarm(deactivate, t.member, pb.AlarmType_NOSPACE)
			t.alarm(deactivate, 77, pb.AlarmType_NOSPACE)
			t.alarm(getAlarms, 0, pb.AlarmType_NONE)
			t.put("a", "1")
		}},
		{name: "maintenance/alarm/nospace-refuses-growth", run: func(t *T) {
			lease := t.grant(600)
			t.fill("a", "1", "b", "2", "c", "3")
			t.alarm(activate, t.member, pb.AlarmType_NOSPACE)
			t.put("a", "2")
			t.put("", "2")
			t.puts(&pb.PutRequest{Key: b("a"), Value: b("x"), IgnoreValue: true}, &pb.PutRequest{Key: b("a"), Lease: 4711})
			t.txns(then(opPut("a", "2")), choose(ifVersion("a", equal, 0), ops(opPut("a", "2")), ops(opGet("a", ""))), then(opTxn(then(opPut("a", "2")))))
			t.txns(then(opDel("a", ""), opGet("b", "")), then(opGet("a", "")), then(opTxn(then(opDel("c", "")))), &pb.TxnRequest{})
			t.del("b", "")
			t.grant(60)
			t.revoke(lease)
			t.compact(1)
			k := t.openKeepAlive()
			k.renew(4711)
			k.cancel()
			t.all()
			t.alarm(deactivate, t.member, pb.AlarmType_NOSPACE)
			t.put("a", "3")
		}},
		{name: "maintenance/alarm/corrupt-refuses-all-changes", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 600})
			t.fill("a", "1")
			t.alarm(activate, t.member, pb.AlarmType_CORRUPT)
			t.put("a", "2")
			t.del("a", "")
			t.txns(then(opPut("a", "2")), then(opDel("a", "")), then(opGet("a", "")), &pb.TxnRequest{})
			t.compact(1)
			t.grants(&pb.LeaseGrantRequest{ID: 8, TTL: 600})
			t.revoke(7)
			t.get("a")
			t.ttl(7)
			t.status()
			t.alarm(deactivate, t.member, pb.AlarmType_CORRUPT)
			t.put("a", "3")
		}},
		{name: "maintenance/alarm/both", run: func(t *T) {
			t.alarm(activate, t.member, pb.AlarmType_CORRUPT)
			t.alarm(activate, t.member, pb.AlarmType_NOSPACE)
			t.put("a", "1")
			t.del("a", "")
			t.alarm(getAlarms, 0, pb.AlarmType_NONE)
		}},
		{name: "maintenance/quota", settings: settings{quotaBytes: 4 << 20}, run: func(t *T) {
			big := strings.Repeat("x", 1<<20)
			// etcd learns the size of its file when it commits a batch, every 100 ms: a quick dozen of puts may slip in.
			var err error
			for puts := 0; err == nil && puts < 200; puts++ {
				_, err = t.kv.Put(t.timeout(), &pb.PutRequest{Key: b("big"), Value: b(big)})
			}
			t.say("a put was refused: %t", err != nil)
			_, err = t.kv.Put(t.timeout(), &pb.PutRequest{Key: b("small"), Value: b("x")})
			t.say("a small one: %s", t.failure(err))
			_, err = t.kv.Put(t.timeout(), &pb.PutRequest{Value: b(big)})
			t.say("a big one without a key: %s", t.failure(err))
			t.say("deleted: %d", quiet(t, t.kv.DeleteRange, &pb.DeleteRangeRequest{Key: b("big")}).Deleted)
			t.base = quiet(t, t.kv.Range, &pb.RangeRequest{Key: b("big")}).Header.Revision
			t.alarm(getAlarms, 0, pb.AlarmType_NONE)
			t.say("quota %d", quiet(t, t.maintenance.Status, &pb.StatusRequest{}).DbSizeQuota)
		}},
		{name: "maintenance/defragment", run: func(t *T) {
			t.fill("a", "1", "a", "2")
			send(t, t.maintenance.Defragment, &pb.DefragmentRequest{})
			t.get("a")
			t.reads("a", 1, 2)
		}},
		{name: "maintenance/move-leader", run: func(t *T) {
			send(t, t.maintenance.MoveLeader, &pb.MoveLeaderRequest{TargetID: t.member})
			send(t, t.maintenance.MoveLeader, &pb.MoveLeaderRequest{TargetID: 5})
			send(t, t.maintenance.MoveLeader, &pb.MoveLeaderRequest{})
		}},
		{name: "maintenance/downgrade/validate", run: func(t *T) {
			for _, version := range []string{"3.5", "3.5.0", "3.5.9", "3.4", "3.6", "3.6.0", "3.7", "4.0", "", "x", "3", "3.5.0-rc.1", "v3.5.0", "3.5.x", "-1.0"} {
				send(t, t.maintenance.Downgrade, &pb.DowngradeRequest{Action: pb.DowngradeRequest_VALIDATE, Version: version})
			}
		}},
		{name: "maintenance/downgrade/cancel-without-job", run: func(t *T) {
			send(t, t.maintenance.Downgrade, &pb.DowngradeRequest{Action: pb.DowngradeRequest_CANCEL})
			t.status()
		}},
		{name: "maintenance/downgrade/unknown-action", run: func(t *T) {
			send(t, t.maintenance.Downgrade, &pb.DowngradeRequest{Action: 9, Version: "3.5"})
		}},
		{name: "maintenance/downgrade/enable-refused-versions", run: func(t *T) {
			for _, version := range []string{"3.4", "x", "", "3.6"} {
				send(t, t.maintenance.Downgrade, &pb.DowngradeRequest{Action: pb.DowngradeRequest_ENABLE, Version: version})
			}
		}},
		// With a value that makes both files greater than one blob.
		{name: "maintenance/snapshot/framing", run: func(t *T) { t.bigValues(1, 100_000); t.snapshot(); t.put("a", "2"); t.snapshot() }},
		{name: "maintenance/snapshot/with-large-values", run: func(t *T) { t.bigValues(3, 1<<20); t.snapshot() }},
	}
}

// snapshot reads one stream and writes down what holds for each: order, sizes, checksum, version, and the file's form.
func (t *T) snapshot() {
	stream, err := t.maintenance.Snapshot(t.timeout(), &pb.SnapshotRequest{})
	if err != nil {
		t.say("Snapshot: %s", t.failure(err))
		return
	}
	t.checkSnapshot(stream)
}

func (t *T) checkSnapshot(stream pb.Maintenance_SnapshotClient) {
	var messages []*pb.SnapshotResponse
	for {
		message, err := stream.Recv()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.say("Snapshot after %d messages: %s", len(messages), t.failure(err))
			return
		}
		messages = append(messages, message)
	}
	if len(messages) < 2 {
		t.say("Snapshot has %d messages", len(messages))
		return
	}
	t.describeSnapshot(messages[:len(messages)-1], messages[len(messages)-1])
}

func (t *T) describeSnapshot(blobs []*pb.SnapshotResponse, last *pb.SnapshotResponse) {
	const blobSize = 32 << 10
	hash, total, cut := sha256.New(), 0, true
	for i, message := range blobs {
		hash.Write(message.Blob)
		total += len(message.Blob)
		cut = cut && (len(message.Blob) == blobSize || i == len(blobs)-1 && len(message.Blob) < blobSize)
	}
	left, counted := uint64(total), true
	for _, message := range blobs {
		left -= uint64(len(message.Blob))
		counted = counted && message.RemainingBytes == left
	}
	t.say("cut every 32 KiB: %t, remaining bytes count down to 0: %t, whole pages: %t", cut, counted, total%4096 == 0)
	t.say("versions %q and %q, headers absent: %t", blobs[0].Version, last.Version, blobs[0].Header == nil && last.Header == nil)
	t.say("last: %d bytes, is the SHA-256: %t, remaining %d", len(last.Blob), string(last.Blob) == string(hash.Sum(nil)), last.RemainingBytes)
	t.say("bbolt magic: %x", blobs[0].Blob[16:20])
}

// withCancel gives a context for calls that the case ends itself.
func (t *T) withCancel() (context.Context, context.CancelFunc) { return context.WithCancel(t.ctx) }
