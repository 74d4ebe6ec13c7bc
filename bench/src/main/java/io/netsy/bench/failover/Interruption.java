package io.netsy.bench.failover;

import io.netsy.bench.clock.NanoClock;
import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.RunningServer;
import java.io.IOException;
import java.time.Duration;

/** What happens to the node that leads. */
enum Interruption {
    /** It is killed: others find out. A write that it did not answer is given up soon, for the next one may be. */
    KILL("kill -9", Measure.KILL_GAP, Measure.KILL_GAP_LONGEST, Duration.ofSeconds(12), Duration.ofMillis(500)) {
        @Override
        void befall(RunningServer cluster, NanoClock clock) throws InterruptedException {
            cluster.process().kill();
        }
    },
    /** It is asked to make another one the leader. */
    MOVE("MoveLeader", Measure.MOVE_GAP, Measure.MOVE_GAP_LONGEST, Duration.ofSeconds(5), Duration.ofSeconds(4)) {
        @Override
        void befall(RunningServer cluster, NanoClock clock) throws IOException, InterruptedException {
            cluster.moveLeader(clock);
        }
    },
    /** It is told to stop. */
    STOP("SIGTERM", Measure.STOP_GAP, Measure.STOP_GAP_LONGEST, Duration.ofSeconds(8), Duration.ofMillis(500)) {
        @Override
        void befall(RunningServer cluster, NanoClock clock) throws InterruptedException {
            cluster.process().stop();
        }
    };

    private final String label;
    private final Measure gap;
    private final Measure longest;
    private final Duration window;
    private final Duration operationLimit;

    Interruption(String label, Measure gap, Measure longest, Duration window, Duration operationLimit) {
        this.label = label;
        this.gap = gap;
        this.longest = longest;
        this.window = window;
        this.operationLimit = operationLimit;
    }

    /** Has it happen to the first node; returns when the node is gone, or another one leads. */
    abstract void befall(RunningServer cluster, NanoClock clock) throws IOException, InterruptedException;

    /** Whether the node is gone afterwards. */
    boolean endsTheNode() {
        return this != MOVE;
    }

    /** As it is printed. */
    String label() {
        return label;
    }

    /** The gaps of all rounds. */
    Measure gap() {
        return gap;
    }

    /** The longest of them. */
    Measure longest() {
        return longest;
    }

    /** How long there is a load. */
    Duration window() {
        return window;
    }

    /** After which the client gives a write up. */
    Duration operationLimit() {
        return operationLimit;
    }
}
