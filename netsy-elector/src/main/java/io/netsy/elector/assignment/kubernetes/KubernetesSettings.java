package io.netsy.elector.assignment.kubernetes;

import io.netsy.elector.assignment.rest.BearerToken;
import io.netsy.elector.assignment.rest.RestSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which Lease, on which API server.
 *
 * @param namespace of the Lease; must exist
 * @param name of the Lease; made when it is missing
 */
public record KubernetesSettings(RestSettings server, String namespace, String name) {
    /** Where the kubelet puts what a pod needs to talk to the API server. */
    public static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private static final Pattern DNS_NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    /** @throws IllegalArgumentException when a name is none that Kubernetes allows */
    public KubernetesSettings {
        requireName("namespace", namespace);
        requireName("name", name);
    }

    private static void requireName(String what, String value) {
        if (!DNS_NAME.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "'%s' can't be the %s of a Lease: lower-case letters, digits, '-' and '.' alone"
                            .formatted(value, what));
        }
    }

    /**
     * The API server of the cluster that this pod runs in, as client-go's {@code rest.InClusterConfig} finds it.
     *
     * @param environment the process's variables
     * @param account {@link #SERVICE_ACCOUNT}, but for tests
     * @param namespace null for the pod's own
     * @throws IllegalArgumentException when this is no pod with a service account; the message says what is missing
     */
    public static KubernetesSettings inCluster(
            Map<String, String> environment, Path account, @Nullable String namespace, String name, Duration patience) {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "");
        if (host.isEmpty() || port.isEmpty()) {
            throw new IllegalArgumentException(
                    "this is no pod of Kubernetes (KUBERNETES_SERVICE_HOST and _PORT are not set); name the API server's URL");
        }
        String address = host.contains(":") ? "[" + host + "]" : host;
        RestSettings server = new RestSettings(
                URI.create("https://" + address + ":" + port),
                new BearerToken.InFile(account.resolve("token")),
                account.resolve("ca.crt"),
                patience);
        return new KubernetesSettings(server, namespace == null ? ownNamespace(account) : namespace, name);
    }

    private static String ownNamespace(Path account) {
        Path file = account.resolve("namespace");
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "%s can't be read (%s); name the namespace, and let the pod mount its service account's token"
                            .formatted(file, e.getClass().getSimpleName()),
                    e);
        }
    }
}
