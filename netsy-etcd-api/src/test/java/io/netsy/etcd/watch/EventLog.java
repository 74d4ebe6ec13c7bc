package io.netsy.etcd.watch;

import com.google.protobuf.ByteString;
import io.netsy.etcd.port.CommitListener.Commit;
import io.netsy.etcd.port.CommitListener.RevisionEvents;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.state.KeyEvent;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.replication.model.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Everything that was ever committed, as the events a watcher with previous values would see: a test's own truth. */
final class EventLog {
    private final List<Event> events = new ArrayList<>();
    private final Map<Bytes, KeyValue> current = new HashMap<>();
    private long revision = 1;

    /** Takes a commit in. */
    void append(Commit commit) {
        for (RevisionEvents changed : commit.revisions()) {
            Map<Bytes, KeyValue> before = new HashMap<>(current);
            for (KeyEvent event : changed.events()) {
                events.add(eventOf(event, before));
            }
            revision = changed.revision();
        }
    }

    private Event eventOf(KeyEvent event, Map<Bytes, KeyValue> before) {
        KeyRecord record = event.record();
        KeyValue.Builder pair = KeyValue.newBuilder()
                .setKey(ByteString.copyFrom(record.key().array()))
                .setModRevision(record.modRevision());
        Event.Builder built = Event.newBuilder();
        boolean creation = false;
        if (record.isLive()) {
            pair.setValue(ByteString.copyFrom(event.value().array()))
                    .setCreateRevision(record.createRevision())
                    .setVersion(record.version())
                    .setLease(record.leaseId());
            current.put(record.key(), pair.build());
            creation = record.createRevision() == record.modRevision();
        } else {
            current.remove(record.key());
            built.setType(Event.EventType.DELETE);
        }
        built.setKv(pair);
        KeyValue previous = before.get(record.key());
        if (previous != null && !creation) {
            built.setPrevKv(previous);
        }
        return built.build();
    }

    long revision() {
        return revision;
    }

    /** The events from a revision on, in order, with previous values. */
    List<Event> from(long first) {
        return events.stream()
                .filter(event -> event.getKv().getModRevision() >= first)
                .toList();
    }
}
