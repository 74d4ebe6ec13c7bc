package io.netsy.node.config;

import static io.netsy.node.config.Option.define;
import static io.netsy.node.config.Option.defineSecret;

import io.netsy.node.config.NodeConfig.Log;
import io.netsy.node.config.NodeConfig.ServerSideEncryption;
import io.netsy.node.objectstore.StoreUri;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of all options, in the order in which the reference lists them. */
public final class Options {
    static final Option<String> NAME =
            define("name", OptionTypes.TEXT, "netsy", "This node's name; each node of a cluster has its own.");
    static final Option<StoreUri> STORE = define(
            "store",
            OptionTypes.STORE,
            null,
            "The object store that holds the cluster's truth: s3://BUCKET/PREFIX, or file:DIR for a first try.");
    static final Option<Path> DATA_DIR = define(
            "dataDir",
            OptionTypes.PATH,
            "/var/lib/netsy",
            "Directory of the write-ahead file and the replica; a single node can lose it without losing data.");

    static final Option<URI> S3_ENDPOINT =
            define("s3.endpoint", OptionTypes.URL, null, "URL of an S3-compatible store that is not AWS.");
    static final Option<String> S3_REGION = define(
            "s3.region", OptionTypes.TEXT, null, "The bucket's region; unset takes the one of the AWS environment.");
    static final Option<Boolean> S3_PATH_STYLE = define(
            "s3.pathStyle",
            OptionTypes.BOOLEAN,
            "false",
            "Put the bucket into the URL's path, not its host name; most stores other than AWS need it.");
    static final Option<String> S3_ACCESS_KEY_ID = define(
            "s3.accessKeyId",
            OptionTypes.TEXT,
            null,
            "Access key id; unset takes credentials from the AWS default chain (environment, IRSA, instance profile).");
    static final Option<String> S3_SECRET_ACCESS_KEY =
            defineSecret("s3.secretAccessKey", OptionTypes.TEXT, "The secret of s3.accessKeyId.");
    static final Option<String> S3_ASSUME_ROLE_ARN =
            define("s3.assumeRoleArn", OptionTypes.TEXT, null, "ARN of a role to assume for the bucket.");
    static final Option<String> S3_EXTERNAL_ID =
            define("s3.externalId", OptionTypes.TEXT, null, "External id that the role's trust policy asks for.");
    static final Option<ServerSideEncryption> S3_SSE = define(
            "s3.sse",
            OptionTypes.oneOf(ServerSideEncryption.class),
            "default",
            "Encryption at rest: default leaves it to the bucket, s3 is SSE-S3, kms is SSE-KMS.");
    static final Option<String> S3_KMS_KEY_ID =
            define("s3.kmsKeyId", OptionTypes.TEXT, null, "Key for s3.sse=kms; unset takes the account's key for S3.");
    static final Option<String> S3_STORAGE_CLASS =
            define("s3.storageClass", OptionTypes.TEXT, null, "Storage class of new objects, for example STANDARD_IA.");
    static final Option<Duration> S3_CONNECT_TIMEOUT =
            define("s3.connectTimeout", OptionTypes.DURATION, "2s", "Longest wait for a connection to the store.");
    static final Option<Duration> S3_REQUEST_TIMEOUT = define(
            "s3.requestTimeout",
            OptionTypes.DURATION,
            "10s",
            "Longest wait for one attempt of a request to the store before it is tried again.");

    static final Option<HostPort> LISTEN_CLIENT = define(
            "listen.client",
            OptionTypes.HOST_PORT,
            "127.0.0.1:2379",
            "Address for clients: gRPC and HTTP on one port; :2379 is every address of the machine.");
    static final Option<HostPort> LISTEN_PEER = define(
            "listen.peer",
            OptionTypes.HOST_PORT,
            null,
            "Address for the other nodes; unset disables replication, and no others can join.");
    static final Option<HostPort> LISTEN_METRICS = define(
            "listen.metrics",
            OptionTypes.HOST_PORT,
            null,
            "Additional plaintext address for metrics and health, which the client address serves as well.");
    static final Option<List<URI>> ADVERTISE_CLIENT = define(
            "advertise.client",
            OptionTypes.URLS,
            null,
            "URLs under which clients reach this node; unset takes the client address.");

    static final Option<Path> TLS_CLIENT_CERT = define(
            "tls.client.cert",
            OptionTypes.PATH,
            null,
            "PEM file with the client listener's certificate and its chain; unset is plaintext.");
    static final Option<Path> TLS_CLIENT_KEY = define(
            "tls.client.key", OptionTypes.PATH, null, "PEM file with the certificate's unencrypted private key.");
    static final Option<Path> TLS_CLIENT_CA = define(
            "tls.client.ca",
            OptionTypes.PATH,
            null,
            "PEM file with the authorities that sign client certificates; clients must then have one.");
    static final Option<Boolean> TLS_CLIENT_CERT_AUTH = define(
            "tls.client.certAuth",
            OptionTypes.BOOLEAN,
            null,
            "Refuse clients without a certificate signed by tls.client.ca; unset is true when that file is given.");
    static final Option<Duration> TLS_RELOAD_INTERVAL = define(
            "tls.reloadInterval",
            OptionTypes.DURATION,
            "5s",
            "How often certificate files are looked at for new content; new connections use it.");

    static final Option<String> AUTH_TOKEN = define(
            "auth.token",
            OptionTypes.TEXT,
            "simple",
            "Tokens for users who sign in: simple, or jwt,sign-method=RS256,priv-key=FILE,pub-key=FILE,ttl=10m.");
    static final Option<Duration> AUTH_TOKEN_TTL =
            define("auth.tokenTtl", OptionTypes.DURATION, "5m", "How long a simple token is good after its last use.");
    static final Option<Integer> AUTH_BCRYPT_COST = define(
            "auth.bcryptCost",
            OptionTypes.INTEGER,
            "10",
            "Work that hashing a password takes, from 4 to 31; one more doubles it.");

    static final Option<Integer> SERVER_EVENT_LOOPS = define(
            "server.eventLoops",
            OptionTypes.INTEGER,
            "0",
            "Threads that serve client connections; 0 takes half of the cores.");
    static final Option<Duration> SERVER_DRAIN_TIMEOUT = define(
            "server.drainTimeout", OptionTypes.DURATION, "5s", "How long a stopping node lets calls under way finish.");

    static final Option<Duration> COMMIT_DELAY = define(
            "commit.delay",
            OptionTypes.DURATION,
            "0",
            "How long a write may wait for others so that they share one PUT; saves requests, costs latency.");
    static final Option<List<String>> COMMIT_DELAY_PREFIXES = define(
            "commit.delayPrefixes",
            OptionTypes.TEXTS,
            null,
            "Only writes to keys with these prefixes wait, for example /registry/leases/; unset is all.");
    static final Option<Duration> LEASE_READ_LEASE = define(
            "lease.readLease",
            OptionTypes.DURATION,
            "2s",
            "How long a confirmed right to answer reads is kept; a successor on another disk waits as long. Of several nodes unset is 0: standbys confirm each read.");

    static final Option<Duration> SNAPSHOT_INTERVAL = define(
            "snapshot.interval", OptionTypes.DURATION, "6h", "Longest time between snapshots while there are writes.");
    static final Option<Long> SNAPSHOT_MAX_LOG_BYTES = define(
            "snapshot.maxLogBytes",
            OptionTypes.SIZE,
            "64MiB",
            "Log after which a snapshot is made, or twice the last snapshot's size if that is more; a chunk counts at least 64 KiB.");
    static final Option<Duration> RETENTION_LOG = define(
            "retention.log",
            OptionTypes.DURATION,
            "1d",
            "How long the log below the newest verified snapshot is kept for point-in-time recovery.");
    static final Option<Integer> RETENTION_SNAPSHOTS =
            define("retention.snapshots", OptionTypes.INTEGER, "3", "How many snapshots are kept.");

    static final Option<Long> QUOTA_BYTES = define(
            "quotaBytes",
            OptionTypes.SIZE,
            "8GiB",
            "Size of the replica at which writes are refused with NOSPACE; 0 is no limit.");
    static final Option<AutoCompactionMode> AUTO_COMPACTION_MODE = define(
            "autoCompaction.mode",
            OptionTypes.oneOf(AutoCompactionMode.class),
            "off",
            "Compaction without a client's request; Kubernetes compacts by itself and needs none.");
    static final Option<String> AUTO_COMPACTION_RETENTION = define(
            "autoCompaction.retention",
            OptionTypes.TEXT,
            null,
            "History that auto compaction keeps: a duration in mode periodic, a number of revisions in mode revision.");

    static final Option<Long> LIMITS_MAX_REQUEST_BYTES =
            define("limits.maxRequestBytes", OptionTypes.SIZE, "1536KiB", "Largest encoded write request.");
    static final Option<Integer> LIMITS_MAX_TXN_OPS =
            define("limits.maxTxnOps", OptionTypes.INTEGER, "128", "Most operations in one list of a transaction.");
    static final Option<Duration> LIMITS_REQUEST_TIMEOUT = define(
            "limits.requestTimeout",
            OptionTypes.DURATION,
            "7s",
            "Time after which a request is answered as timed out; a write may still take effect.");
    static final Option<Long> MEMORY_VALUE_CACHE = define(
            "memory.valueCache", OptionTypes.SIZE, "64MiB", "Memory for values that were read or written lately.");
    static final Option<Duration> WATCH_PROGRESS_NOTIFY_INTERVAL = define(
            "watch.progressNotifyInterval",
            OptionTypes.DURATION,
            "10m",
            "How often an idle watch that asked for it is told the current revision.");

    static final Option<Log.Level> LOG_LEVEL = define(
            "log.level", OptionTypes.oneOf(Log.Level.class), "info", "Events of this weight and above are logged.");
    static final Option<Log.Format> LOG_FORMAT = define(
            "log.format", OptionTypes.oneOf(Log.Format.class), "text", "One line per event, as text or as JSON.");

    /** Every option. */
    public static final List<Option<?>> ALL = Stream.concat(
                    Stream.of(
                            NAME,
                            STORE,
                            DATA_DIR,
                            S3_ENDPOINT,
                            S3_REGION,
                            S3_PATH_STYLE,
                            S3_ACCESS_KEY_ID,
                            S3_SECRET_ACCESS_KEY,
                            S3_ASSUME_ROLE_ARN,
                            S3_EXTERNAL_ID,
                            S3_SSE,
                            S3_KMS_KEY_ID,
                            S3_STORAGE_CLASS,
                            S3_CONNECT_TIMEOUT,
                            S3_REQUEST_TIMEOUT,
                            LISTEN_CLIENT,
                            LISTEN_PEER,
                            LISTEN_METRICS,
                            ADVERTISE_CLIENT,
                            TLS_CLIENT_CERT,
                            TLS_CLIENT_KEY,
                            TLS_CLIENT_CA,
                            TLS_CLIENT_CERT_AUTH,
                            TLS_RELOAD_INTERVAL,
                            AUTH_TOKEN,
                            AUTH_TOKEN_TTL,
                            AUTH_BCRYPT_COST,
                            SERVER_EVENT_LOOPS,
                            SERVER_DRAIN_TIMEOUT,
                            COMMIT_DELAY,
                            COMMIT_DELAY_PREFIXES,
                            LEASE_READ_LEASE,
                            SNAPSHOT_INTERVAL,
                            SNAPSHOT_MAX_LOG_BYTES,
                            RETENTION_LOG,
                            RETENTION_SNAPSHOTS,
                            QUOTA_BYTES,
                            AUTO_COMPACTION_MODE,
                            AUTO_COMPACTION_RETENTION,
                            LIMITS_MAX_REQUEST_BYTES,
                            LIMITS_MAX_TXN_OPS,
                            LIMITS_REQUEST_TIMEOUT,
                            MEMORY_VALUE_CACHE,
                            WATCH_PROGRESS_NOTIFY_INTERVAL,
                            LOG_LEVEL,
                            LOG_FORMAT),
                    Stream.concat(ClusterOptions.ALL.stream(), ElectorOptions.ALL.stream()))
            .toList();

    static final Map<String, Option<?>> BY_KEY =
            ALL.stream().collect(Collectors.toMap(Option::key, Function.identity()));

    private Options() {}

    /** What {@code autoCompaction.mode} says. */
    enum AutoCompactionMode {
        OFF,
        PERIODIC,
        REVISION
    }
}
