package io.netsy.node.config;

import io.netsy.node.config.NodeConfig.Certificates;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.StandbyRule;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts the options of a cluster together and checks that they fit each other. */
final class ClusterBuilder {
    private final ConfigBuilder.Values values;

    ClusterBuilder(ConfigBuilder.Values values) {
        this.values = values;
    }

    /** Null for a node alone. */
    @Nullable
    ClusterConfig build(String self, @Nullable HostPort listenPeer) {
        List<String> listed = values.list(ClusterOptions.NODES);
        String primary = values.get(ClusterOptions.PRIMARY);
        if (listed.isEmpty() && listenPeer != null && primary == null) {
            if (listenPeer.isWildcard()) {
                values.problem(
                        ClusterOptions.NODES,
                        "it is unset, and %s does not say where others reach this node; set it to %s=HOST:%d"
                                .formatted(listenPeer, self, listenPeer.port()));
            }
            return build(Map.of(self, listenPeer), null);
        }
        if (listed.isEmpty()) {
            if (primary != null) {
                values.problem(ClusterOptions.PRIMARY, "no nodes are named; set " + ClusterOptions.NODES.key());
            }
            new ElectorBuilder(values).refuse("no nodes are named to elect from; set " + ClusterOptions.NODES.key());
            return null;
        }
        Map<String, HostPort> nodes = nodes(listed);
        if (!nodes.containsKey(self)) {
            values.problem(
                    ClusterOptions.NODES, "it does not name this node, '%s'; set --name or add it".formatted(self));
        }
        if (listenPeer == null) {
            values.problem(ClusterOptions.NODES, "this node has no address for the others; set --listen-peer");
        }
        return build(nodes, primary);
    }

    /** For an elector beside the nodes, which is none of them; null when none are named. */
    @Nullable
    ClusterConfig buildForElector() {
        List<String> listed = values.list(ClusterOptions.NODES);
        String primary = values.get(ClusterOptions.PRIMARY);
        if (listed.isEmpty()) {
            values.problem(ClusterOptions.NODES, "no nodes are named to elect from; set it as on the nodes");
            return null;
        }
        if (primary != null) {
            values.problem(
                    ClusterOptions.PRIMARY, "it names the primary, so that there is nothing to elect; remove it");
        }
        return build(nodes(listed), null);
    }

    private ClusterConfig build(Map<String, HostPort> nodes, @Nullable String primary) {
        ElectorConfig elector = null;
        List<String> leaders = List.of();
        if (primary == null) {
            elector = new ElectorBuilder(values).build(nodes.keySet());
            leaders = elector.candidates();
        } else {
            new ElectorBuilder(values)
                    .refuse("%s names the primary, so that nothing is elected; remove one of them"
                            .formatted(ClusterOptions.PRIMARY.key()));
            if (nodes.containsKey(primary)) {
                leaders = List.of(primary);
            } else {
                values.problem(
                        ClusterOptions.PRIMARY,
                        "'%s' is no node of the cluster; set it to one of %s, or remove it to have one elected"
                                .formatted(primary, String.join(", ", nodes.keySet())));
            }
        }
        Set<String> noSync = noSync(nodes);
        return new ClusterConfig(
                nodes,
                primary,
                elector,
                rule(leaders, nodes, noSync),
                noSync,
                values.required(ClusterOptions.STANDBY_LOSS),
                values.required(ClusterOptions.S3_LOSS),
                values.required(ClusterOptions.STANDBY_TIMEOUT),
                new ClusterConfig.Archive(
                        values.required(ClusterOptions.ARCHIVE_DELAY),
                        values.required(ClusterOptions.ARCHIVE_OUTSTANDING)),
                certificates());
    }

    private Map<String, HostPort> nodes(List<String> listed) {
        Map<String, HostPort> nodes = new LinkedHashMap<>();
        for (String entry : listed) {
            int equals = entry.indexOf('=');
            try {
                if (equals < 1) {
                    throw new IllegalArgumentException("'%s' is not NAME=HOST:PORT".formatted(entry));
                }
                HostPort before = nodes.put(entry.substring(0, equals), HostPort.parse(entry.substring(equals + 1)));
                if (before != null) {
                    throw new IllegalArgumentException("'%s' is named twice".formatted(entry.substring(0, equals)));
                }
            } catch (IllegalArgumentException malformed) {
                values.problem(ClusterOptions.NODES, String.valueOf(malformed.getMessage()));
            }
        }
        return nodes;
    }

    private Set<String> noSync(Map<String, HostPort> nodes) {
        List<String> listed = values.list(ClusterOptions.NO_SYNC);
        for (String name : listed) {
            if (!nodes.containsKey(name) && nodes.size() > 1) {
                values.problem(
                        ClusterOptions.NO_SYNC,
                        "'%s' is none of %s".formatted(name, String.join(", ", nodes.keySet())));
            }
        }
        return Set.copyOf(listed);
    }

    /** The rule, which must be one that each of those who may lead can keep. */
    private SyncRule rule(List<String> leaders, Map<String, HostPort> nodes, Set<String> noSync) {
        StandbyRule standbys = StandbyRule.ANYONE;
        try {
            standbys = StandbyRule.parse(values.required(ClusterOptions.STANDBY_NAMES));
            for (String name : standbys.names()) {
                if (noSync.contains(name)) {
                    throw new IllegalArgumentException("the standby rule '%s' names '%s', which %s excludes"
                            .formatted(standbys, name, ClusterOptions.NO_SYNC.key()));
                }
            }
            if (values.required(ClusterOptions.SYNCHRONOUS_COMMIT).needsStandbys()) {
                Set<String> counted = new LinkedHashSet<>(nodes.keySet());
                counted.removeAll(noSync);
                // Of one node nothing can be waited for, until others are added.
                for (String leader : nodes.size() == 1 ? List.<String>of() : leaders) {
                    standbys.validate(leader, counted);
                }
            }
        } catch (IllegalArgumentException wrong) {
            values.problem(ClusterOptions.STANDBY_NAMES, String.valueOf(wrong.getMessage()));
        }
        return new SyncRule(values.required(ClusterOptions.SYNCHRONOUS_COMMIT), standbys);
    }

    private @Nullable Certificates certificates() {
        Path cert = values.get(ClusterOptions.TLS_PEER_CERT);
        Path key = values.get(ClusterOptions.TLS_PEER_KEY);
        Path ca = values.get(ClusterOptions.TLS_PEER_CA);
        if (cert == null && key == null && ca == null) {
            return null;
        }
        if (cert == null || key == null || ca == null) {
            values.problem(
                    cert == null
                            ? (key == null ? ClusterOptions.TLS_PEER_CA : ClusterOptions.TLS_PEER_KEY)
                            : ClusterOptions.TLS_PEER_CERT,
                    "nodes show each other certificates: set %s, %s and %s"
                            .formatted(
                                    ClusterOptions.TLS_PEER_CERT.key(),
                                    ClusterOptions.TLS_PEER_KEY.key(),
                                    ClusterOptions.TLS_PEER_CA.key()));
            return null;
        }
        return new Certificates(cert, key, ca, true);
    }
}
