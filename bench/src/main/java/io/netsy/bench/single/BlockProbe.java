package io.netsy.bench.single;

import io.netsy.bench.load.Probe;
import io.netsy.bench.metrics.StoreRequests;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collection;

/** Processor time and S3 requests during one load: of the server, of this tool, of everybody else. */
final class BlockProbe implements Probe {
    private final Lab lab;
    private final RunningServer server;
    private final Collection<RunningServer> all;
    private StoreRequests requestsBefore = StoreRequests.NONE;
    private Usage before = new Usage(0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    private Usage after = before;

    /** @param all the servers that run, the measured one among them */
    BlockProbe(Lab lab, RunningServer server, Collection<RunningServer> all) {
        this.lab = lab;
        this.server = server;
        this.all = all;
    }

    private record Usage(long atNanos, Duration server, Duration known, Duration machine) {}

    @Override
    public void begin() throws IOException {
        requestsBefore = lab.storeRequests(server);
        before = usage();
    }

    @Override
    public StoreRequests end() throws IOException {
        after = usage();
        return lab.storeRequests(server).since(requestsBefore);
    }

    private Usage usage() throws IOException {
        Duration known = all.stream()
                .map(each -> each.process().processorTime())
                .reduce(lab.helperTime().plus(ownTime()), Duration::plus);
        return new Usage(lab.clock().nanos(), server.process().processorTime(), known, Machine.busyTime());
    }

    private static Duration ownTime() {
        return Duration.ofNanos(ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime());
    }

    /** Processor time of the server between the two looks. */
    Duration serverTime() {
        return after.server().minus(before.server());
    }

    /** The share of the machine that processes used which do not belong to this run. */
    double othersShare() {
        Duration others =
                after.machine().minus(before.machine()).minus(after.known().minus(before.known()));
        double capacity = (double) (after.atNanos() - before.atNanos()) * Machine.processors();
        return Math.max(0, others.toNanos() / capacity);
    }
}
