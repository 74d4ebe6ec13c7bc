package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.netsy.chaos.cluster.Readers.Read;
import io.netsy.chaos.crash.Operation;
import io.netsy.chaos.crash.Operation.Outcome;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.mvcc.KeyValue;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the live tests judge by finds what it is there for. */
class ReadAuditTest {
    private static final List<Event> HISTORY = List.of(event(2, "one"), event(3, "two"));

    private static Event event(long revision, String value) {
        return Event.newBuilder()
                .setKv(KeyValue.newBuilder()
                        .setKey(ByteString.copyFromUtf8("key"))
                        .setValue(ByteString.copyFromUtf8(value))
                        .setModRevision(revision))
                .build();
    }

    private static Operation write(String value, long revision, long endedNanos) {
        return new Operation("key", value, new Outcome.Acknowledged(revision), 0, Duration.ofNanos(endedNanos));
    }

    private static Operation failed(Status status) {
        return new Operation("key", "x", new Outcome.Unknown(status.toString()), 0, Duration.ZERO);
    }

    private static Read read(long startedNanos, long revision, String value) {
        return new Read(0, startedNanos, startedNanos + 10, "key", revision, value);
    }

    private static List<String> audit(Read... reads) {
        return ReadAudit.run(List.of(reads), List.of(write("one", 2, 100), write("two", 3, 200)), HISTORY);
    }

    @Test
    void readsThatSeeWhatWasAcknowledgedBeforeThemAreFine() {
        assertThat(audit(read(50, 1, ""), read(150, 2, "one"), read(190, 2, "one"), read(210, 3, "two")))
                .isEmpty();
    }

    @Test
    void aWriteThatWasAcknowledgedBeforeIsMissed() {
        assertThat(audit(read(250, 2, "one"))).singleElement().asString().startsWith("STALE");
    }

    @Test
    void whatAnEarlierReadSawIsMissed() {
        assertThat(audit(read(120, 3, "two"), read(150, 2, "one")))
                .singleElement()
                .asString()
                .startsWith("STALE");
    }

    @Test
    void aValueThatTheHistoryDoesNotHaveIsFound() {
        assertThat(audit(read(250, 3, "three"))).hasSize(1);
        assertThat(audit(read(250, 3, ""))).hasSize(1);
    }

    @Test
    void onlyWhatEtcdsClientsTryAgainIsLetPass() {
        assertThat(ClientErrors.others(List.of(
                        failed(Status.UNAVAILABLE.withDescription("io exception")),
                        failed(Status.UNAVAILABLE.withDescription("etcdserver: request timed out")))))
                .isEmpty();
        assertThat(ClientErrors.others(List.of(
                        failed(Status.DEADLINE_EXCEEDED.withDescription("too long")),
                        failed(Status.UNAVAILABLE.withDescription("etcdserver: something else")),
                        failed(Status.FAILED_PRECONDITION.withDescription("etcdserver: no leader")))))
                .hasSize(3);
    }
}
