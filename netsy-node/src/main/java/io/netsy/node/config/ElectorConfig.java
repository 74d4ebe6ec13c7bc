package io.netsy.node.config;

import io.netsy.elector.assignment.lease.LeaseTimings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the primary of a cluster is picked. None of it is needed for safety.
 *
 * @param source says who the elector is
 * @param embedded whether this node is an elector, or may become one
 * @param heartbeat how often the elector asks nodes for a sign of life
 * @param failAfter a node that was silent for so long is missing
 * @param candidates who may be made primary, the preferred first
 */
public record ElectorConfig(
        Source source, boolean embedded, Duration heartbeat, Duration failAfter, List<String> candidates) {
    public ElectorConfig {
        candidates = List.copyOf(candidates);
    }

    /** Where it is written who the elector is; {@code design/ELECTOR.md} describes each. */
    public sealed interface Source {
        /** The configuration names the elector. */
        record Static(String node) implements Source {}

        /** A lease object in the bucket. */
        record Store(LeaseTimings timings) implements Source {}

        /**
         * A Lease of Kubernetes.
         *
         * @param url null for the API server of the pod's own cluster
         * @param tokenFile null for the pod's own, or none with a URL
         * @param caFile null for the pod's own, or those that Java trusts with a URL
         * @param namespace null for the pod's own
         */
        record Kubernetes(
                @Nullable URI url,
                @Nullable Path tokenFile,
                @Nullable Path caFile,
                @Nullable String namespace,
                String name,
                LeaseTimings timings,
                Duration requestTimeout)
                implements Source {}

        /** The name in a file. */
        record File(Path path, Duration rereadEvery) implements Source {}

        /**
         * A coordinator.
         *
         * @param token one of it and {@code tokenFile}, or neither
         * @param caFile null for those that Java trusts
         * @param campaign whether nodes ask for the role there
         */
        record Http(
                URI url,
                @Nullable String token,
                @Nullable Path tokenFile,
                @Nullable Path caFile,
                boolean campaign,
                LeaseTimings timings,
                Duration requestTimeout)
                implements Source {
            /** Leaves the secret out. */
            @Override
            public String toString() {
                return "Http[url=" + url + ", campaign=" + campaign + "]";
            }
        }
    }
}
