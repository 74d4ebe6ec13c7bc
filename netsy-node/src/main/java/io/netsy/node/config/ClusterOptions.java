package io.netsy.node.config;

import static io.netsy.node.config.Option.define;

import io.netsy.replication.core.Replication.BucketLoss;
import io.netsy.replication.core.Replication.StandbyLoss;
import io.netsy.replication.model.CommitLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The options of a cluster of several nodes, in the order in which the reference lists them. */
final class ClusterOptions {
    static final Option<List<String>> NODES = define(
            "cluster.nodes",
            OptionTypes.TEXTS,
            null,
            "The first nodes as NAME=HOST:PORT, where this one reaches them; unset is this one, and others join through the log.");
    static final Option<String> PRIMARY = define(
            "cluster.primary",
            OptionTypes.TEXT,
            null,
            "The node that writes, for ever; unset has an elector pick one, and another when that is gone.");
    static final Option<List<String>> NO_FAILOVER = define(
            "cluster.noFailover",
            OptionTypes.TEXTS,
            null,
            "Nodes that are never made primary by an elector; their word counts all the same.");
    static final Option<List<String>> NO_SYNC = define(
            "cluster.noSync",
            OptionTypes.TEXTS,
            null,
            "Nodes whose word counts for no commit: standbys that are far away or slow.");

    static final Option<CommitLevel> SYNCHRONOUS_COMMIT = define(
            "replication.synchronousCommit",
            OptionTypes.oneOf(CommitLevel.class),
            "on",
            "What a write of a cluster waits for; a node alone always commits at local.");
    static final Option<String> STANDBY_NAMES = define(
            "replication.synchronousStandbyNames",
            OptionTypes.TEXT,
            "*",
            "Whose word counts: ANY 1 (node-b, node-c), FIRST 1 (node-b, node-c), or * for any one.");
    static final Option<StandbyLoss> STANDBY_LOSS = define(
            "replication.standbyLoss",
            OptionTypes.oneOf(StandbyLoss.class),
            "degrade",
            "With too few standbys: degrade goes on by the bucket alone and says so, block waits for them.");
    static final Option<Duration> STANDBY_TIMEOUT = define(
            "replication.standbyTimeout",
            OptionTypes.DURATION,
            "3s",
            "How long too few standbys are waited for before replication.standbyLoss acts.");
    static final Option<BucketLoss> S3_LOSS = define(
            "replication.s3Loss",
            OptionTypes.oneOf(BucketLoss.class),
            "stall",
            "When the store does not answer: stall lets writes wait, quorum lets them go on by the standbys' word.");
    static final Option<Duration> ARCHIVE_DELAY = define(
            "replication.archiveDelay",
            OptionTypes.DURATION,
            "1s",
            "At quorum: how long a committed write waits for others before it goes to the bucket.");
    static final Option<Long> ARCHIVE_OUTSTANDING = define(
            "replication.archiveOutstanding",
            OptionTypes.SIZE,
            "256MiB",
            "At quorum: how much may be missing in the bucket before writes stall.");

    static final Option<Path> TLS_PEER_CERT = define(
            "tls.peer.cert",
            OptionTypes.PATH,
            null,
            "PEM file with the certificate that this node shows to the others; unset is plaintext.");
    static final Option<Path> TLS_PEER_KEY =
            define("tls.peer.key", OptionTypes.PATH, null, "PEM file with that certificate's unencrypted private key.");
    static final Option<Path> TLS_PEER_CA = define(
            "tls.peer.ca", OptionTypes.PATH, null, "PEM file with the authorities that sign the nodes' certificates.");

    static final List<Option<?>> ALL = List.of(
            NODES,
            PRIMARY,
            NO_FAILOVER,
            NO_SYNC,
            SYNCHRONOUS_COMMIT,
            STANDBY_NAMES,
            STANDBY_LOSS,
            STANDBY_TIMEOUT,
            S3_LOSS,
            ARCHIVE_DELAY,
            ARCHIVE_OUTSTANDING,
            TLS_PEER_CERT,
            TLS_PEER_KEY,
            TLS_PEER_CA);

    private ClusterOptions() {}
}
