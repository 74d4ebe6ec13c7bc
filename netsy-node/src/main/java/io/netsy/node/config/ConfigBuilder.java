package io.netsy.node.config;

import static java.util.Objects.requireNonNull;

import io.netsy.etcd.auth.Passwords;
import io.netsy.etcd.auth.token.TokenSettings;
import io.netsy.node.config.NodeConfig.AutoCompaction;
import io.netsy.node.config.NodeConfig.Certificates;
import io.netsy.node.config.NodeConfig.ServerSideEncryption;
import io.netsy.node.objectstore.StoreUri;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts parsed values into a {@link NodeConfig} and checks those that depend on each other. */
final class ConfigBuilder {
    private static final long MIN_REQUEST_BYTES = 1024;
    private static final long MAX_REQUEST_BYTES = 512L << 20;

    private final Values values;
    private final List<String> problems;
    private final Purpose purpose;

    /** What the configuration is read for. */
    enum Purpose {
        NODE,
        /** A tool that may do without a store. */
        TOOL,
        /** An elector beside the nodes. */
        ELECTOR
    }

    ConfigBuilder(Map<String, Object> values, Map<String, Setting> settings, List<String> problems, Purpose purpose) {
        this.purpose = purpose;
        this.values = new Values(values, settings, problems);
        this.problems = problems;
    }

    NodeConfig build() {
        StoreUri store = get(Options.STORE);
        if (store == null) {
            if (purpose != Purpose.TOOL) {
                problems.add(
                        "no store is configured; set --store s3://BUCKET/PREFIX, or start with --dev for a first try");
            }
            store = new StoreUri.FileUri(Path.of("."));
        }
        return new NodeConfig(
                required(Options.NAME),
                store,
                s3(store),
                required(Options.DATA_DIR),
                new NodeConfig.Listen(
                        required(Options.LISTEN_CLIENT), get(Options.LISTEN_PEER), get(Options.LISTEN_METRICS)),
                new NodeConfig.Advertise(list(Options.ADVERTISE_CLIENT)),
                new NodeConfig.Tls(certificates(), positive(Options.TLS_RELOAD_INTERVAL)),
                auth(),
                new NodeConfig.Server(atLeast(Options.SERVER_EVENT_LOOPS, 0), required(Options.SERVER_DRAIN_TIMEOUT)),
                new NodeConfig.Commit(required(Options.COMMIT_DELAY), list(Options.COMMIT_DELAY_PREFIXES)),
                new NodeConfig.Lease(readLease()),
                new NodeConfig.Snapshot(
                        positive(Options.SNAPSHOT_INTERVAL), atLeast(Options.SNAPSHOT_MAX_LOG_BYTES, 1L << 20)),
                new NodeConfig.Retention(required(Options.RETENTION_LOG), atLeast(Options.RETENTION_SNAPSHOTS, 1)),
                required(Options.QUOTA_BYTES),
                cluster(),
                autoCompaction(),
                limits(),
                new NodeConfig.Memory(required(Options.MEMORY_VALUE_CACHE)),
                new NodeConfig.Watch(atLeast(Options.WATCH_PROGRESS_NOTIFY_INTERVAL, Duration.ofMillis(100))),
                new NodeConfig.Log(required(Options.LOG_LEVEL), required(Options.LOG_FORMAT)));
    }

    private @Nullable ClusterConfig cluster() {
        ClusterBuilder builder = new ClusterBuilder(values);
        return purpose == Purpose.ELECTOR
                ? builder.buildForElector()
                : builder.build(required(Options.NAME), get(Options.LISTEN_PEER));
    }

    private NodeConfig.S3 s3(StoreUri store) {
        URI endpoint = get(Options.S3_ENDPOINT);
        String accessKeyId = get(Options.S3_ACCESS_KEY_ID);
        String secret = get(Options.S3_SECRET_ACCESS_KEY);
        ServerSideEncryption sse = required(Options.S3_SSE);
        if (endpoint != null && store instanceof StoreUri.FileUri) {
            problem(Options.S3_ENDPOINT, "the store is " + store + ", not a bucket; remove one of them");
        }
        if (accessKeyId != null && secret == null) {
            problem(
                    Options.S3_ACCESS_KEY_ID,
                    "its secret is missing; set " + Options.S3_SECRET_ACCESS_KEY.environmentName());
        }
        if (secret != null && accessKeyId == null) {
            problem(
                    Options.S3_SECRET_ACCESS_KEY,
                    "the access key id is missing; set " + Options.S3_ACCESS_KEY_ID.key());
        }
        if (get(Options.S3_KMS_KEY_ID) != null && sse != ServerSideEncryption.KMS) {
            problem(Options.S3_KMS_KEY_ID, "it needs " + Options.S3_SSE.key() + "=kms");
        }
        return new NodeConfig.S3(
                endpoint,
                get(Options.S3_REGION),
                required(Options.S3_PATH_STYLE),
                accessKeyId,
                secret,
                get(Options.S3_ASSUME_ROLE_ARN),
                get(Options.S3_EXTERNAL_ID),
                sse,
                get(Options.S3_KMS_KEY_ID),
                get(Options.S3_STORAGE_CLASS),
                positive(Options.S3_CONNECT_TIMEOUT),
                positive(Options.S3_REQUEST_TIMEOUT));
    }

    /** A cluster confirms reads by rounds of its standbys, which trust no clock, unless a lease is asked for. */
    private Duration readLease() {
        Setting setting = values.settings().get(Options.LEASE_READ_LEASE.key());
        boolean chosen = setting != null && !setting.isDefault();
        return chosen || list(ClusterOptions.NODES).isEmpty() ? required(Options.LEASE_READ_LEASE) : Duration.ZERO;
    }

    private @Nullable Certificates certificates() {
        Path cert = get(Options.TLS_CLIENT_CERT);
        Path key = get(Options.TLS_CLIENT_KEY);
        Path ca = get(Options.TLS_CLIENT_CA);
        Boolean chosen = get(Options.TLS_CLIENT_CERT_AUTH);
        boolean clientCertAuth = chosen == null ? ca != null : chosen;
        if (cert != null && key == null) {
            problem(Options.TLS_CLIENT_CERT, "its private key is missing; set " + Options.TLS_CLIENT_KEY.key());
        }
        if (key != null && cert == null) {
            problem(Options.TLS_CLIENT_KEY, "the certificate is missing; set " + Options.TLS_CLIENT_CERT.key());
        }
        if (clientCertAuth && ca == null) {
            problem(
                    Options.TLS_CLIENT_CERT_AUTH,
                    "who signs client certificates is missing; set " + Options.TLS_CLIENT_CA.key());
        }
        if (ca != null && cert == null && key == null) {
            problem(
                    Options.TLS_CLIENT_CA,
                    "it has no effect on a plaintext listener; set " + Options.TLS_CLIENT_CERT.key());
        }
        return cert == null || key == null ? null : new Certificates(cert, key, ca, clientCertAuth);
    }

    private NodeConfig.Auth auth() {
        int cost = atLeast(Options.AUTH_BCRYPT_COST, Passwords.MIN_COST);
        if (cost > Passwords.MAX_COST) {
            problem(Options.AUTH_BCRYPT_COST, "it is above " + Passwords.MAX_COST);
        }
        Duration simpleTtl = positive(Options.AUTH_TOKEN_TTL);
        TokenSettings tokens = new TokenSettings.Simple(TokenSettings.DEFAULT_SIMPLE_TTL);
        try {
            tokens = TokenSettings.parse(
                    required(Options.AUTH_TOKEN), simpleTtl.isZero() ? TokenSettings.DEFAULT_SIMPLE_TTL : simpleTtl);
        } catch (IllegalArgumentException malformed) {
            problem(Options.AUTH_TOKEN, String.valueOf(malformed.getMessage()));
        }
        return new NodeConfig.Auth(tokens, cost);
    }

    private AutoCompaction autoCompaction() {
        String retention = get(Options.AUTO_COMPACTION_RETENTION);
        Options.AutoCompactionMode mode = required(Options.AUTO_COMPACTION_MODE);
        if (retention == null && mode != Options.AutoCompactionMode.OFF) {
            problem(Options.AUTO_COMPACTION_MODE, "set " + Options.AUTO_COMPACTION_RETENTION.key() + " as well");
            return new AutoCompaction.Off();
        }
        try {
            return switch (mode) {
                case OFF -> new AutoCompaction.Off();
                case PERIODIC -> new AutoCompaction.Periodic(OptionTypes.DURATION.parse(requireNonNull(retention)));
                case REVISION ->
                    new AutoCompaction.Revision(
                            OptionTypes.INTEGER.parse(requireNonNull(retention)).longValue());
            };
        } catch (IllegalArgumentException malformed) {
            problem(Options.AUTO_COMPACTION_RETENTION, String.valueOf(malformed.getMessage()));
            return new AutoCompaction.Off();
        }
    }

    private NodeConfig.Limits limits() {
        long maxRequestBytes = atLeast(Options.LIMITS_MAX_REQUEST_BYTES, MIN_REQUEST_BYTES);
        if (maxRequestBytes > MAX_REQUEST_BYTES) {
            problem(
                    Options.LIMITS_MAX_REQUEST_BYTES,
                    "it is above " + Options.LIMITS_MAX_REQUEST_BYTES.type().render(MAX_REQUEST_BYTES));
        }
        return new NodeConfig.Limits(
                maxRequestBytes, atLeast(Options.LIMITS_MAX_TXN_OPS, 1), positive(Options.LIMITS_REQUEST_TIMEOUT));
    }

    private Duration positive(Option<Duration> option) {
        return atLeast(option, Duration.ofMillis(1));
    }

    private <T extends Comparable<T>> T atLeast(Option<T> option, T least) {
        T value = required(option);
        if (value.compareTo(least) < 0) {
            problem(option, "it is below " + option.type().render(least));
        }
        return value;
    }

    private <T> List<T> list(Option<List<T>> option) {
        return values.list(option);
    }

    private <T> T required(Option<T> option) {
        return values.required(option);
    }

    private <T> @Nullable T get(Option<T> option) {
        return values.get(option);
    }

    private void problem(Option<?> option, String reason) {
        values.problem(option, reason);
    }

    /** The parsed values, where each came from, and what is wrong with them. */
    record Values(Map<String, Object> parsed, Map<String, Setting> settings, List<String> problems) {
        <T> List<T> list(Option<List<T>> option) {
            List<T> value = get(option);
            return value == null ? List.of() : value;
        }

        <T> T required(Option<T> option) {
            return requireNonNull(get(option), option.key());
        }

        // The value under an option's key was made by that option's own type.
        @SuppressWarnings("unchecked")
        <T> @Nullable T get(Option<T> option) {
            return (T) parsed.get(option.key());
        }

        void problem(Option<?> option, String reason) {
            Setting setting = settings.get(option.key());
            String origin = setting == null ? Setting.DEFAULT_ORIGIN : setting.origin();
            problems.add(origin + ": " + option.key() + ": " + reason);
        }
    }
}
