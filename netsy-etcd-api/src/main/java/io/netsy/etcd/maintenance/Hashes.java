package io.netsy.etcd.maintenance;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.maintenance.snapshot.AuthRecords;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.StoreState;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.zip.CRC32C;

/** The hashes that the Maintenance service answers with; computing one blocks. */
final class Hashes {
    private final Ports ports;
    private final CompactionHashes compactions;

    Hashes(Ports ports, CompactionHashes compactions) {
        this.ports = ports;
        this.compactions = compactions;
    }

    /** A hash, and the state that was the newest when it was computed. */
    record Result(KvHash hash, CommittedState at) {}

    /** The hash of the history up to a revision, 0 being the newest; there is nothing up to a negative one. */
    Result ofHistory(long asked) {
        KvHash kept = asked > 0 ? compactions.of(asked) : null;
        if (kept != null) {
            return new Result(kept, ports.states().committed());
        }
        while (true) {
            CommittedState at = ports.states().committed();
            KvHash hash = KvHash.of(at.state(), settled(asked, at.state()), ports.revisions());
            // A compaction in the meantime may have purged what was still to be read.
            if (ports.states().committed().state().compactRevision() == hash.compactRevision()) {
                return new Result(hash, at);
            }
        }
    }

    private static long settled(long asked, StoreState state) {
        if (asked <= 0) {
            return asked == 0 ? state.revision() : asked;
        }
        if (asked < state.compactRevision()) {
            throw EtcdError.COMPACTED.exception();
        }
        if (asked > state.revision()) {
            throw EtcdError.FUTURE_REVISION.exception();
        }
        return asked;
    }

    /** The hash of everything: the history, the leases, the alarms, users and roles. */
    Result ofAll() {
        Result history = ofHistory(0);
        StoreState state = history.at().state();
        CRC32C crc = new CRC32C();
        update(crc, history.hash().hash(), history.hash().compactRevision());
        state.leases().iterator().forEachRemaining(lease -> update(crc, lease.id(), lease.ttlSeconds()));
        state.alarms().stream()
                .sorted(Comparator.comparingInt(Alarm::type).thenComparingLong(Alarm::memberId))
                .forEach(alarm -> update(crc, alarm.type(), alarm.memberId()));
        update(crc, state.auth().enabled() ? 1 : 0, state.auth().revision());
        state.auth().users().values().forEach(user -> crc.update(AuthRecords.of(user)));
        state.auth().roles().values().forEach(role -> crc.update(AuthRecords.of(role)));
        KvHash hash = new KvHash(state.revision(), state.compactRevision(), (int) crc.getValue());
        return new Result(hash, history.at());
    }

    private static void update(CRC32C crc, long first, long second) {
        crc.update(ByteBuffer.allocate(16).putLong(first).putLong(second).flip());
    }
}
