package io.netsy.node.config;

import io.netsy.elector.assignment.lease.LeaseTimings;
import io.netsy.node.config.ElectorConfig.Source;
import io.netsy.node.config.ElectorOptions.Assignment;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts the options of electing together and checks that they fit each other. */
final class ElectorBuilder {
    private static final LeaseTimings FALLBACK = LeaseTimings.CLIENT_GO;
    private static final Duration LONGEST_LEASE = Duration.ofDays(1);
    private static final Duration STORE_RENEWAL = Duration.ofSeconds(5);

    private final ConfigBuilder.Values values;

    ElectorBuilder(ConfigBuilder.Values values) {
        this.values = values;
    }

    /** Nothing is elected: whoever sets an option of it believes something else. */
    void refuse(String why) {
        for (Option<?> option : ElectorOptions.ALL) {
            if (isGiven(option)) {
                values.problem(option, why);
            }
        }
    }

    ElectorConfig build(Collection<String> nodes) {
        Assignment assignment = values.required(ElectorOptions.ASSIGNMENT);
        refuseOptionsOfOthers(assignment);
        Duration heartbeat = values.required(ElectorOptions.HEARTBEAT);
        Duration failAfter = values.required(ElectorOptions.FAIL_AFTER);
        if (!heartbeat.isPositive()) {
            values.problem(ElectorOptions.HEARTBEAT, "it is below 1ms");
        } else if (failAfter.compareTo(heartbeat.multipliedBy(2)) < 0) {
            values.problem(
                    ElectorOptions.FAIL_AFTER,
                    "it is below two heartbeats; raise it, or lower %s".formatted(ElectorOptions.HEARTBEAT.key()));
        }
        return new ElectorConfig(
                source(assignment), values.required(ElectorOptions.EMBEDDED), heartbeat, failAfter, candidates(nodes));
    }

    private List<String> candidates(Collection<String> nodes) {
        List<String> excluded = values.list(ClusterOptions.NO_FAILOVER);
        for (String name : excluded) {
            if (!nodes.contains(name)) {
                values.problem(
                        ClusterOptions.NO_FAILOVER, "'%s' is none of %s".formatted(name, String.join(", ", nodes)));
            }
        }
        List<String> candidates =
                nodes.stream().filter(name -> !excluded.contains(name)).toList();
        if (candidates.isEmpty()) {
            values.problem(ClusterOptions.NO_FAILOVER, "no node is left that may be primary");
        }
        return candidates;
    }

    /** A default that is written out, as {@code config show} does it, says nothing. */
    private boolean isGiven(Option<?> option) {
        Setting setting = values.settings().get(option.key());
        return setting != null && !setting.text().equals(option.defaultText());
    }

    /** An option of another source than the one chosen has no effect, which is hardly meant. */
    private void refuseOptionsOfOthers(Assignment chosen) {
        for (Option<?> option : ElectorOptions.ALL) {
            for (Assignment other : Assignment.values()) {
                String prefix =
                        "elector.%s.".formatted(ElectorOptions.ASSIGNMENT.type().render(other));
                if (other != chosen && option.key().startsWith(prefix) && isGiven(option)) {
                    values.problem(
                            option,
                            "it has no effect with %s=%s; remove it, or set that to %s"
                                    .formatted(
                                            ElectorOptions.ASSIGNMENT.key(),
                                            ElectorOptions.ASSIGNMENT.type().render(chosen),
                                            ElectorOptions.ASSIGNMENT.type().render(other)));
                }
            }
        }
    }

    private Source source(Assignment assignment) {
        return switch (assignment) {
            case STATIC -> new Source.Static(needed(ElectorOptions.STATIC_NODE, "?"));
            case STORE -> new Source.Store(timings(STORE_RENEWAL));
            case KUBERNETES -> kubernetes();
            case FILE ->
                new Source.File(
                        needed(ElectorOptions.FILE_PATH, Path.of("?")), positive(ElectorOptions.FILE_REREAD_EVERY));
            case HTTP -> http();
        };
    }

    private Source kubernetes() {
        URI url = values.get(ElectorOptions.KUBERNETES_URL);
        if (url != null && values.get(ElectorOptions.KUBERNETES_NAMESPACE) == null) {
            values.problem(
                    ElectorOptions.KUBERNETES_URL,
                    "the Lease has no namespace; set " + ElectorOptions.KUBERNETES_NAMESPACE.key());
        }
        for (Option<Path> file : List.of(ElectorOptions.KUBERNETES_TOKEN_FILE, ElectorOptions.KUBERNETES_CA_FILE)) {
            if (url == null && values.get(file) != null) {
                values.problem(file, "it goes with an API server; set " + ElectorOptions.KUBERNETES_URL.key());
            }
        }
        return new Source.Kubernetes(
                url,
                values.get(ElectorOptions.KUBERNETES_TOKEN_FILE),
                values.get(ElectorOptions.KUBERNETES_CA_FILE),
                values.get(ElectorOptions.KUBERNETES_NAMESPACE),
                values.required(ElectorOptions.KUBERNETES_NAME),
                timings(FALLBACK.renewEvery()),
                positive(ElectorOptions.REQUEST_TIMEOUT));
    }

    private Source http() {
        String token = values.get(ElectorOptions.HTTP_TOKEN);
        Path tokenFile = values.get(ElectorOptions.HTTP_TOKEN_FILE);
        if (token != null && tokenFile != null) {
            values.problem(
                    ElectorOptions.HTTP_TOKEN_FILE,
                    "%s is set as well; remove one of them".formatted(ElectorOptions.HTTP_TOKEN.key()));
        }
        return new Source.Http(
                needed(ElectorOptions.HTTP_URL, URI.create("https://coordinator.invalid")),
                token,
                tokenFile,
                values.get(ElectorOptions.HTTP_CA_FILE),
                values.required(ElectorOptions.HTTP_CAMPAIGN),
                timings(FALLBACK.renewEvery()),
                positive(ElectorOptions.REQUEST_TIMEOUT));
    }

    private LeaseTimings timings(Duration usualRenewal) {
        Duration lease = values.required(ElectorOptions.LEASE);
        Duration chosen = values.get(ElectorOptions.RENEW_EVERY);
        if (lease.compareTo(LONGEST_LEASE) > 0) {
            values.problem(ElectorOptions.LEASE, "it is above a day");
            return FALLBACK;
        }
        try {
            return new LeaseTimings(lease, chosen == null ? shorter(usualRenewal, lease.dividedBy(3)) : chosen);
        } catch (IllegalArgumentException wrong) {
            values.problem(ElectorOptions.LEASE, String.valueOf(wrong.getMessage()));
            return FALLBACK;
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Duration positive(Option<Duration> option) {
        Duration value = values.required(option);
        if (!value.isPositive()) {
            values.problem(option, "it is below 1ms");
        }
        return value;
    }

    /** Without it the chosen source is none; the stand-in is never used, for a problem was found. */
    private <T> T needed(Option<T> option, T standIn) {
        @Nullable T value = values.get(option);
        if (value == null) {
            values.problem(
                    ElectorOptions.ASSIGNMENT,
                    "%s is missing, which %s needs"
                            .formatted(
                                    option.key(),
                                    ElectorOptions.ASSIGNMENT
                                            .type()
                                            .render(values.required(ElectorOptions.ASSIGNMENT))));
            return standIn;
        }
        return value;
    }
}
