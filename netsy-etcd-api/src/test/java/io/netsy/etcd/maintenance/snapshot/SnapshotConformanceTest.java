package io.netsy.etcd.maintenance.snapshot;

import static io.netsy.etcd.maintenance.bbolt.BoltReader.value;
import static io.netsy.etcd.testkit.Requests.delete;
import static io.netsy.etcd.testkit.Requests.put;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.netsy.etcd.maintenance.bbolt.BoltReader;
import io.netsy.etcd.port.ClusterView.Member;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.proto.auth.Permission;
import io.netsy.etcd.proto.auth.Role;
import io.netsy.etcd.proto.auth.User;
import io.netsy.etcd.proto.auth.UserAddOptions;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.AlarmMember;
import io.netsy.etcd.proto.rpc.AlarmRequest;
import io.netsy.etcd.proto.rpc.AlarmRequest.AlarmAction;
import io.netsy.etcd.proto.rpc.AlarmType;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.HashKVRequest;
import io.netsy.etcd.proto.rpc.HashRequest;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.SnapshotRequest;
import io.netsy.etcd.proto.rpc.SnapshotResponse;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.etcd.testkit.TestNode;
import io.netsy.replication.model.AuthPermission;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The snapshot of section 15 of the etcd semantics, and its case in section 21. */
class SnapshotConformanceTest {
    private final TestEtcd etcd = new TestEtcd();
    private MaintenanceGrpc.MaintenanceBlockingStub maintenance = etcd.maintenance;

    @AfterEach
    void close() {
        etcd.close();
    }

    private List<SnapshotResponse> stream() {
        List<SnapshotResponse> messages = new ArrayList<>();
        maintenance.snapshot(SnapshotRequest.getDefaultInstance()).forEachRemaining(messages::add);
        return messages;
    }

    private static ByteString contentOf(List<SnapshotResponse> messages) {
        ByteString content = ByteString.empty();
        for (SnapshotResponse message : messages.subList(0, messages.size() - 1)) {
            content = content.concat(message.getBlob());
        }
        return content;
    }

    private BoltReader snapshot() {
        return BoltReader.read(ByteBuffer.wrap(contentOf(stream()).toByteArray()));
    }

    private static Bytes number(long number) {
        return Bytes.wrap(ByteBuffer.allocate(8).putLong(number).array());
    }

    private static Bytes recordKey(long main, long sub, String mark) {
        ByteBuffer key = ByteBuffer.allocate(17 + mark.length())
                .putLong(main)
                .put((byte) '_')
                .putLong(sub);
        return Bytes.wrap(key.put(mark.getBytes(StandardCharsets.US_ASCII)).array());
    }

    private void compact(long revision) {
        var _ = etcd.kv.compact(
                CompactionRequest.newBuilder().setRevision(revision).build());
    }

    @Test
    void case69_blobsCountDownAndTheirHashComesLast() throws Exception {
        for (int i = 0; i < 100; i++) {
            etcd.put("key-" + i, "v".repeat(1_000));
        }
        List<SnapshotResponse> messages = stream();
        SnapshotResponse last = messages.getLast();
        byte[] content = contentOf(messages).toByteArray();

        assertThat(last.getBlob().toByteArray())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
        assertThat(last.getRemainingBytes()).isZero();
        assertThat((content.length + last.getBlob().size()) % 512).isEqualTo(32);
        long remaining = content.length;
        for (SnapshotResponse message : messages.subList(0, messages.size() - 1)) {
            assertThat(message.getBlob().size()).isEqualTo((int) Math.min(32_768, remaining));
            remaining -= message.getBlob().size();
            assertThat(message.getRemainingBytes()).isEqualTo(remaining);
        }
        assertThat(messages).allMatch(message -> message.getVersion().equals("3.6.0"));
        assertThat(messages).noneMatch(SnapshotResponse::hasHeader);
    }

    @Test
    void anEmptyStoreHasTheBucketsOfAFreshEtcd() {
        BoltReader file = snapshot();

        assertThat(file.names())
                .containsExactly(
                        "alarm",
                        "auth",
                        "authRoles",
                        "authUsers",
                        "cluster",
                        "key",
                        "lease",
                        "members",
                        "members_removed",
                        "meta");
        assertThat(file.bucket("key")).isEmpty();
        assertThat(file.bucket("meta"))
                .containsOnly(
                        Map.entry(Bytes.utf8("consistent_index"), number(0)),
                        Map.entry(Bytes.utf8("term"), number(1)),
                        Map.entry(Bytes.utf8("storageVersion"), Bytes.utf8("3.6.0")),
                        Map.entry(
                                Bytes.utf8("confState"),
                                Bytes.utf8("{\"voters\":[10276657743932975437],\"auto_leave\":false}")));
        assertThat(file.bucket("auth"))
                .containsOnly(
                        Map.entry(Bytes.utf8("authEnabled"), Bytes.wrap(new byte[1])),
                        Map.entry(Bytes.utf8("authRevision"), number(1)));
        assertThat(file.bucket("cluster"))
                .containsOnly(
                        Map.entry(Bytes.utf8("clusterVersion"), Bytes.utf8("3.6.0")),
                        Map.entry(Bytes.utf8("downgrade"), Bytes.utf8("{\"target-version\":\"\",\"enabled\":false}")));
        assertThat(file.bucket("members"))
                .containsOnly(Map.entry(
                        Bytes.utf8("8e9e05c52164694d"),
                        Bytes.utf8("{\"id\":10276657743932975437,\"peerURLs\":[\"http://127.0.0.1:2380\"],"
                                + "\"name\":\"one\",\"clientURLs\":[\"http://127.0.0.1:2379\"]}")));
    }

    @Test
    void namesAreQuotedAndLearnersLearn() {
        etcd.node.members = List.of(new Member(7, "a\"b\\", List.of(), List.of(), true), etcd.node.members.getFirst());

        BoltReader file = snapshot();
        assertThat(value(file.bucket("members"), Bytes.utf8("7")))
                .isEqualTo(Bytes.utf8(
                        "{\"id\":7,\"peerURLs\":[],\"isLearner\":true,\"name\":\"a\\\"b\\\\\",\"clientURLs\":[]}"));
        assertThat(value(file.bucket("meta"), Bytes.utf8("confState")))
                .isEqualTo(Bytes.utf8("{\"voters\":[10276657743932975437],\"learners\":[7],\"auto_leave\":false}"));
    }

    @Test
    void recordsHaveTheKeysAndValuesOfEtcd() throws InvalidProtocolBufferException {
        grant(9, 60);
        etcd.put(put("a", "1").setLease(9));
        etcd.put("b", "");
        etcd.put("a", "2");
        var _ = etcd.kv.deleteRange(delete("a", "\0").build());

        NavigableMap<Bytes, Bytes> records = snapshot().bucket("key");
        assertThat(records.keySet())
                .containsExactly(
                        recordKey(2, 0, ""),
                        recordKey(3, 0, ""),
                        recordKey(4, 0, ""),
                        recordKey(5, 0, "t"),
                        recordKey(5, 1, "t"));
        assertThat(KeyValue.parseFrom(value(records, recordKey(2, 0, "")).array()))
                .isEqualTo(KeyValue.newBuilder()
                        .setKey(ByteString.copyFromUtf8("a"))
                        .setValue(ByteString.copyFromUtf8("1"))
                        .setCreateRevision(2)
                        .setModRevision(2)
                        .setVersion(1)
                        .setLease(9)
                        .build());
        assertThat(KeyValue.parseFrom(value(records, recordKey(4, 0, "")).array())
                        .getVersion())
                .isEqualTo(2);
        assertThat(value(records, recordKey(5, 1, "t"))).isEqualTo(Bytes.utf8("\n\001b"));
    }

    private void grant(long id, long ttl) {
        var _ = etcd.lease.leaseGrant(
                LeaseGrantRequest.newBuilder().setID(id).setTTL(ttl).build());
    }

    @Test
    void leasesInTheOrderOfTheirBytes() throws IOException {
        grant(300, 60);
        grant(-1, 70);
        grant(2, 80);

        NavigableMap<Bytes, Bytes> leases = snapshot().bucket("lease");
        assertThat(leases.keySet()).containsExactly(number(2), number(300), number(-1));
        CodedInputStream lease =
                CodedInputStream.newInstance(value(leases, number(-1)).array());
        assertThat(lease.readTag()).isEqualTo(1 << 3);
        assertThat(lease.readInt64()).isEqualTo(-1);
        assertThat(lease.readTag()).isEqualTo(2 << 3);
        assertThat(lease.readInt64()).isEqualTo(70);
        assertThat(lease.isAtEnd()).isTrue();
    }

    @Test
    void alarmsAreKeys() throws InvalidProtocolBufferException {
        for (AlarmType type : List.of(AlarmType.CORRUPT, AlarmType.NOSPACE)) {
            var _ = etcd.maintenance.alarm(AlarmRequest.newBuilder()
                    .setAction(AlarmAction.ACTIVATE)
                    .setMemberID(TestNode.MEMBER_ID)
                    .setAlarm(type)
                    .build());
        }
        NavigableMap<Bytes, Bytes> alarms = snapshot().bucket("alarm");

        assertThat(alarms).hasSize(2);
        assertThat(alarms.values()).containsOnly(Bytes.EMPTY);
        assertThat(AlarmMember.parseFrom(alarms.firstKey().array()).getAlarm()).isEqualTo(AlarmType.NOSPACE);
        assertThat(AlarmMember.parseFrom(alarms.firstKey().array()).getMemberID())
                .isEqualTo(TestNode.MEMBER_ID);
    }

    @Test
    void usersAndRolesAsEtcdKeepsThem() throws InvalidProtocolBufferException {
        AuthPermission permission = new AuthPermission(AuthPermission.READ_WRITE, Bytes.utf8("a"), Bytes.utf8("b"));
        AuthRole reader = new AuthRole(Bytes.utf8("reader"), List.of(permission));
        AuthUser ann = new AuthUser(Bytes.utf8("ann"), Bytes.utf8("$2a$10$hash"), false, List.of(Bytes.utf8("reader")));
        AuthUser bob = new AuthUser(Bytes.utf8("bob"), Bytes.EMPTY, true, List.of());
        AuthUser root = new AuthUser(Bytes.utf8("root"), Bytes.EMPTY, true, List.of(Bytes.utf8("root")));
        int before = hash();
        Entry change = new Entry.AuthChange(
                5,
                true,
                Entry.AuthChange.Changed.put(List.of(bob, ann, root)),
                Entry.AuthChange.Changed.put(List.of(reader)));
        etcd.store
                .propose((tip, revisions) -> Evaluation.effect(tip, change, true))
                .join();
        signInAs(root);

        BoltReader file = snapshot();
        assertThat(file.bucket("auth"))
                .containsOnly(
                        Map.entry(Bytes.utf8("authEnabled"), Bytes.wrap(new byte[] {1})),
                        Map.entry(Bytes.utf8("authRevision"), number(5)));
        assertThat(User.parseFrom(
                        value(file.bucket("authUsers"), Bytes.utf8("ann")).array()))
                .isEqualTo(User.newBuilder()
                        .setName(ByteString.copyFromUtf8("ann"))
                        .setPassword(ByteString.copyFromUtf8("$2a$10$hash"))
                        .addRoles("reader")
                        .setOptions(UserAddOptions.getDefaultInstance())
                        .build());
        assertThat(User.parseFrom(value(file.bucket("authUsers"), Bytes.utf8("bob"))
                                .array())
                        .getOptions()
                        .getNoPassword())
                .isTrue();
        assertThat(Role.parseFrom(
                        value(file.bucket("authRoles"), Bytes.utf8("reader")).array()))
                .isEqualTo(Role.newBuilder()
                        .setName(ByteString.copyFromUtf8("reader"))
                        .addKeyPermission(Permission.newBuilder()
                                .setPermType(Permission.Type.READWRITE)
                                .setKey(ByteString.copyFromUtf8("a"))
                                .setRangeEnd(ByteString.copyFromUtf8("b")))
                        .build());
        assertThat(hash()).isNotEqualTo(before);
    }

    /** From here on a snapshot needs credentials. */
    private void signInAs(AuthUser user) {
        String token = etcd.tokens.issue(user, etcd.store.committed().state().auth(), 1);
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
        maintenance = etcd.maintenance.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private int hash() {
        return maintenance.hash(HashRequest.getDefaultInstance()).getHash();
    }

    /** What is readable is in the file, whether the purge has come to the rest or not. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatACompactionTookIsGone(boolean purged) {
        etcd.put("kept", "1");
        etcd.put("gone", "1");
        etcd.put("kept", "2");
        var _ = etcd.kv.deleteRange(delete("gone").build());
        etcd.put("late", "1");
        var _ = etcd.kv.deleteRange(delete("late").build());
        compact(7);
        etcd.put("kept", "3");
        if (purged) {
            etcd.store.purge();
        }

        BoltReader file = snapshot();
        assertThat(file.bucket("key").keySet())
                .containsExactly(recordKey(4, 0, ""), recordKey(7, 0, "t"), recordKey(8, 0, ""));
        assertThat(value(file.bucket("meta"), Bytes.utf8("finishedCompactRev"))).isEqualTo(recordKey(7, 0, ""));
        assertThat(value(file.bucket("meta"), Bytes.utf8("scheduledCompactRev")))
                .isEqualTo(recordKey(7, 0, ""));
    }

    /** The hash that etcd computes over the restored file, here of all its records since none is superseded. */
    @Test
    void theHashOfTheFileIsThatOfTheStore() {
        for (int i = 0; i < 500; i++) {
            etcd.put("key-" + i % 37, "value-" + i);
            if (i % 11 == 0) {
                var _ = etcd.kv.deleteRange(delete("key-" + i % 5).build());
            }
        }
        compact(etcd.put("last", ""));
        CRC32C crc = new CRC32C();
        crc.update("key".getBytes(StandardCharsets.US_ASCII));
        snapshot().bucket("key").forEach((key, value) -> {
            crc.update(key.array());
            crc.update(value.array());
        });

        assertThat((int) crc.getValue())
                .isEqualTo(etcd.maintenance
                        .hashKV(HashKVRequest.getDefaultInstance())
                        .getHash());
    }

    @Test
    void aLongHistoryOfOneKey() {
        for (int i = 0; i < 5_000; i++) {
            etcd.put("key", "value " + i);
        }

        NavigableMap<Bytes, Bytes> records = snapshot().bucket("key");
        assertThat(records).hasSize(5_000);
        assertThat(records.lastKey()).isEqualTo(recordKey(5_001, 0, ""));
    }

    @Test
    void valuesAsGreatAsARequestMayBe() throws InvalidProtocolBufferException {
        String great = "x".repeat(1_500_000);
        for (int i = 0; i < 3; i++) {
            etcd.put("key", great);
        }

        NavigableMap<Bytes, Bytes> records = snapshot().bucket("key");
        assertThat(KeyValue.parseFrom(value(records, recordKey(4, 0, "")).array())
                        .getValue()
                        .toStringUtf8())
                .isEqualTo(great);
    }
}
