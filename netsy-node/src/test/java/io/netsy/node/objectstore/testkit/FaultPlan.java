package io.netsy.node.objectstore.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.function.Predicate;

/** Says which faults hit a call; asked once for each call, from any thread. */
@FunctionalInterface
public interface FaultPlan {

    /** The operations of the port. */
    enum Operation {
        GET,
        OPEN,
        PUT,
        SWAP,
        UPLOAD,
        LIST,
        DELETE;

        boolean isWrite() {
            return this == PUT || this == SWAP || this == UPLOAD || this == DELETE;
        }
    }

    /** A call that is about to be made; the key of a list is its prefix, of a delete its first key. */
    record Call(Operation operation, String key) {}

    List<Fault> faultsOf(Call call);

    static FaultPlan none() {
        return call -> List.of();
    }

    /** Every call suffers these. */
    static FaultPlan always(Fault... faults) {
        List<Fault> all = List.of(faults);
        return call -> all;
    }

    /** The calls suffer one each, in this order; those after are spared. */
    static FaultPlan inTurn(Fault... faults) {
        Queue<Fault> rest = new ArrayDeque<>(List.of(faults));
        return call -> {
            synchronized (rest) {
                Fault next = rest.poll();
                return next == null ? List.of() : List.of(next);
            }
        };
    }

    /** A fault and how often it hits: from 0, never, to 1, always. */
    record Chance(Fault fault, double probability) {}

    /** Each call suffers each fault by its chance; the same seed gives the n-th call the same faults. */
    static FaultPlan seeded(long seed, Chance... chances) {
        Random random = new Random(seed);
        List<Chance> all = List.of(chances);
        return call -> {
            synchronized (random) {
                return all.stream()
                        .filter(chance -> random.nextDouble() < chance.probability())
                        .map(Chance::fault)
                        .toList();
            }
        };
    }

    /** This plan for the calls that match, none for the others. */
    default FaultPlan onlyFor(Predicate<Call> calls) {
        return call -> calls.test(call) ? faultsOf(call) : List.of();
    }

    /** This plan's faults and then the other's. */
    default FaultPlan and(FaultPlan other) {
        return call -> {
            List<Fault> both = new ArrayList<>(faultsOf(call));
            both.addAll(other.faultsOf(call));
            return both;
        };
    }
}
