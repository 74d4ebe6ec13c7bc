package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimFigures.Seen;
import io.netsy.replication.core.PeerMessage.FromPrimary;
import io.netsy.replication.core.PeerMessage.FromStandby;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Streams from standbys to a primary, and single messages. Inside a stream messages are lost, doubled and overtaken, as no
 * real one would; what is on its way when a stream ends may still come, under the number of that stream.
 */
final class SimNetwork {
    private static final double ARRIVES_AFTER_THE_END = 0.3;

    private final SimScheduler scheduler;
    private final SimFigures figures;
    private final SimPlan.Network faults;
    private final Function<String, Endpoint> endpoints;
    private final Map<Long, Stream> streams = new HashMap<>();
    private final Set<Set<String>> parted = new HashSet<>();
    private boolean faulty = true;
    private long lastStream;

    /** Who hears. */
    interface Endpoint {
        void heard(long stream, FromStandby message);

        void heard(long stream, FromPrimary message);

        void closed(long stream);
    }

    private static final class Stream {
        private final long id;
        private final Side standby;
        private final Side primary;

        Stream(long id, String standby, String primary) {
            this.id = id;
            this.standby = new Side(standby);
            this.primary = new Side(primary);
        }

        boolean isOf(String node) {
            return standby.node.equals(node) || primary.node.equals(node);
        }
    }

    /** One end of a stream: whether it is open, and when the last message on the way to it arrives. */
    private static final class Side {
        private final String node;
        private boolean open = true;
        private long lastArrival;

        Side(String node) {
            this.node = node;
        }
    }

    SimNetwork(
            SimPlan.Network faults, SimScheduler scheduler, SimFigures figures, Function<String, Endpoint> endpoints) {
        this.faults = faults;
        this.scheduler = scheduler;
        this.figures = figures;
        this.endpoints = endpoints;
    }

    long open(String standby, String primary) {
        Stream stream = new Stream(++lastStream, standby, primary);
        streams.put(stream.id, stream);
        return stream.id;
    }

    void toPrimary(long stream, FromStandby message) {
        Stream on = streams.get(stream);
        if (on != null) {
            carry(on.standby, on.primary, () -> endpoint(on.primary).heard(stream, message));
        }
    }

    void toStandby(long stream, FromPrimary message) {
        Stream on = streams.get(stream);
        if (on != null) {
            carry(on.primary, on.standby, () -> endpoint(on.standby).heard(stream, message));
        }
    }

    private Endpoint endpoint(Side side) {
        return endpoints.apply(side.node);
    }

    private void carry(Side from, Side to, Runnable delivery) {
        if (isParted(from.node, to.node) || isHit(faults.loss())) {
            figures.count(Seen.LOST_MESSAGES);
            return;
        }
        arrive(to, delivery);
        if (isHit(faults.duplicate())) {
            arrive(to, delivery);
        }
    }

    private void arrive(Side to, Runnable delivery) {
        long at = scheduler.now() + latency();
        if (!isHit(faults.reorder())) {
            at = Math.max(at, to.lastArrival);
        }
        to.lastArrival = Math.max(to.lastArrival, at);
        scheduler.at(at, () -> {
            if (to.open || scheduler.chance(ARRIVES_AFTER_THE_END)) {
                delivery.run();
            }
        });
    }

    /** A node ends a stream: what it said before still arrives, then the other side learns of the end. */
    void close(long stream, String by) {
        Stream on = streams.get(stream);
        if (on == null) {
            return;
        }
        Side own = on.standby.node.equals(by) ? on.standby : on.primary;
        Side other = own == on.standby ? on.primary : on.standby;
        own.open = false;
        if (!isParted(on.standby.node, on.primary.node)) {
            tellEnd(on, other);
        }
    }

    private void tellEnd(Stream stream, Side side) {
        scheduler.at(Math.max(scheduler.now() + latency(), side.lastArrival), () -> {
            if (side.open) {
                side.open = false;
                endpoint(side).closed(stream.id);
            }
            if (!stream.standby.open && !stream.primary.open) {
                streams.remove(stream.id);
            }
        });
    }

    /** All streams of a node break; both sides learn of it sooner or later. */
    void cut(String node) {
        for (Stream stream : streamsOf(node)) {
            tellEnd(stream, stream.standby);
            tellEnd(stream, stream.primary);
        }
    }

    /** A node is gone; the other sides learn of it. */
    void gone(String node) {
        streamsOf(node).forEach(stream -> close(stream.id, node));
    }

    private List<Stream> streamsOf(String node) {
        List<Stream> of = new ArrayList<>();
        for (long id = 1; id <= lastStream; id++) {
            Stream stream = streams.get(id);
            if (stream != null && stream.isOf(node)) {
                of.add(stream);
            }
        }
        return of;
    }

    /** One message outside of any stream. */
    void send(String from, String to, Runnable delivery) {
        if (!isParted(from, to) && !isHit(faults.loss())) {
            scheduler.after(latency(), delivery);
        }
    }

    private boolean isHit(double probability) {
        return faulty && scheduler.chance(probability);
    }

    private long latency() {
        return scheduler.between(faults.minNanos(), faults.maxNanos());
    }

    /** Whether two don't reach each other; the bucket is one that can be reached or not. */
    boolean isParted(String a, String b) {
        return parted.contains(Set.of(a, b));
    }

    void part(String a, String b) {
        parted.add(Set.of(a, b));
    }

    void join(String a, String b) {
        parted.remove(Set.of(a, b));
    }

    void heal() {
        faulty = false;
        parted.clear();
    }
}
