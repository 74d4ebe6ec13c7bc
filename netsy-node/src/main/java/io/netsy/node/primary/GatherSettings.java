package io.netsy.node.primary;

import io.netsy.replication.model.Bytes;
import java.time.Duration;
import java.util.List;

/**
 * How long a batch may wait for company.
 *
 * @param commitDelay PostgreSQL's {@code commit_delay}: how long patient writes wait; zero for none. It delays the
 *     answer and never weakens it
 * @param patientPrefixes keys whose writes are patient; empty: all keys
 * @param maxFrameBytes a batch is closed when it has grown to this
 */
public record GatherSettings(Duration commitDelay, List<Bytes> patientPrefixes, int maxFrameBytes) {
    public GatherSettings {
        patientPrefixes = List.copyOf(patientPrefixes);
        if (commitDelay.isNegative() || maxFrameBytes < 1) {
            throw new IllegalArgumentException(
                    "commit delay %s, frame of at most %d bytes".formatted(commitDelay, maxFrameBytes));
        }
    }
}
