package io.netsy.bench.single;

import io.netsy.bench.clock.NanoClock;
import io.netsy.bench.clock.Pause;
import io.netsy.bench.load.Endpoint;
import io.netsy.bench.load.Session;
import io.netsy.bench.load.Target;
import io.netsy.bench.load.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

/**
 * A server under test.
 *
 * @param storePrefix what names its objects on the S3 server; empty when it has none there
 */
record RunningServer(ManagedProcess process, Endpoint endpoint, String storePrefix) implements AutoCloseable {
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(2);
    private static final Duration OPERATION_LIMIT = Duration.ofSeconds(60);

    /** Connects. */
    Session connect(NanoClock clock, int connections) throws IOException, InterruptedException {
        return Session.open(target(connections), clock);
    }

    /** Connects as the user whose token it is. */
    Session connectAs(String token, NanoClock clock, int connections) throws IOException, InterruptedException {
        return Session.openAs(token, target(connections), clock);
    }

    private Target target(int connections) {
        return new Target(List.of(endpoint), TlsFiles.NONE, connections, OPERATION_LIMIT);
    }

    /**
     * Waits for the first successful Range.
     *
     * @param startedNanos when the process was started
     * @return the time from then on
     * @throws IOException when the server ends, or gives none within two minutes
     */
    Duration awaitFirstAnswer(NanoClock clock, long startedNanos) throws IOException, InterruptedException {
        long end = clock.nanos() + ANSWER_LIMIT.toNanos();
        String lastRefusal = "nothing listened";
        while (clock.nanos() < end) {
            if (!process.isAlive()) {
                throw new IOException("%s ended before it answered:%n  %s".formatted(process, process.endOfLog()));
            }
            if (isListening()) {
                try (Session session = connect(clock, 1)) {
                    session.revision();
                    return Duration.ofNanos(clock.nanos() - startedNanos);
                } catch (IOException refusal) {
                    lastRefusal = String.valueOf(refusal.getMessage());
                }
            }
            Pause.of(LOOK_EVERY);
        }
        throw new IOException(
                "%s did not answer within %d s: %s".formatted(process, ANSWER_LIMIT.toSeconds(), lastRefusal));
    }

    private boolean isListening() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), endpoint.port())) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
