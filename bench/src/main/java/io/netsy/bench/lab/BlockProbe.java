package io.netsy.bench.lab;

import io.netsy.bench.load.Probe;
import io.netsy.bench.metrics.StoreRequests;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Processor time and S3 requests during one load: of the server, of this tool, of everybody else. */
public final class BlockProbe implements Probe {
    private final Lab lab;
    private final RunningServer server;
    private final Collection<RunningServer> all;
    private StoreRequests requestsBefore = StoreRequests.NONE;
    private Usage before = new Usage(0, List.of(), Duration.ZERO, Duration.ZERO);
    private Usage after = before;

    /** @param all the servers that run, the measured one among them */
    public BlockProbe(Lab lab, RunningServer server, Collection<RunningServer> all) {
        this.lab = lab;
        this.server = server;
        this.all = all;
    }

    private record Usage(long atNanos, List<Duration> nodes, Duration known, Duration machine) {}

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
                .flatMap(each -> each.processorTimes().stream())
                .reduce(lab.helperTime().plus(ownTime()), Duration::plus);
        return new Usage(lab.clock().nanos(), server.processorTimes(), known, Machine.busyTime());
    }

    private static Duration ownTime() {
        return Duration.ofNanos(ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime());
    }

    /** Processor time of the server's nodes between the two looks. */
    public Duration serverTime() {
        return nodeTimes().stream().reduce(Duration.ZERO, Duration::plus);
    }

    /** The same of the node that used most. */
    public Duration busiestNodeTime() {
        return nodeTimes().stream().max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }

    private List<Duration> nodeTimes() {
        List<Duration> times = new ArrayList<>();
        for (int node = 0; node < before.nodes().size(); node++) {
            times.add(after.nodes().get(node).minus(before.nodes().get(node)));
        }
        return times;
    }

    /** The share of the machine that processes used which do not belong to this run. */
    public double othersShare() {
        Duration others =
                after.machine().minus(before.machine()).minus(after.known().minus(before.known()));
        double capacity = (double) (after.atNanos() - before.atNanos()) * Machine.processors();
        return Math.max(0, others.toNanos() / capacity);
    }
}
