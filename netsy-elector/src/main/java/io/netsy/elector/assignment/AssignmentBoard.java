package io.netsy.elector.assignment;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last answer of a source: read by anybody, written by the source's one thread. It tells listeners and the log of changes,
 * and logs a failure once, however often it repeats.
 */
public final class AssignmentBoard {
    private static final Logger LOG = LoggerFactory.getLogger(AssignmentBoard.class);
    private static final Assignment.Unknown NOT_ASKED = new Assignment.Unknown("not asked yet");

    private final String source;
    private final LongSupplier bootNanos;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Assignment answer = NOT_ASKED;
    private Assignment told = NOT_ASKED;
    private String failure = "";

    /**
     * @param source its name for messages
     * @param bootNanos the clock that trust is measured on
     */
    public AssignmentBoard(String source, LongSupplier bootNanos) {
        this.source = source;
        this.bootNanos = bootNanos;
    }

    /** What is known now; for any thread. */
    public Assignment current() {
        return answer.at(bootNanos.getAsLong());
    }

    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** The source answered. */
    public void answered(Assignment newAnswer) {
        if (!failure.isEmpty()) {
            LOG.info("elector assignment by {} answers again", source);
            failure = "";
        }
        answer = newAnswer;
        maybeTell();
    }

    /** The source can't be asked: the last answer stands until its trust is over. */
    public void failed(String reason) {
        if (!reason.equals(failure)) {
            LOG.warn("elector assignment by {} is not to be had: {}", source, reason);
            failure = reason;
        }
        if (!(answer.at(bootNanos.getAsLong()) instanceof Assignment.Held)) {
            answer = new Assignment.Unknown(reason);
        }
        maybeTell();
    }

    /** The source says that there is nothing to be known: the last answer does not stand any longer. */
    public void unknown(String reason) {
        answer = new Assignment.Unknown(reason);
        failed(reason);
    }

    /** Nobody asks any more. */
    public void closed() {
        answer = new Assignment.Unknown("no longer asked");
    }

    private void maybeTell() {
        Assignment now = current();
        if (now.namesTheSame(told)) {
            return;
        }
        told = now;
        switch (now) {
            case Assignment.Held held ->
                LOG.info(
                        "elector by {} is '{}'{}, token {}",
                        source,
                        held.holder(),
                        held.self() ? ", this node" : "",
                        held.token());
            case Assignment.Vacant ignored -> LOG.info("elector by {} is nobody", source);
            case Assignment.Unknown unknown -> LOG.info("elector by {} is unknown: {}", source, unknown.reason());
        }
        for (Runnable listener : listeners) {
            tell(listener);
        }
    }

    private void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.error("a listener to the elector assignment by {} failed", source, e);
        }
    }
}
