package io.netsy.node.wiring;

import io.netsy.elector.term.RegisterException;
import io.netsy.etcd.auth.token.TokenException;
import io.netsy.etcd.auth.token.Tokens;
import io.netsy.etcd.server.ListenerCheck;
import io.netsy.etcd.server.ServerStartException;
import io.netsy.etcd.server.tls.TlsException;
import io.netsy.etcd.server.tls.TlsFiles;
import io.netsy.node.archive.ClusterIdentity;
import io.netsy.node.archive.DamagedObjectException;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.config.ClusterConfig;
import io.netsy.node.config.ConfigException;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.config.NodeConfig.Certificates;
import io.netsy.node.datadir.DataDirectory;
import io.netsy.node.datadir.DataDirectoryException;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.random.SystemRandom;
import io.netsy.node.term.ObjectRegisterStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is made sure of before a start changes anything: a node that can't serve must not take the term of one that does. */
public final class StartChecks {
    private StartChecks() {}

    /**
     * Checks what the configuration's own reader can't see: settings of the store that contradict each other, and the
     * files of certificates and of tokens' keys. Touches neither network nor store.
     *
     * @throws ConfigException with every problem
     */
    public static void configuration(NodeConfig config) throws ConfigException {
        List<String> problems = new ArrayList<>();
        try {
            StoreSettingsOf.config(config);
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        try {
            Tokens.open(config.auth().tokens(), tokenSources());
        } catch (TokenException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        TlsFiles files = tls(config.tls().client());
        try {
            if (files != null) {
                ListenerCheck.certificates(files, SystemClock.wall());
            }
        } catch (TlsException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        problems.addAll(electing(config));
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    /** What is wrong with how the elector is assigned. */
    private static List<String> electing(NodeConfig config) {
        ClusterConfig cluster = config.cluster();
        if (cluster == null || cluster.elector() == null) {
            return List.of();
        }
        try {
            ElectorSources.check(cluster.elector().source());
            return List.of();
        } catch (IllegalArgumentException e) {
            return List.of("elector.assignment: " + e.getMessage());
        }
    }

    /**
     * Checks what an elector beside the nodes needs of a configuration.
     *
     * @throws ConfigException with every problem
     */
    public static void elector(NodeConfig config) throws ConfigException {
        storeSettings(config);
        List<String> problems = electing(config);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    /**
     * Checks the settings of the store alone.
     *
     * @throws ConfigException when they contradict each other
     */
    public static void storeSettings(NodeConfig config) throws ConfigException {
        try {
            StoreSettingsOf.config(config);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(List.of(String.valueOf(e.getMessage())));
        }
    }

    static Tokens.Sources tokenSources() {
        return new Tokens.Sources(SystemClock.nanoTime(), SystemClock.wall(), SystemRandom.secure());
    }

    static @Nullable TlsFiles tls(@Nullable Certificates certificates) {
        return certificates == null
                ? null
                : new TlsFiles(
                        certificates.cert(), certificates.key(), certificates.ca(), certificates.clientCertAuth());
    }

    /** Makes sure that the node's addresses can be had. */
    static void addresses(NodeConfig config) throws ServerStartException {
        ListenerCheck.addresses(
                RunningNode.address(config.listen().client()),
                config.listen().metrics() == null
                        ? null
                        : RunningNode.address(config.listen().metrics()));
    }

    /** Makes sure that the store holds nothing this node can't go on from: another cluster, a newer format, damage. */
    static void store(ObjectStore store, DataDirectory directory, String nodeName)
            throws DamagedObjectException, DataDirectoryException, RegisterException {
        Optional<UUID> cluster = ClusterIdentity.read(store).map(ClusterIdentity::clusterId);
        directory.verify(cluster, nodeName);
        new ObjectRegisterStorage(store).read();
    }
}
