package io.netsy.etcd.maintenance.snapshot;

import com.google.protobuf.CodedOutputStream;
import io.netsy.etcd.maintenance.bbolt.BoltWriter;
import io.netsy.etcd.maintenance.bbolt.Span;
import io.netsy.etcd.port.ClusterView.Member;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.HistoryExport;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.proto.rpc.AlarmMember;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.AuthState;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The ten buckets of an etcd database (etcd semantics, section 15), from a state and its history.
 *
 * @param storageVersion the format of data, "3.6.0"
 * @param members who the cluster is; a restore replaces them
 */
record SnapshotContents(String storageVersion, List<Member> members) {
    private static final byte[] NOTHING = {};

    /**
     * Writes all buckets; blocks for as long as the history takes.
     *
     * @param beforeEach runs before each record; what it throws ends the writing
     */
    void write(HistoryExport.View view, Runnable beforeEach, BoltWriter file) throws IOException {
        StoreState state = view.at().state();
        file.bucket("key", entries -> new History(state, beforeEach, entries).visit(view));
        file.bucket("lease", entries -> leases(state, entries));
        file.bucket("alarm", entries -> alarms(state, entries));
        file.bucket("meta", sorted(meta(view.at())));
        auth(state.auth(), file);
        file.bucket("cluster", sorted(cluster()));
        file.bucket("members", sorted(memberTexts()));
        file.bucket("members_removed", entries -> {});
    }

    /** The records of all revisions that can be read. */
    private static final class History {
        private final StoreState state;
        private final Runnable beforeEach;
        private final BoltWriter.Entries entries;
        private final RecordEncoder encoder = new RecordEncoder();

        History(StoreState state, Runnable beforeEach, BoltWriter.Entries entries) {
            this.state = state;
            this.beforeEach = beforeEach;
            this.entries = entries;
        }

        void visit(HistoryExport.View view) throws IOException {
            view.visit(this::add);
        }

        private void add(StoredRevision stored) throws IOException {
            beforeEach.run();
            if (isReadable(stored)) {
                entries.put(encoder.key(stored), encoder.value(stored));
            }
        }

        /**
         * Of what is compacted, etcd keeps the revision that a key has at the compaction; one that was deleted before
         * has none. Whatever else is stored of it still waits to be purged here, and is gone in etcd.
         */
        private boolean isReadable(StoredRevision stored) {
            long id = stored.revisionId();
            long compacted = state.compactRevision();
            if (RevisionId.main(id) > compacted) {
                return true;
            }
            KeyRecord record = state.keys().get(stored.key());
            long kept = record == null ? 0 : record.idAt(compacted);
            return kept == id || (kept == -id && RevisionId.main(id) == compacted);
        }
    }

    private static void leases(StoreState state, BoltWriter.Entries entries) throws IOException {
        List<LeaseRecord> leases = new ArrayList<>(state.leases().size());
        state.leases().iterator().forEachRemaining(leases::add);
        leases.sort(Comparator.comparing(LeaseRecord::id, Long::compareUnsigned));
        for (LeaseRecord lease : leases) {
            entries.put(Span.of(number(lease.id())), Span.of(encode(lease)));
        }
    }

    /** A leasepb.Lease: id, time to live, and what a checkpoint left of it. */
    private static byte[] encode(LeaseRecord lease) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream message = CodedOutputStream.newInstance(bytes);
        try {
            message.writeInt64(1, lease.id());
            message.writeInt64(2, lease.ttlSeconds());
            if (lease.remainingSeconds() != 0) {
                message.writeInt64(3, lease.remainingSeconds());
            }
            message.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void alarms(StoreState state, BoltWriter.Entries entries) throws IOException {
        List<byte[]> alarms = new ArrayList<>();
        for (Alarm alarm : state.alarms()) {
            alarms.add(AlarmMember.newBuilder()
                    .setMemberID(alarm.memberId())
                    .setAlarmValue(alarm.type())
                    .build()
                    .toByteArray());
        }
        alarms.sort(Arrays::compareUnsigned);
        for (byte[] alarm : alarms) {
            entries.put(Span.of(alarm), Span.of(NOTHING));
        }
    }

    private Map<String, byte[]> meta(CommittedState at) {
        Map<String, byte[]> meta = new TreeMap<>();
        meta.put("confState", text(MemberTexts.confState(members)));
        meta.put("consistent_index", number(at.index()));
        meta.put("term", number(at.term()));
        meta.put("storageVersion", text(storageVersion));
        if (at.state().compactRevision() >= 0) {
            byte[] compacted = RecordEncoder.revision(at.state().compactRevision());
            meta.put("scheduledCompactRev", compacted);
            meta.put("finishedCompactRev", compacted);
        }
        return meta;
    }

    private static void auth(AuthState auth, BoltWriter file) throws IOException {
        byte[] enabled = {(byte) (auth.enabled() ? 1 : 0)};
        file.bucket("auth", sorted(Map.of("authEnabled", enabled, "authRevision", number(auth.revision()))));
        file.bucket("authUsers", named(auth.users(), AuthRecords::of));
        file.bucket("authRoles", named(auth.roles(), AuthRecords::of));
    }

    private static <T> BoltWriter.Filling named(NavigableMap<Bytes, T> records, Function<T, byte[]> encoder) {
        return entries -> {
            for (Map.Entry<Bytes, T> named : records.entrySet()) {
                entries.put(Span.of(named.getKey().array()), Span.of(encoder.apply(named.getValue())));
            }
        };
    }

    private Map<String, byte[]> cluster() {
        return Map.of(
                "clusterVersion",
                text(storageVersion),
                "downgrade",
                text("{\"target-version\":\"\",\"enabled\":false}"));
    }

    private Map<String, byte[]> memberTexts() {
        Map<String, byte[]> texts = new TreeMap<>();
        members.forEach(member -> texts.put(Long.toHexString(member.id()), text(MemberTexts.json(member))));
        return texts;
    }

    /** Entries under ASCII keys. */
    private static BoltWriter.Filling sorted(Map<String, byte[]> values) {
        return entries -> {
            for (Map.Entry<String, byte[]> value : new TreeMap<>(values).entrySet()) {
                entries.put(Span.of(text(value.getKey())), Span.of(value.getValue()));
            }
        };
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }
}
