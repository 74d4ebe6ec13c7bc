package io.netsy.node.wiring;

import io.netsy.elector.assignment.AssignmentEnvironment;
import io.netsy.elector.assignment.ElectorAssignment;
import io.netsy.elector.assignment.ElectorIdentity;
import io.netsy.elector.assignment.FixedAssignment;
import io.netsy.elector.assignment.file.FileAssignment;
import io.netsy.elector.assignment.http.CoordinatorAssignment;
import io.netsy.elector.assignment.http.CoordinatorSettings;
import io.netsy.elector.assignment.kubernetes.KubernetesLeaseStorage;
import io.netsy.elector.assignment.kubernetes.KubernetesSettings;
import io.netsy.elector.assignment.lease.LeaseCandidacy;
import io.netsy.elector.assignment.rest.BearerToken;
import io.netsy.elector.assignment.rest.RestSettings;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.config.ElectorConfig.Source;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.random.SystemRandom;
import io.netsy.node.term.ObjectLeaseStorage;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the source that says who the elector is, as the configuration names it. */
final class ElectorSources {
    private ElectorSources() {}

    /**
     * The source, which is not asked before it is started.
     *
     * @param store stays open when the source is closed
     * @throws IllegalArgumentException when the settings contradict each other
     */
    static ElectorAssignment open(Source source, String self, ObjectStore store, NodeClock clock) {
        AssignmentEnvironment environment =
                new AssignmentEnvironment(() -> clock.now().bootNanos(), SystemClock.wall(), SystemRandom.secure());
        ElectorIdentity identity = new ElectorIdentity(self, clock.newId());
        return switch (source) {
            case Source.Static fixed -> new FixedAssignment(fixed.node(), self);
            case Source.File file -> new FileAssignment(file.path(), self, file.rereadEvery(), environment);
            case Source.Store lease ->
                new LeaseCandidacy(new ObjectLeaseStorage(store, clock::newId), identity, lease.timings(), environment);
            case Source.Kubernetes kubernetes ->
                new LeaseCandidacy(
                        new KubernetesLeaseStorage(
                                settings(kubernetes), kubernetes.timings().lease()),
                        identity,
                        kubernetes.timings(),
                        environment);
            case Source.Http http -> new CoordinatorAssignment(settings(http), identity, environment);
        };
    }

    /**
     * Looks whether the settings make sense, without a connection to anything.
     *
     * @throws IllegalArgumentException when they do not
     */
    static void check(Source source) {
        switch (source) {
            case Source.Static _, Source.Store _, Source.File _ -> {}
            case Source.Kubernetes kubernetes -> settings(kubernetes);
            case Source.Http http -> settings(http);
        }
    }

    private static KubernetesSettings settings(Source.Kubernetes source) {
        Map<String, String> environment = System.getenv();
        if (source.url() == null || source.namespace() == null) {
            return KubernetesSettings.inCluster(
                    environment,
                    KubernetesSettings.SERVICE_ACCOUNT,
                    source.namespace(),
                    source.name(),
                    source.requestTimeout());
        }
        return new KubernetesSettings(
                new RestSettings(
                        source.url(), token(null, source.tokenFile()), source.caFile(), source.requestTimeout()),
                source.namespace(),
                source.name());
    }

    private static CoordinatorSettings settings(Source.Http source) {
        return new CoordinatorSettings(
                new RestSettings(
                        source.url(),
                        token(source.token(), source.tokenFile()),
                        source.caFile(),
                        source.requestTimeout()),
                source.timings(),
                source.campaign());
    }

    private static BearerToken token(@Nullable String secret, @Nullable Path file) {
        if (secret != null) {
            return new BearerToken.Fixed(secret);
        }
        return file == null ? new BearerToken.None() : new BearerToken.InFile(file);
    }
}
