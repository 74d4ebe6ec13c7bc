package io.netsy.replication.core;

import io.netsy.replication.core.PeerMessage.Confirm;
import io.netsy.replication.core.PrimaryEffect.AskStandbys;
import io.netsy.replication.core.PrimaryEffect.ConfirmReads;
import io.netsy.replication.core.PrimaryEffect.ToStandby;
import io.netsy.replication.core.PrimaryEffect.WakeAt;
import io.netsy.replication.core.Standbys.Confirmers;
import io.netsy.replication.model.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * The right to answer reads by the standbys' word: a round that was begun after the reads came, one for all that wait, and no
 * clock (brief, section 5; Raft's read-index).
 *
 * <p>Who must confirm is a set that every fence meets: all other voters where the bucket alone is complete, at least one; at
 * {@code quorum} as many of the rule's list as a commit waits for. A standby that was fenced ends its streams first, so it
 * confirms no more. While the rule is being changed the register may hold either, so both their sets must confirm. When they
 * can't be had, or are slow, the register is asked instead.
 */
final class ReadRounds {
    /** After this long the register is asked as well. */
    private static final Duration PATIENCE = Duration.ofMillis(150);

    private final Standbys standbys;
    private final RuleInForce rules;
    private final LongSupplier questions;
    private final List<Waiting> waiting = new ArrayList<>();
    private boolean asking;
    private boolean readsCameAfterTheRound;
    private boolean slow;
    private long question;
    private long overdueNanos;

    /** What one rule still needs of a round. */
    private static final class Waiting {
        private final Set<Long> asked;
        private int needed;

        Waiting(Confirmers confirmers) {
            this.asked = new HashSet<>(confirmers.streams());
            this.needed = confirmers.needed();
        }

        void confirm(long stream) {
            if (asked.remove(stream)) {
                needed--;
            }
        }

        /** Answers whether enough are left. */
        boolean lose(long stream) {
            asked.remove(stream);
            return asked.size() >= needed;
        }
    }

    /** @param questions numbers questions, ascending, whoever is asked */
    ReadRounds(Standbys standbys, RuleInForce rules, LongSupplier questions) {
        this.standbys = standbys;
        this.rules = rules;
        this.questions = questions;
    }

    /** Begins a round, or another after the one under way; answers false when the register is to be asked for these reads. */
    boolean maybeAsk(Moment now, List<PrimaryEffect> effects) {
        if (asking) {
            readsCameAfterTheRound = true;
            return !slow;
        }
        return begin(now, effects);
    }

    private boolean begin(Moment now, List<PrimaryEffect> effects) {
        List<Confirmers> all =
                rules.recorded().stream().map(standbys::confirmers).toList();
        if (!all.stream().allMatch(Confirmers::suffice)) {
            return false;
        }
        asking = true;
        readsCameAfterTheRound = false;
        question = questions.getAsLong();
        waiting.clear();
        Set<Long> asked = new TreeSet<>();
        for (Confirmers confirmers : all) {
            waiting.add(new Waiting(confirmers));
            asked.addAll(confirmers.streams());
        }
        effects.add(new AskStandbys(question));
        asked.forEach(stream -> effects.add(new ToStandby(stream, new Confirm(question))));
        overdueNanos = now.bootNanos() + PATIENCE.toNanos();
        effects.add(new WakeAt(overdueNanos));
        return !slow;
    }

    void handleConfirmed(long stream, long round, Moment now, List<PrimaryEffect> effects) {
        if (!asking || round != question) {
            return;
        }
        waiting.forEach(rule -> rule.confirm(stream));
        if (waiting.stream().allMatch(rule -> rule.needed <= 0)) {
            asking = false;
            slow = false;
            effects.add(new ConfirmReads(question));
            if (readsCameAfterTheRound) {
                begin(now, effects);
            }
        }
    }

    /** A stream is closed; answers whether the register is to be asked for the reads of the round. */
    boolean handleGone(long stream) {
        if (asking && !waiting.stream().map(rule -> rule.lose(stream)).reduce(true, Boolean::logicalAnd)) {
            asking = false;
            return true;
        }
        return false;
    }

    /** Answers whether the register is to be asked, because the round takes too long. */
    boolean handleTick(Moment now) {
        if (asking && !slow && now.bootNanos() - overdueNanos >= 0) {
            slow = true;
            return true;
        }
        return false;
    }
}
