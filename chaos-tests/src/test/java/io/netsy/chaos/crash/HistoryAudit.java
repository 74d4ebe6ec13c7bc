package io.netsy.chaos.crash;

import com.google.protobuf.ByteString;
import io.netsy.chaos.crash.Operation.Outcome;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.mvcc.KeyValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Compares what clients were told with the whole history that the store shows afterwards.
 *
 * <ol>
 *   <li>Every acknowledged write is in the history, at the revision it was acknowledged at.
 *   <li>Everything in the history was attempted, and stands there once: nothing was made up, nothing applied twice.
 *   <li>Every revision from the first to the last stands there once: none was skipped, none used twice.
 *   <li>The store's HashKV is that of the history.
 * </ol>
 */
public final class HistoryAudit {
    private static final int MAX_REPORTED = 20;

    private final List<String> violations = new ArrayList<>();
    private final Map<String, Operation> byValue = new HashMap<>();
    private final Map<Long, KeyValue> byRevision = new HashMap<>();
    private final Set<ByteString> seenValues = new HashSet<>();

    private HistoryAudit() {}

    /** What is wrong, worst first; empty when all holds. */
    public static List<String> run(List<Operation> operations, List<Event> history, long firstRevision) {
        HistoryAudit audit = new HistoryAudit();
        operations.forEach(audit::index);
        long expected = firstRevision;
        for (Event event : history) {
            audit.checkEvent(event, expected);
            expected = event.getKv().getModRevision() + 1;
        }
        operations.forEach(audit::checkOperation);
        return audit.violations.stream().limit(MAX_REPORTED).toList();
    }

    private void index(Operation operation) {
        byValue.put(operation.value(), operation);
    }

    private void checkEvent(Event event, long expectedRevision) {
        KeyValue kv = event.getKv();
        if (kv.getModRevision() != expectedRevision) {
            violations.add("revision %d came where %d was due".formatted(kv.getModRevision(), expectedRevision));
        }
        Operation operation = byValue.get(kv.getValue().toStringUtf8());
        if (operation == null || !operation.key().equals(kv.getKey().toStringUtf8())) {
            violations.add("nobody wrote what revision %d holds: %s"
                    .formatted(kv.getModRevision(), kv.getKey().toStringUtf8()));
        }
        if (byRevision.put(kv.getModRevision(), kv) != null || !seenValues.add(kv.getValue())) {
            violations.add("revision %d stands twice".formatted(kv.getModRevision()));
        }
    }

    private void checkOperation(Operation operation) {
        switch (operation.outcome()) {
            case Outcome.Acknowledged(long revision) -> checkAcknowledged(operation, revision);
            case Outcome.Impossible(String answer) ->
                violations.add("write of %s was answered impossibly: %s".formatted(operation.key(), answer));
            case Outcome.Unknown ignored -> {}
        }
    }

    private void checkAcknowledged(Operation operation, long revision) {
        KeyValue kv = byRevision.get(revision);
        if (kv == null) {
            violations.addFirst("LOST: %s was acknowledged at revision %d, which is not in the history"
                    .formatted(operation.key(), revision));
        } else if (!kv.getValue().toStringUtf8().equals(operation.value())) {
            violations.addFirst("LOST: %s was acknowledged at revision %d, which now holds %s"
                    .formatted(operation.key(), revision, kv.getKey().toStringUtf8()));
        }
    }

    /** etcd's HashKV of a history of puts that was never compacted (etcd semantics, section 15). */
    public static long hashKv(List<Event> history) {
        CRC32C crc = new CRC32C();
        crc.update("key".getBytes(StandardCharsets.US_ASCII));
        ByteBuffer recordKey = ByteBuffer.allocate(17);
        for (Event event : history) {
            recordKey.clear();
            recordKey.putLong(event.getKv().getModRevision()).put((byte) '_').putLong(0);
            crc.update(recordKey.array());
            crc.update(event.getKv().toByteArray());
        }
        return crc.getValue();
    }
}
