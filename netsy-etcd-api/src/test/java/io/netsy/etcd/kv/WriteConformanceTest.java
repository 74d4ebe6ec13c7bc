package io.netsy.etcd.kv;

import static io.netsy.etcd.testkit.Requests.NO_END;
import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.Requests.delete;
import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.DeleteRangeResponse;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.testkit.Calls;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.etcd.testkit.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The cases of Put and DeleteRange in section 21 of the etcd semantics, by their numbers. */
class WriteConformanceTest {
    private static final ResponseHeader.Builder HEADER = ResponseHeader.newBuilder()
            .setClusterId(TestNode.CLUSTER_ID)
            .setMemberId(TestNode.MEMBER_ID)
            .setRaftTerm(1);

    private final TestEtcd etcd = new TestEtcd();
    private final List<CommitListener.RevisionEvents> events = new ArrayList<>();

    WriteConformanceTest() {
        etcd.store.addListener(commit -> events.addAll(commit.revisions()));
    }

    @AfterEach
    void close() {
        etcd.close();
    }

    private KeyValue get(String key) {
        return etcd.range(range(key)).getKvs(0);
    }

    private void grant(long id) {
        var _ = etcd.lease.leaseGrant(
                LeaseGrantRequest.newBuilder().setID(id).setTTL(60).build());
    }

    @Test
    void case02_firstPut() {
        PutResponse answer = etcd.kv.put(put("a", "1").build());

        assertThat(answer.getHeader()).isEqualTo(HEADER.setRevision(2).build());
        assertThat(answer.hasPrevKv()).isFalse();
        assertThat(get("a").getCreateRevision()).isEqualTo(2);
        assertThat(get("a").getModRevision()).isEqualTo(2);
        assertThat(get("a").getVersion()).isEqualTo(1);
    }

    @Test
    void case03_sameValueAgain() {
        etcd.put("a", "1");

        assertThat(etcd.put("a", "1")).isEqualTo(3);
        assertThat(get("a").getVersion()).isEqualTo(2);
        assertThat(get("a").getCreateRevision()).isEqualTo(2);
        assertThat(events).extracting(CommitListener.RevisionEvents::revision).containsExactly(2L, 3L);
    }

    @Test
    void case04_putAfterDelete() {
        etcd.put("a", "1");
        etcd.put("a", "2");
        var _ = etcd.kv.deleteRange(delete("a").build());
        etcd.put("a", "3");

        assertThat(get("a").getVersion()).isEqualTo(1);
        assertThat(get("a").getCreateRevision()).isEqualTo(5);
    }

    @Test
    void case05_emptyKey() {
        assertFails(EtcdError.EMPTY_KEY, () -> etcd.put("", "1"));
        assertFails(EtcdError.EMPTY_KEY, () -> etcd.kv.deleteRange(delete("").build()));
        assertThat(etcd.revision()).isEqualTo(1);
    }

    @Test
    void case06_ignoreWithAValueOrLease() {
        assertFails(EtcdError.VALUE_PROVIDED, () -> etcd.put(put("a", "x").setIgnoreValue(true)));
        assertFails(
                EtcdError.LEASE_PROVIDED,
                () -> etcd.put(put("a", "x").setIgnoreLease(true).setLease(1)));
        assertFails(
                EtcdError.VALUE_PROVIDED,
                () -> etcd.put(
                        put("a", "x").setIgnoreValue(true).setIgnoreLease(true).setLease(1)));
    }

    @Test
    void case07_ignoreValueAndLease() {
        assertFails(EtcdError.KEY_NOT_FOUND, () -> etcd.put(put("a", "").setIgnoreValue(true)));
        assertFails(EtcdError.KEY_NOT_FOUND, () -> etcd.put(put("a", "1").setIgnoreLease(true)));
        grant(7);
        etcd.put(put("a", "1").setLease(7));

        PutResponse kept = etcd.kv.put(
                put("a", "").setIgnoreValue(true).setIgnoreLease(true).build());
        assertThat(kept.hasPrevKv()).isFalse();
        assertThat(get("a").getValue()).isEqualTo(bytes("1"));
        assertThat(get("a").getLease()).isEqualTo(7);
        assertThat(get("a").getVersion()).isEqualTo(2);

        etcd.put(put("a", "").setIgnoreValue(true));
        assertThat(get("a").getValue()).isEqualTo(bytes("1"));
        assertThat(get("a").getLease()).isZero();
        assertThat(get("a").getVersion()).isEqualTo(3);
    }

    @Test
    void case08_unknownLease() {
        assertFails(EtcdError.LEASE_NOT_FOUND, () -> etcd.put(put("a", "1").setLease(99)));
        assertFails(
                EtcdError.LEASE_NOT_FOUND,
                () -> etcd.put(put("a", "").setIgnoreValue(true).setLease(99)));

        assertThat(etcd.revision()).isEqualTo(1);
    }

    @Test
    void case09_previousValue() {
        assertThat(etcd.kv.put(put("a", "1").setPrevKv(true).build()).hasPrevKv())
                .isFalse();
        KeyValue before = get("a");

        assertThat(etcd.kv.put(put("a", "2").setPrevKv(true).build()).getPrevKv())
                .isEqualTo(before);
    }

    @Test
    void case25_deleteOfNothing() {
        etcd.put("a", "1");

        DeleteRangeResponse answer = etcd.kv.deleteRange(delete("b", "z").build());
        assertThat(answer.getDeleted()).isZero();
        assertThat(answer.getHeader()).isEqualTo(HEADER.setRevision(2).build());
        assertThat(etcd.kv.deleteRange(delete("b", "a").build()).getDeleted()).isZero();
        assertThat(events).hasSize(1);
        assertThat(etcd.store.log()).hasSize(1);
    }

    @Test
    void case26_deleteOfThree() {
        etcd.put("c", "3");
        etcd.put("a", "1");
        etcd.put("b", "2");
        List<KeyValue> before = etcd.range(range("a", NO_END)).getKvsList();

        DeleteRangeResponse answer =
                etcd.kv.deleteRange(delete("a", NO_END).setPrevKv(true).build());

        assertThat(answer.getDeleted()).isEqualTo(3);
        assertThat(answer.getPrevKvsList()).isEqualTo(before);
        assertThat(answer.getHeader()).isEqualTo(HEADER.setRevision(5).build());
        assertThat(events.getLast().revision()).isEqualTo(5);
        assertThat(events.getLast().events())
                .extracting(event -> event.record().key().toString())
                .containsExactly("a", "b", "c");
        assertThat(events.getLast().events()).noneMatch(event -> event.record().isLive());
    }

    @Test
    void deleteWithoutPreviousValuesReadsNone() {
        etcd.put("a", "1");
        etcd.put("b", "2");
        long before = etcd.store.revisions().valuesRead();

        assertThat(etcd.kv.deleteRange(delete("a", "c").build()).getPrevKvsList())
                .isEmpty();
        assertThat(etcd.store.revisions().valuesRead()).isEqualTo(before);
    }

    @Test
    void case55_emptyValue() {
        etcd.put("a", "");

        assertThat(get("a").getValue().isEmpty()).isTrue();
        assertThat(get("a").getVersion()).isEqualTo(1);
        assertThat(events.getFirst().events().getFirst().record().isLive()).isTrue();
    }

    @Test
    void case42_requestSize() {
        int limit = 1_572_864;

        assertFails(EtcdError.REQUEST_TOO_LARGE, () -> etcd.put(sized(limit + 100)));
        assertThat(etcd.put(sized(limit - 50))).isEqualTo(2);
        // Everything of the proposal counts: 18 bytes of envelope, 6 of key and value tags, 1 of the key.
        assertThat(etcd.put(sized(limit - 25))).isEqualTo(3);
        assertFails(EtcdError.REQUEST_TOO_LARGE, () -> etcd.put(sized(limit - 24)));
    }

    private static PutRequest.Builder sized(int valueBytes) {
        return put("a", "").setValue(ByteString.copyFrom(new byte[valueBytes]));
    }

    @Test
    void valuesAreAnyBytes() {
        ByteString odd = ByteString.copyFrom(new byte[] {0, (byte) 0xff, 1, 0});
        var _ = etcd.kv.put(put("", "").setKey(odd).setValue(odd).build());

        KeyValue pair = etcd.range(range("").setKey(odd)).getKvs(0);
        assertThat(pair.getKey()).isEqualTo(odd);
        assertThat(pair.getValue()).isEqualTo(odd);
    }

    @Test
    void answersComeOnlyAfterTheCommit() {
        etcd.store.holdCommits();
        CompletableFuture<PutResponse> answer = Calls.start(
                call -> KVGrpc.newStub(etcd.kv.getChannel()).put(put("a", "1").build(), call));
        assertThat(answer).isNotDone();
        assertThat(etcd.range(range("a")).getCount()).isZero();

        etcd.store.releaseCommits();
        assertThat(answer).isCompleted();
        assertThat(etcd.range(range("a")).getCount()).isEqualTo(1);
    }

    @Test
    void anUnknownOutcomeIsATimeout() {
        etcd.store.holdCommits();
        CompletableFuture<PutResponse> answer = Calls.start(
                call -> KVGrpc.newStub(etcd.kv.getChannel()).put(put("a", "1").build(), call));
        etcd.store.timeOutInFlight();

        assertFails(EtcdError.TIMED_OUT, () -> {
            throw answer.exceptionNow();
        });
        etcd.store.releaseCommits();
        assertThat(etcd.range(range("a")).getCount()).isEqualTo(1);
    }
}
