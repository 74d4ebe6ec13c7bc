package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.S3Limits;
import io.netsy.node.objectstore.StoreEnvironment;
import io.netsy.node.objectstore.StoreListener;
import io.netsy.node.objectstore.StoreRequest;
import io.netsy.node.objectstore.StoreRequest.Kind;
import io.netsy.node.objectstore.StoreRequest.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes requests, tells the listener of each, and turns their faults into {@link S3Failed}. A request is made once, or,
 * where repeating it does no harm, until it succeeds or its time is over, with pauses of full jitter: a random time up
 * to a bound that doubles (M. Brooker, "Exponential Backoff And Jitter").
 */
final class S3Requests implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(S3Requests.class);

    private static final int MAX_ATTEMPTS = 6;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration FIRST_PAUSE_WHEN_TOLD_TO_SLOW_DOWN = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final CompletableFuture<S3Clients.Bundle> clients;
    private final S3Faults faults;
    private final StoreListener listener;
    private final StoreEnvironment environment;
    private final Duration callTimeout;

    S3Requests(
            CompletableFuture<S3Clients.Bundle> clients,
            S3Faults faults,
            StoreListener listener,
            StoreEnvironment environment,
            S3Limits limits) {
        this.clients = clients;
        this.faults = faults;
        this.listener = listener;
        this.environment = environment;
        this.callTimeout = limits.callTimeout();
    }

    /**
     * A request to be made.
     *
     * @param action for messages, like {@code get s3://bucket/key}
     * @param sentBytes of the body
     * @param receivedBytes of the answer's body
     */
    record Request<T>(
            Kind kind,
            String action,
            long sentBytes,
            Function<S3Clients.Bundle, T> call,
            ToLongFunction<T> receivedBytes) {}

    /** Makes the request a single time. */
    <T> T once(Request<T> request) throws S3Failed {
        S3Clients.Bundle bundle = clients();
        long start = environment.nanoTime().getAsLong();
        try {
            T result = request.call().apply(bundle);
            tell(request, start, Outcome.DONE, request.receivedBytes().applyAsLong(result));
            return result;
        } catch (RuntimeException e) {
            S3Fault fault = faults.classify(e);
            tell(request, start, outcomeOf(fault), 0);
            throw new S3Failed(fault, e);
        }
    }

    /** Makes the request, again and again while its faults may pass. */
    <T> T repeated(Request<T> request) throws S3Failed {
        long start = environment.nanoTime().getAsLong();
        for (int attempt = 1; ; attempt++) {
            try {
                return once(request);
            } catch (S3Failed failed) {
                if (!(failed.fault() instanceof S3Fault.Passing passing)) {
                    throw failed;
                }
                Duration pause = pauseAfter(attempt, passing);
                if (attempt == MAX_ATTEMPTS
                        || environment.since(start).plus(pause).compareTo(callTimeout) > 0) {
                    throw failed;
                }
                log.debug(
                        "event=store-request-repeated action=\"{}\" attempt={} pauseMillis={} reason=\"{}\"",
                        request.action(),
                        attempt,
                        pause.toMillis(),
                        passing.reason());
                pause(pause, failed);
            }
        }
    }

    /** A pause before the next attempt of something that failed so often; ends early by an interrupt, as a fault. */
    void pause(Duration pause, S3Failed failed) throws S3Failed {
        try {
            environment.pause().pause(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed;
        }
    }

    Duration pauseAfter(int attempt, S3Fault.Passing fault) {
        Duration first = fault.slowDown() ? FIRST_PAUSE_WHEN_TOLD_TO_SLOW_DOWN : FIRST_PAUSE;
        long boundNanos = Math.min(first.toNanos() << (attempt - 1), LONGEST_PAUSE.toNanos());
        return Duration.ofNanos(environment.random().nextLong(boundNanos + 1));
    }

    /** Ends the client, when it stands or as soon as it does. */
    @Override
    public void close() {
        var _ = clients.whenComplete((bundle, fault) -> {
            if (bundle != null) {
                bundle.close();
            }
        });
    }

    private S3Clients.Bundle clients() throws S3Failed {
        try {
            return clients.join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            S3Fault fault = faults.classify(cause);
            if (fault instanceof S3Fault.Passing) {
                fault = new S3Fault.Refused(S3ErrorText.rootMessage(cause), "correct the settings of the store");
            }
            throw new S3Failed(fault, cause);
        }
    }

    private <T> void tell(Request<T> request, long start, Outcome outcome, long receivedBytes) {
        listener.requestEnded(new StoreRequest(
                request.kind(), outcome, request.sentBytes(), receivedBytes, environment.since(start)));
    }

    private static Outcome outcomeOf(S3Fault fault) {
        return switch (fault) {
            case S3Fault.ConditionFailed failed -> Outcome.CONDITION_FAILED;
            case S3Fault.Missing missing -> Outcome.MISSING;
            case S3Fault.Passing passing -> Outcome.FAILED;
            case S3Fault.Refused refused -> Outcome.REFUSED;
        };
    }

    /** A request that did not succeed, and what that means. */
    static final class S3Failed extends Exception {

        private final transient S3Fault fault;

        S3Failed(S3Fault fault, Throwable cause) {
            super(fault.reason(), cause);
            this.fault = fault;
        }

        S3Fault fault() {
            return fault;
        }

        /** What a failed read is to the port. */
        ObjectStoreException ofRead(String action) {
            return switch (fault) {
                case S3Fault.Passing passing ->
                    new ObjectStoreException.Unavailable(action, passing.reason(), passing.wayOut(), getCause());
                case S3Fault.Refused refused ->
                    new ObjectStoreException.Refused(action, refused.reason(), refused.wayOut(), getCause());
                case S3Fault.Missing missing -> new ObjectStoreException.ObjectMissing(action);
                case S3Fault.ConditionFailed failed ->
                    new ObjectStoreException.Unavailable(action, failed.reason(), WaysOut.TRY_LATER, getCause());
            };
        }

        /** What a failed write is to the port, apart from a condition that did not hold. */
        ObjectStoreException ofWrite(String action) {
            return switch (fault) {
                case S3Fault.Refused refused ->
                    new ObjectStoreException.Refused(action, refused.reason(), refused.wayOut(), getCause());
                case S3Fault.Passing passing ->
                    new ObjectStoreException.OutcomeUnknown(action, passing.reasonAndHint(), getCause());
                case S3Fault.Missing missing ->
                    new ObjectStoreException.OutcomeUnknown(action, missing.reason(), getCause());
                case S3Fault.ConditionFailed failed ->
                    new ObjectStoreException.OutcomeUnknown(action, failed.reason(), getCause());
            };
        }
    }
}
