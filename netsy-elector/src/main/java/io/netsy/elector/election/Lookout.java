package io.netsy.elector.election;

import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Who is there, by signs of life and elapsed time, and whether that is a reason to change who is primary. Being wrong here costs an
 * election without need, never an entry.
 */
final class Lookout {
    private final ElectorSettings settings;
    private final Map<String, Heard> heard = new HashMap<>();
    private long highestPromise;

    private record Heard(Health health, long atNanos) {}

    Lookout(ElectorSettings settings) {
        this.settings = settings;
    }

    void handle(Health health, long nowNanos) {
        heard.put(health.identity().nodeId(), new Heard(health, nowNanos));
        highestPromise = Math.max(highestPromise, health.promised());
    }

    /** The highest term that any node said it promised. */
    long highestPromise() {
        return highestPromise;
    }

    /** The last sign of life of a node, if it is not too old. */
    Optional<Health> find(String node, long nowNanos) {
        Heard last = heard.get(node);
        return last == null || nowNanos - last.atNanos() >= settings.failAfter().toNanos()
                ? Optional.empty()
                : Optional.of(last.health());
    }

    /** Nodes that are there and meet a condition, members or not, as the disks whose word may count; by name. */
    List<Voter> present(long nowNanos, Predicate<Health> condition) {
        return heard.keySet().stream()
                .sorted()
                .flatMap(node -> find(node, nowNanos).stream())
                .filter(condition)
                .map(health ->
                        new Voter(health.identity().nodeId(), health.identity().diskId()))
                .toList();
    }

    /** Whether a node knows a later term than the register that was read. */
    boolean knowsLaterThan(TermRegister register, long nowNanos) {
        return !present(nowNanos, health -> health.promised() > register.term() || health.term() > register.term())
                .isEmpty();
    }

    /** Whether the named primary says that it leads its term. */
    boolean leads(TermRegister register, long nowNanos) {
        return find(register.primary(), nowNanos)
                .filter(health -> isNamed(register, health)
                        && health.term() == register.term()
                        && (health.occupation() == Occupation.OPENING || health.occupation() == Occupation.SERVING))
                .isPresent();
    }

    private static boolean isNamed(TermRegister register, Health health) {
        return register.state() == State.ASSIGNED && health.process().equals(register.process());
    }

    /**
     * Why another primary is needed; empty when it is not.
     *
     * @param sinceNanos since when the register is known to be like this
     */
    Optional<String> findReason(TermRegister register, long sinceNanos, long nowNanos) {
        Duration age = Duration.ofNanos(nowNanos - sinceNanos);
        return switch (register.state()) {
            case RELEASED -> Optional.of("term %d was given back".formatted(register.term()));
            case ELECTING ->
                age.compareTo(settings.resumeAfter()) < 0
                        ? Optional.empty()
                        : Optional.of("nobody finished the election of term %d".formatted(register.term()));
            case ASSIGNED -> findFault(register, age, nowNanos);
        };
    }

    private Optional<String> findFault(TermRegister register, Duration age, long nowNanos) {
        Optional<Health> primary = find(register.primary(), nowNanos);
        if (primary.isPresent() && !primary.get().process().equals(register.process())) {
            return Optional.of("'%s' was started again".formatted(register.primary()));
        }
        if (leads(register, nowNanos) || age.compareTo(settings.failAfter()) < 0) {
            return Optional.empty();
        }
        if (primary.isPresent()) {
            return Optional.of("'%s' does not lead term %d: %s"
                    .formatted(
                            register.primary(), register.term(), primary.get().occupation()));
        }
        return FenceRule.isMet(register, present(nowNanos, health -> misses(register, health)))
                ? Optional.of("'%s' is silent, and missed by the others".formatted(register.primary()))
                : Optional.empty();
    }

    /** Why an operator's word is not for what is there; empty when it is, as far as can be seen. */
    Optional<String> findRefusal(Waiver waiver, TermRegister register, long nowNanos) {
        if (!register.nonce().equals(waiver.surveyed())) {
            return Optional.of("the term register has changed meanwhile; it says term %d, %s"
                    .formatted(register.term(), register.state()));
        }
        List<Voter> present = present(nowNanos, health -> true);
        if (!PossibleLoss.isNeeded(register, present, waiver.lossAfter())) {
            return Optional.of("enough voters are there for an election that loses nothing");
        }
        List<Voter> content = present(nowNanos, health -> leads(register, nowNanos) || !misses(register, health));
        return content.isEmpty()
                ? Optional.empty()
                : Optional.of("'%s' leads, or is followed by %s"
                        .formatted(
                                register.primary(),
                                content.stream().map(Voter::nodeId).toList()));
    }

    /** Whether all of these gave a sign of life. */
    boolean areThere(Set<String> nodes, long nowNanos) {
        return nodes.stream().allMatch(node -> find(node, nowNanos).isPresent());
    }

    private boolean misses(TermRegister register, Health health) {
        return health.occupation() != Occupation.FOLLOWING
                || health.term() != register.term()
                || health.silence().compareTo(settings.failAfter()) >= 0;
    }
}
