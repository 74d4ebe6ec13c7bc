package io.netsy.node.replica;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.Compactor;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.etcd.state.StateMachine;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Member;
import io.netsy.replication.model.RevisionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A seeded log of entries that a primary could have written, the state after them, and the plainest model of what the
 * replica must hold: every revision in a map, nothing ever thrown away.
 */
public final class RandomLog {
    private final RandomGenerator random;
    private final int keys;
    private final int maxValueBytes;
    private final NavigableMap<Long, StoredRevision> revisions = new TreeMap<>();
    private StoreState state = StoreState.EMPTY;
    private LogPosition position = LogPosition.START;

    public RandomLog(long seed, int keys, int maxValueBytes) {
        this.random = new java.util.Random(seed);
        this.keys = keys;
        this.maxValueBytes = maxValueBytes;
    }

    public StoreState state() {
        return state;
    }

    public LogPosition position() {
        return position;
    }

    /** All revisions ever made, by id. */
    public NavigableMap<Long, StoredRevision> revisions() {
        return revisions;
    }

    /** Some entries in a row. */
    public List<Entry> next(int count) {
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(apply(nextEntry()));
        }
        advance(count);
        return entries;
    }

    /** One entry of the caller's making. */
    public List<Entry> add(Entry entry) {
        apply(entry);
        advance(1);
        return List.of(entry);
    }

    private void advance(int count) {
        position = new LogPosition(1, position.index() + count, random.nextInt());
    }

    private Entry apply(Entry entry) {
        state = StateMachine.apply(state, entry).after();
        long revision = StagedRevisions.revisionOf(entry);
        int sub = 0;
        for (Change change : StagedRevisions.changesOf(entry)) {
            StoredRevision stored = StagedRevisions.toStored(RevisionId.pack(revision, sub++), change);
            revisions.put(stored.revisionId(), stored);
        }
        return entry;
    }

    private Entry nextEntry() {
        int kind = random.nextInt(100);
        if (kind < 80) {
            return new Entry.Transaction(state.revision() + 1, changes());
        }
        if (kind < 87) {
            return new Entry.LeaseGrant(random.nextInt(1, 20) - 10L == 0 ? 99 : random.nextInt(1, 20) - 10L, 60);
        }
        if (kind < 91) {
            return revoke();
        }
        if (kind < 94) {
            return new Entry.LeaseCheckpoint(
                    List.of(new Entry.LeaseCheckpoint.Remaining(random.nextInt(-9, 10), random.nextInt(60))));
        }
        if (kind < 95) {
            return RandomAuth.next(random, state.auth());
        }
        if (kind == 98) {
            return membership();
        }
        if (kind < 97 && state.compactRevision() < state.revision()) {
            return new Entry.Compaction(random.nextLong(state.compactRevision() + 1, state.revision() + 1));
        }
        if (kind < 98) {
            return new Entry.RevisionBump(state.revision() + random.nextInt(1, 1_000_000_000));
        }
        return new Entry.AlarmChange(random.nextInt(1, 3), random.nextInt(3), random.nextBoolean());
    }

    private Entry membership() {
        long id = random.nextLong(-4, 5) * 2 + 1;
        if (random.nextInt(3) == 0) {
            return new Entry.MembershipChange(List.of(), List.of(id));
        }
        Member member = new Member(
                id,
                random.nextBoolean() ? "node-" + id : "",
                List.of("http://10.0.0.1:" + random.nextInt(1000)),
                List.of(),
                random.nextBoolean());
        return new Entry.MembershipChange(List.of(member), List.of());
    }

    private List<Change> changes() {
        Map<Bytes, Change> changes = new LinkedHashMap<>();
        int count = random.nextInt(10) == 0 ? random.nextInt(1, 12) : 1;
        for (int i = 0; i < count; i++) {
            Bytes key = Bytes.utf8("/registry/things/" + random.nextInt(keys));
            KeyRecord live = state.live(key);
            boolean delete = live != null && random.nextInt(4) == 0;
            changes.putIfAbsent(key, delete ? new Change.Delete(key) : put(key, live));
        }
        return List.copyOf(changes.values());
    }

    private Change put(Bytes key, @Nullable KeyRecord live) {
        byte[] value = new byte[random.nextInt(maxValueBytes + 1)];
        random.nextBytes(value);
        Iterator<LeaseRecord> leases = state.leases().iterator();
        long lease = leases.hasNext() && random.nextInt(5) == 0 ? leases.next().id() : 0;
        return new Change.Put(
                key,
                Bytes.wrap(value),
                live == null ? state.revision() + 1 : live.createRevision(),
                live == null ? 1 : live.version() + 1,
                lease);
    }

    private Entry revoke() {
        Iterator<LeaseRecord> leases = state.leases().iterator();
        if (!leases.hasNext()) {
            return new Entry.LeaseGrant(7, 60);
        }
        long lease = leases.next().id();
        List<Change> deletes = new ArrayList<>();
        state.visitAttached(lease, key -> deletes.add(new Change.Delete(key)));
        return new Entry.LeaseRevoke(lease, deletes.isEmpty() ? state.revision() : state.revision() + 1, deletes);
    }

    /** A put of one key with a value of this size. */
    public Entry putEntry(String name, int valueBytes) {
        Bytes key = Bytes.utf8(name);
        byte[] value = new byte[valueBytes];
        random.nextBytes(value);
        KeyRecord live = state.live(key);
        return new Entry.Transaction(
                state.revision() + 1,
                List.of(new Change.Put(
                        key,
                        Bytes.wrap(value),
                        live == null ? state.revision() + 1 : live.createRevision(),
                        live == null ? 1 : live.version() + 1,
                        0)));
    }

    /** The state once the purge of its newest compaction is done. */
    public static StoreState purged(StoreState state, LongConsumer ids) {
        List<Bytes> keys = new ArrayList<>();
        state.keys().iterator().forEachRemaining(record -> keys.add(record.key()));
        return Compactor.compact(state, state.compactRevision(), keys, ids);
    }

    /** Everything that is to say of a state, in text, so that two can be compared and the difference read. */
    public static List<String> describe(StoreState state) {
        List<String> lines = new ArrayList<>();
        lines.add("revision %d compacted %d".formatted(state.revision(), state.compactRevision()));
        state.keys().iterator().forEachRemaining(record -> {
            StringBuilder ids = new StringBuilder();
            for (int i = 0; i < record.revisionCount(); i++) {
                ids.append(' ').append(record.idOf(i));
            }
            lines.add(record + ids.toString());
        });
        state.leases().iterator().forEachRemaining(lease -> lines.add(lease.toString()));
        state.attachments().iterator().forEachRemaining(attachment -> lines.add(attachment.toString()));
        state.alarms().stream()
                .sorted(Comparator.comparingInt(Alarm::type).thenComparingLong(Alarm::memberId))
                .forEach(alarm -> lines.add(alarm.toString()));
        lines.addAll(RandomAuth.describe(state.auth()));
        state.members().members().values().forEach(member -> lines.add(member.toString()));
        state.members().removed().stream().sorted().forEach(removed -> lines.add("removed " + removed));
        return lines;
    }
}
