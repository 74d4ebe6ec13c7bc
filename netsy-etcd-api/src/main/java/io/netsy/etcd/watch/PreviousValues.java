package io.netsy.etcd.watch;

import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.port.StateSource;
import io.netsy.replication.model.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives events the key as it was before them. Safe for any thread. */
@FunctionalInterface
interface PreviousValues {
    /** Answers whether every event has its previous revision now, if it has one at all. */
    boolean resolve(List<WatchEvent> events);

    /** Looks in memory alone, and never blocks. */
    static PreviousValues inMemory(RevisionStore revisions) {
        return events -> {
            for (WatchEvent event : events) {
                if (!event.lacksPrevious()) {
                    continue;
                }
                Bytes value = event.previous() == null ? null : revisions.cachedValue(event.previousId());
                if (value == null) {
                    return false;
                }
                event.previousValueIs(value);
            }
            return true;
        };
    }

    /** Reads what is not in memory, and always succeeds: what is gone then was compacted. Blocks. */
    static PreviousValues stored(RevisionStore revisions, StateSource states) {
        return new Stored(revisions, states);
    }

    /** The blocking kind. */
    record Stored(RevisionStore revisions, StateSource states) implements PreviousValues {
        private static final Logger LOG = LoggerFactory.getLogger(PreviousValues.class);

        @Override
        public boolean resolve(List<WatchEvent> events) {
            resolveKnown(events.stream()
                    .filter(event -> event.lacksPrevious() && event.previous() != null)
                    .toList());
            for (WatchEvent event : events) {
                if (event.lacksPrevious()) {
                    RevisionStore.StoredRevision before = revisions.revision(event.previousId());
                    if (before == null) {
                        isGone(event);
                    } else {
                        event.previousIs(before);
                    }
                }
            }
            return true;
        }

        /** Reads only values, in one go, where the other fields are known. */
        private void resolveKnown(List<WatchEvent> events) {
            if (events.isEmpty()) {
                return;
            }
            @Nullable
            Bytes[] values = revisions.values(
                    events.stream().mapToLong(WatchEvent::previousId).toArray());
            for (int i = 0; i < values.length; i++) {
                Bytes value = values[i];
                if (value == null) {
                    isGone(events.get(i));
                } else {
                    events.get(i).previousValueIs(value);
                }
            }
        }

        private void isGone(WatchEvent event) {
            long compactRevision = states.committed().state().compactRevision();
            if (event.revision() > compactRevision) {
                LOG.error(
                        "previous value is missing, though it was not compacted:"
                                + " key={} revision={} previous_id={} compact_revision={};"
                                + " the replica lost a row and should be rebuilt",
                        event.key(),
                        event.revision(),
                        event.previousId(),
                        compactRevision);
            }
            event.previousIs(null);
        }
    }
}
