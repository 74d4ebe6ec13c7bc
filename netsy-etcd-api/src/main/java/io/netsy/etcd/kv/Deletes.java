package io.netsy.etcd.kv;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.rpc.ByteStrings;
import io.netsy.etcd.rpc.KeyValues;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.KeyRange;
import java.util.ArrayList;
import java.util.List;

/** What a delete request finds to delete (etcd semantics, section 8). */
final class Deletes {
    private Deletes() {}

    /**
     * The live keys of the request's range, in order.
     *
     * @param room changes that the revision can still take; more keys are refused before any is touched
     */
    static List<KeyRecord> find(DeleteRangeRequest request, ReadView view, long room) {
        List<KeyRecord> found = new ArrayList<>(1);
        if (request.getRangeEnd().isEmpty()) {
            KeyRecord record = view.state().live(ByteStrings.toBytes(request.getKey()));
            if (record != null) {
                found.add(record);
            }
        } else {
            KeyRange range = ByteStrings.toRange(request.getKey(), request.getRangeEnd());
            checkRoom(view.state().countLive(range), room);
            view.visitLive(range, found::add);
        }
        checkRoom(found.size(), room);
        return found;
    }

    private static void checkRoom(long wanted, long room) {
        if (wanted > room) {
            throw EtcdError.REQUEST_TOO_LARGE.exception();
        }
    }

    static List<KeyValue> previous(List<KeyRecord> records, ValueReader reader) {
        if (records.isEmpty()) {
            return List.of();
        }
        Bytes[] values =
                reader.values(records.stream().mapToLong(KeyRecord::modId).toArray());
        List<KeyValue> previous = new ArrayList<>(values.length);
        for (int i = 0; i < values.length; i++) {
            previous.add(KeyValues.of(records.get(i), values[i]));
        }
        return previous;
    }
}
