package io.netsy.node.config;

import io.netsy.node.config.NodeConfig.Certificates;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.StandbyRule;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
        if (listed.isEmpty()) {
            if (primary != null) {
                values.problem(ClusterOptions.PRIMARY, "no nodes are named; set " + ClusterOptions.NODES.key());
            }
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
        if (primary != null && !nodes.containsKey(primary)) {
            values.problem(
                    ClusterOptions.NODES,
                    "set %s to one of %s".formatted(ClusterOptions.PRIMARY.key(), String.join(", ", nodes.keySet())));
            return null;
        }
        return new ClusterConfig(
                nodes,
                primary,
                rule(primary, nodes),
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

    private SyncRule rule(@Nullable String primary, Map<String, HostPort> nodes) {
        StandbyRule standbys = StandbyRule.ANYONE;
        try {
            standbys = StandbyRule.parse(values.required(ClusterOptions.STANDBY_NAMES));
            if (values.required(ClusterOptions.SYNCHRONOUS_COMMIT).needsStandbys()) {
                for (String mayLead : primary == null ? nodes.keySet() : Set.of(primary)) {
                    standbys.validate(mayLead, nodes.keySet());
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
