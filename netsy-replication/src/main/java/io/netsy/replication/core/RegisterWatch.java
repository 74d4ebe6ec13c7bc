package io.netsy.replication.core;

import io.netsy.replication.core.PrimaryEffect.ConfirmReads;
import io.netsy.replication.core.PrimaryEffect.LeaseChanged;
import io.netsy.replication.core.PrimaryEffect.ReadRegister;
import io.netsy.replication.core.PrimaryEffect.WakeAt;
import io.netsy.replication.core.PrimaryEvent.RegisterSeen;
import io.netsy.replication.model.Moment;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The primary's look at the register, which is its right to answer reads: one question at a time, a third of the lease
 * apart, and at once when a read waits that no earlier question can serve (protocol safety, 10 and 23).
 */
final class RegisterWatch {
    private static final int LOOKS_PER_LEASE = 3;

    private final PrimarySettings settings;
    private final LongSupplier questions;
    private long question;
    private boolean asking;
    private boolean readsCameAfterTheQuestion;
    private boolean hasLease;
    private ReadLease lease = new ReadLease(0, new Moment(0, 0));
    private long nextLookNanos;
    private int failures;

    /** @param questions numbers questions, ascending, whoever is asked */
    RegisterWatch(PrimarySettings settings, LongSupplier questions) {
        this.settings = settings;
        this.questions = questions;
    }

    /** Asks, or remembers to ask again when the question under way left before this call. */
    void maybeAsk(Moment now, List<PrimaryEffect> effects) {
        if (asking) {
            readsCameAfterTheQuestion = true;
        } else if (now.bootNanos() - nextLookNanos >= 0 || failures == 0) {
            ask(effects);
        }
    }

    private void ask(List<PrimaryEffect> effects) {
        asking = true;
        readsCameAfterTheQuestion = false;
        question = questions.getAsLong();
        effects.add(new ReadRegister(question));
    }

    void handleConfirmed(RegisterSeen seen, List<PrimaryEffect> effects) {
        asking = false;
        failures = 0;
        if (settings.lease().isPositive()) {
            hasLease = true;
            lease = ReadLease.confirmed(seen.askedAt(), settings.lease());
            effects.add(new LeaseChanged(lease));
            nextLookNanos = seen.askedAt().bootNanos() + settings.lease().toNanos() / LOOKS_PER_LEASE;
            effects.add(new WakeAt(nextLookNanos));
        }
        effects.add(new ConfirmReads(question));
        if (readsCameAfterTheQuestion) {
            ask(effects);
        }
    }

    void handleUnreadable(Moment now, List<PrimaryEffect> effects) {
        asking = false;
        long pauseNanos = settings.retryMin().toNanos() << Math.min(failures++, 10);
        nextLookNanos =
                now.bootNanos() + Math.min(pauseNanos, settings.retryMax().toNanos());
        effects.add(new WakeAt(nextLookNanos));
    }

    void handleTick(Moment now, List<PrimaryEffect> effects) {
        boolean due = settings.lease().isPositive() || failures > 0;
        if (due && !asking && now.bootNanos() - nextLookNanos >= 0) {
            ask(effects);
        }
        if (hasLease && !lease.holdsAt(now)) {
            hasLease = false;
            effects.add(new LeaseChanged(ReadLease.none(now)));
        } else if (hasLease) {
            lease = lease.lookedAt(now);
            effects.add(new LeaseChanged(lease));
        }
    }

    /**
     * Whether a chunk may start. With a lease in force only under it, so that a successor that waited the lease out meets
     * no new chunk of this primary and its adoption of late ones ends (protocol safety, 25).
     */
    boolean allowsWrites(Moment now) {
        return !settings.lease().isPositive() || (hasLease && lease.holdsAt(now));
    }
}
