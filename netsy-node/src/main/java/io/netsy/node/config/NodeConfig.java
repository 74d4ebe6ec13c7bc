package io.netsy.node.config;

import io.netsy.etcd.auth.token.TokenSettings;
import io.netsy.node.objectstore.StoreUri;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration of one node, read, checked and immutable. {@link Options} says what each value means.
 *
 * @param name this node's name, unique in the cluster
 * @param store the object store that holds the cluster's truth
 * @param s3 how to speak to the store when it is a bucket
 * @param dataDir where the write-ahead file and the replica live
 * @param cluster the other nodes; null for a node alone
 * @param quotaBytes the size of the replica at which writes are refused; 0 is no limit
 */
public record NodeConfig(
        String name,
        StoreUri store,
        S3 s3,
        Path dataDir,
        Listen listen,
        Advertise advertise,
        Tls tls,
        Auth auth,
        Server server,
        Commit commit,
        Lease lease,
        Snapshot snapshot,
        Retention retention,
        long quotaBytes,
        @Nullable ClusterConfig cluster,
        AutoCompaction autoCompaction,
        Limits limits,
        Memory memory,
        Watch watch,
        Log log) {

    /** The URLs that clients are told: those configured, else the client listener's own, with {@code hostName} in place of a wildcard. */
    public List<String> advertisedClientUrls(String hostName) {
        if (!advertise.client().isEmpty()) {
            return advertise.client().stream().map(URI::toString).toList();
        }
        HostPort address = listen.client().isWildcard()
                ? new HostPort(hostName, listen.client().port())
                : listen.client();
        return List.of((tls.client() == null ? "http://" : "https://") + address);
    }

    /**
     * How to speak to an S3-compatible store. Credentials come from the AWS default chain unless a key pair is given.
     *
     * @param endpoint null for AWS itself
     * @param region null for what the AWS default chain says
     * @param externalId handed over when the role is assumed
     * @param requestTimeout of one attempt
     */
    public record S3(
            @Nullable URI endpoint,
            @Nullable String region,
            boolean pathStyle,
            @Nullable String accessKeyId,
            @Nullable String secretAccessKey,
            @Nullable String assumeRoleArn,
            @Nullable String externalId,
            ServerSideEncryption sse,
            @Nullable String kmsKeyId,
            @Nullable String storageClass,
            Duration connectTimeout,
            Duration requestTimeout) {
        /** Leaves the secret out. */
        @Override
        public String toString() {
            return "S3[endpoint=" + endpoint + ", region=" + region + ", pathStyle=" + pathStyle + ", sse=" + sse + "]";
        }
    }

    /** How the store encrypts objects at rest. */
    public enum ServerSideEncryption {
        /** What the bucket's own default says. */
        DEFAULT,
        /** SSE-S3: keys that S3 manages. */
        S3,
        /** SSE-KMS: a key of AWS KMS. */
        KMS
    }

    /**
     * The listeners.
     *
     * @param peer null when replication is disabled
     * @param metrics null when metrics and health are served on the client listener only
     */
    public record Listen(
            HostPort client,
            @Nullable HostPort peer,
            @Nullable HostPort metrics) {}

    /** What others are told of this node; empty means what the listener says. */
    public record Advertise(List<URI> client) {
        public Advertise {
            client = List.copyOf(client);
        }
    }

    /**
     * Certificates.
     *
     * @param client of the client listener; null is plaintext
     * @param reloadInterval how often the files are looked at for new content
     */
    public record Tls(@Nullable Certificates client, Duration reloadInterval) {}

    /**
     * The PEM files of one listener.
     *
     * @param ca who may sign client certificates; null when they are not asked for
     * @param clientCertAuth whether a client without a valid certificate is refused; else one that it sends is verified
     */
    public record Certificates(
            Path cert, Path key, @Nullable Path ca, boolean clientCertAuth) {}

    /**
     * Users.
     *
     * @param tokens what those who sign in are given
     * @param bcryptCost how much work it is to hash a password
     */
    public record Auth(TokenSettings tokens, int bcryptCost) {}

    /**
     * The gRPC and HTTP server.
     *
     * @param eventLoops threads that serve connections; 0 chooses half of the cores
     * @param drainTimeout how long a stopping node lets calls under way finish
     */
    public record Server(int eventLoops, Duration drainTimeout) {}

    /**
     * Group commit.
     *
     * @param delay how long a write may wait for company before it is put
     * @param delayPrefixes only writes to keys below these wait; empty is all
     */
    public record Commit(Duration delay, List<String> delayPrefixes) {
        public Commit {
            delayPrefixes = List.copyOf(delayPrefixes);
        }
    }

    /** The primary's right to answer linearizable reads without asking the store again; zero asks each time. */
    public record Lease(Duration readLease) {}

    /** A snapshot is made when either bound is reached since the last one. */
    public record Snapshot(Duration interval, long maxLogBytes) {}

    /**
     * What stays in the bucket.
     *
     * @param log how long chunks below the newest verified snapshot are kept
     * @param snapshots how many snapshots are kept, at least one
     */
    public record Retention(Duration log, int snapshots) {}

    /** Compaction that the node does on its own (etcd semantics, section 10). */
    public sealed interface AutoCompaction {
        /** Clients compact. */
        record Off() implements AutoCompaction {}

        /** Keeps the history of this long. */
        record Periodic(Duration retention) implements AutoCompaction {}

        /** Keeps this many revisions. */
        record Revision(long retention) implements AutoCompaction {}
    }

    /**
     * Bounds of one request.
     *
     * @param maxRequestBytes of an encoded mutating request
     * @param maxTxnOps in each list of a transaction
     * @param requestTimeout after which a write's outcome is reported as unknown
     */
    public record Limits(long maxRequestBytes, int maxTxnOps, Duration requestTimeout) {}

    /** Bounds of what is kept in memory, in bytes. */
    public record Memory(long valueCacheBytes) {}

    /** Watches. */
    public record Watch(Duration progressNotifyInterval) {}

    /** The program's own log. */
    public record Log(Level level, Format format) {
        /** Events of this weight and above are written. */
        public enum Level {
            TRACE,
            DEBUG,
            INFO,
            WARN,
            ERROR
        }

        /** How an event is written. */
        public enum Format {
            TEXT,
            JSON
        }
    }
}
