package io.netsy.bench.lab;

import io.netsy.bench.clock.NanoClock;
import io.netsy.bench.clock.Pause;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Starts three Netsy nodes.
 *
 * <p>1. If configuration says that the first is the primary: that one alone, until it answers. 2. The others, until they answer.
 * 3. A log says that the commit rule is in force with all three of them.
 */
final class NetsyClusterLauncher implements Launcher {
    private static final List<String> NAMES = List.of("node-a", "node-b", "node-c");
    private static final Duration RULE_LIMIT = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Pattern IN_FORCE = Pattern.compile("commit rule in force: ([\\w-]+).* voters=\\[(.*)]");

    private final NetsyLauncher launcher;
    private final FreePorts ports;
    private final NanoClock clock;
    private final Leadership leadership;
    private final String commitLevel;

    /** Who says who the primary is. */
    enum Leadership {
        CONFIGURED,
        ELECTED
    }

    /** @param commitLevel what a commit waits for: {@code quorum}, {@code on} and so on */
    NetsyClusterLauncher(
            NetsyLauncher launcher, FreePorts ports, NanoClock clock, Leadership leadership, String commitLevel) {
        this.launcher = launcher;
        this.ports = ports;
        this.clock = clock;
        this.leadership = leadership;
        this.commitLevel = commitLevel;
    }

    @Override
    public RunningServer start(String instance, Path localDirectory) throws IOException, InterruptedException {
        Map<String, Integer> peers = new LinkedHashMap<>();
        for (String name : NAMES) {
            peers.put(name, ports.next());
        }
        List<RunningServer.Node> nodes = new ArrayList<>();
        for (String name : NAMES) {
            nodes.add(launcher.startNode(name, instance, localDirectory.resolve(name), options(name, peers)));
            if (nodes.size() == 1 && leadership == Leadership.CONFIGURED) {
                RunningServer.of(nodes.getFirst(), instance).awaitFirstAnswer(clock, clock.nanos());
            }
        }
        RunningServer cluster = new RunningServer(nodes, instance);
        cluster.awaitFirstAnswer(clock, clock.nanos());
        awaitRule(cluster);
        return cluster;
    }

    private List<String> options(String name, Map<String, Integer> peers) {
        String cluster = peers.entrySet().stream()
                .map(peer -> "%s=127.0.0.1:%d".formatted(peer.getKey(), peer.getValue()))
                .collect(Collectors.joining(","));
        List<String> options = new ArrayList<>(List.of(
                "--listen-peer",
                "127.0.0.1:" + peers.get(name),
                "--cluster-nodes",
                cluster,
                "--replication-synchronous-commit",
                commitLevel));
        if (leadership == Leadership.CONFIGURED) {
            options.addAll(List.of("--cluster-primary", NAMES.getFirst()));
        }
        return options;
    }

    private void awaitRule(RunningServer cluster) throws IOException, InterruptedException {
        long end = clock.nanos() + RULE_LIMIT.toNanos();
        while (!isInForce(cluster)) {
            ManagedProcess first = cluster.process();
            if (clock.nanos() > end || !first.isAlive()) {
                throw new IOException("nobody said within %d s that the commit rule '%s' is in force with %s; %s:%n  %s"
                        .formatted(RULE_LIMIT.toSeconds(), commitLevel, NAMES, first, first.endOfLog()));
            }
            Pause.of(LOOK_EVERY);
        }
    }

    private boolean isInForce(RunningServer cluster) throws IOException {
        for (RunningServer.Node node : cluster.nodes()) {
            if (node.process().log().stream().anyMatch(line -> isInForce(line, commitLevel))) {
                return true;
            }
        }
        return false;
    }

    /** Whether this line of a primary's log says that the level is in force with all three nodes. */
    static boolean isInForce(String line, String commitLevel) {
        var matcher = IN_FORCE.matcher(line);
        return matcher.find()
                && matcher.group(1).equals(commitLevel)
                && List.of(matcher.group(2).split(", ", -1)).containsAll(NAMES);
    }
}
