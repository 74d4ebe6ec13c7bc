package io.netsy.bench.lab;

import io.netsy.bench.clock.NanoClock;
import io.netsy.bench.clock.Pause;
import io.netsy.bench.lab.NetsyClusterLauncher.Leadership;
import io.netsy.bench.metrics.StoreRequests;
import io.netsy.bench.stats.LatencyHistogram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The programs of a run, the S3 server and the delay proxy that they share, and a directory for all their files. */
public final class Lab implements AutoCloseable {
    private static final Duration LISTEN_LIMIT = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);

    private final Path directory;
    private final NanoClock clock;
    private final FreePorts ports;
    private final Map<Subject, Launcher> launchers = new EnumMap<>(Subject.class);
    private final List<ManagedProcess> helpers = new ArrayList<>();
    private @Nullable S3Server s3;
    private int delayedPort;
    private int instances;

    /** @param directory exists, is empty, and belongs to this run */
    public Lab(Path directory, NanoClock clock, FreePorts ports) {
        this.directory = directory;
        this.clock = clock;
        this.ports = ports;
    }

    public void useEtcd(Path program) {
        launchers.put(Subject.ETCD, new EtcdLauncher(program, directory, ports, 1));
    }

    /** Three members instead of one. */
    public void useEtcdCluster(Path program) {
        launchers.put(Subject.ETCD, new EtcdLauncher(program, directory, ports, 3));
    }

    public void useNetsyOnFiles(Path program) {
        Path store = directory.resolve("store");
        launchers.put(Subject.NETSY_FILE, netsy(program, new NetsyLauncher.Store.Files(store)));
    }

    /** Starts the S3 server, for Netsy. */
    public void startS3(Path program) throws IOException, InterruptedException {
        S3Server started = S3Server.start(program, Files.createDirectories(directory.resolve("s3")), ports.next());
        helpers.add(started.process());
        awaitListening(started.process(), started.port());
        s3 = started;
    }

    public void useNetsyOnS3(Path program) {
        launchers.put(
                Subject.NETSY_S3,
                netsy(program, new NetsyLauncher.Store.S3(startedS3().port())));
    }

    /** On the S3 server behind a proxy that delays each request. */
    public void useNetsyOnDelayedS3(Path program, Duration delay) throws IOException, InterruptedException {
        launchers.put(Subject.NETSY_S3_DELAYED, netsy(program, new NetsyLauncher.Store.S3(startProxy(delay))));
    }

    /** Three nodes at level {@code quorum} on the S3 server. */
    public void useNetsyQuorum(Path program) {
        NetsyLauncher nodes =
                netsy(program, new NetsyLauncher.Store.S3(startedS3().port()));
        launchers.put(
                Subject.NETSY_QUORUM, new NetsyClusterLauncher(nodes, ports, clock, Leadership.CONFIGURED, "quorum"));
    }

    /** Three nodes at level {@code on} on the S3 server behind a proxy that delays each request. */
    public void useNetsyOnDelayed(Path program, Duration delay) throws IOException, InterruptedException {
        NetsyLauncher nodes = netsy(program, new NetsyLauncher.Store.S3(startProxy(delay)));
        launchers.put(
                Subject.NETSY_ON_DELAYED, new NetsyClusterLauncher(nodes, ports, clock, Leadership.CONFIGURED, "on"));
    }

    /** Three nodes that elect their primary, at this level, on the S3 server. */
    public void useNetsyElected(Path program, Subject subject, String commitLevel) {
        NetsyLauncher nodes =
                netsy(program, new NetsyLauncher.Store.S3(startedS3().port()));
        launchers.put(subject, new NetsyClusterLauncher(nodes, ports, clock, Leadership.ELECTED, commitLevel));
    }

    private int startProxy(Duration delay) throws IOException, InterruptedException {
        int port = ports.next();
        ManagedProcess proxy = ManagedProcess.start(
                "delay-proxy",
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.netsy.bench.cli.Bench",
                        "delay-proxy",
                        "--listen=127.0.0.1:" + port,
                        "--to=127.0.0.1:" + startedS3().port(),
                        "--delay=" + delay.toMillis() + "ms"),
                Map.of(),
                directory.resolve("delay-proxy.log"));
        helpers.add(proxy);
        awaitListening(proxy, port);
        delayedPort = port;
        return port;
    }

    private NetsyLauncher netsy(Path program, NetsyLauncher.Store store) {
        return new NetsyLauncher(program, directory, ports, store);
    }

    private S3Server startedS3() {
        if (s3 == null) {
            throw new IllegalStateException("the S3 server was not started");
        }
        return s3;
    }

    private void awaitListening(ManagedProcess process, int port) throws IOException, InterruptedException {
        long end = clock.nanos() + LISTEN_LIMIT.toNanos();
        while (clock.nanos() < end && process.isAlive()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException _) {
                Pause.of(LOOK_EVERY);
            }
        }
        throw new IOException("%s does not listen on port %d:%n  %s".formatted(process, port, process.endOfLog()));
    }

    /** The servers that can be started, in their order. */
    public Set<Subject> subjects() {
        return Collections.unmodifiableSet(launchers.keySet());
    }

    /** A name that no store of this run has. */
    public String newInstance(Subject subject) {
        return "%s-%d".formatted(subject.id(), ++instances);
    }

    /** A directory that is not there yet. */
    public Path newDirectory(String instance) {
        return directory.resolve("local").resolve(instance + "-" + ++instances);
    }

    /** Starts a server; see {@link Launcher#start}. */
    public RunningServer start(Subject subject, String instance, Path localDirectory)
            throws IOException, InterruptedException {
        Launcher launcher = launchers.get(subject);
        if (launcher == null) {
            throw new IllegalStateException(subject + " is not part of this run");
        }
        return launcher.start(instance, localDirectory);
    }

    /** Requests of a server to the S3 server so far. */
    public StoreRequests storeRequests(RunningServer server) throws IOException {
        return s3 == null || server.storePrefix().isEmpty() ? StoreRequests.NONE : s3.requests(server.storePrefix());
    }

    /**
     * Times of PUTs of new objects to the S3 server behind the proxy, as a client of it sees them.
     *
     * @param prefix below which there is no object yet
     */
    public LatencyHistogram timeDelayedPuts(String prefix, int sizeBytes, int count)
            throws IOException, InterruptedException {
        try (PutTimer timer = new PutTimer(delayedPort, clock, Clock.systemUTC())) {
            timer.measure(prefix + "-first", sizeBytes, count / 2);
            return timer.measure(prefix, sizeBytes, count);
        }
    }

    /** Processor time of the S3 server and the proxy. */
    public Duration helperTime() {
        return helpers.stream().map(ManagedProcess::processorTime).reduce(Duration.ZERO, Duration::plus);
    }

    public NanoClock clock() {
        return clock;
    }

    @Override
    public void close() {
        helpers.forEach(ManagedProcess::close);
    }
}
