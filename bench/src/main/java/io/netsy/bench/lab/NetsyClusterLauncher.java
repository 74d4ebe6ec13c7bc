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
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Starts three Netsy nodes, the first of which is the primary.
 *
 * <p>1. The primary alone, until it answers. 2. The standbys, until they answer. 3. The primary's log says that the
 * commit rule is in force with all three of them.
 */
final class NetsyClusterLauncher implements Launcher {
    private static final List<String> NAMES = List.of("node-a", "node-b", "node-c");
    private static final Duration RULE_LIMIT = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Pattern IN_FORCE = Pattern.compile("commit rule in force: ([\\w-]+).* voters=\\[(.*)]");

    private final NetsyLauncher launcher;
    private final FreePorts ports;
    private final NanoClock clock;
    private final String commitLevel;

    /** @param commitLevel what a commit waits for: {@code quorum}, {@code on} and so on */
    NetsyClusterLauncher(NetsyLauncher launcher, FreePorts ports, NanoClock clock, String commitLevel) {
        this.launcher = launcher;
        this.ports = ports;
        this.clock = clock;
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
            if (nodes.size() == 1) {
                RunningServer.of(nodes.getFirst(), instance).awaitFirstAnswer(clock, clock.nanos());
            }
        }
        RunningServer cluster = new RunningServer(nodes, instance);
        cluster.awaitFirstAnswer(clock, clock.nanos());
        awaitRule(cluster.process());
        return cluster;
    }

    private List<String> options(String name, Map<String, Integer> peers) {
        String cluster = peers.entrySet().stream()
                .map(peer -> "%s=127.0.0.1:%d".formatted(peer.getKey(), peer.getValue()))
                .collect(Collectors.joining(","));
        return List.of(
                "--listen-peer",
                "127.0.0.1:" + peers.get(name),
                "--cluster-nodes",
                cluster,
                "--cluster-primary",
                NAMES.getFirst(),
                "--replication-synchronous-commit",
                commitLevel);
    }

    private void awaitRule(ManagedProcess primary) throws IOException, InterruptedException {
        long end = clock.nanos() + RULE_LIMIT.toNanos();
        Predicate<String> inForce = line -> isInForce(line, commitLevel);
        while (primary.log().stream().noneMatch(inForce)) {
            if (clock.nanos() > end || !primary.isAlive()) {
                throw new IOException("%s did not say within %d s that the commit rule '%s' is in force with %s:%n  %s"
                        .formatted(primary, RULE_LIMIT.toSeconds(), commitLevel, NAMES, primary.endOfLog()));
            }
            Pause.of(LOOK_EVERY);
        }
    }

    /** Whether this line of a primary's log says that the level is in force with all three nodes. */
    static boolean isInForce(String line, String commitLevel) {
        var matcher = IN_FORCE.matcher(line);
        return matcher.find()
                && matcher.group(1).equals(commitLevel)
                && List.of(matcher.group(2).split(", ", -1)).containsAll(NAMES);
    }
}
