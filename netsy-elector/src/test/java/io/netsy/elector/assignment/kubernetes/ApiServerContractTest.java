package io.netsy.elector.assignment.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.elector.assignment.AssignmentException;
import io.netsy.elector.assignment.lease.LeaseRecord;
import io.netsy.elector.assignment.lease.LeaseStorage.Stored;
import io.netsy.elector.assignment.lease.LeaseStorage.SwapResult;
import io.netsy.elector.assignment.rest.BearerToken;
import io.netsy.elector.assignment.rest.RestSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract, on a Kubernetes API server that the environment names, with a service account that may get, create and update
 * Leases in one namespace: {@code conformance/elector/run} starts one.
 */
@EnabledIfEnvironmentVariable(
        named = "NETSY_TEST_KUBERNETES_URL",
        matches = ".+",
        disabledReason = "name an API server: NETSY_TEST_KUBERNETES_URL, _TOKEN_FILE, _CA_FILE, _NAMESPACE")
class ApiServerContractTest extends KubernetesContract {
    private static final LeaseRecord RECORD =
            new LeaseRecord("a", "", Duration.ofSeconds(15), 0, Instant.EPOCH, Instant.EPOCH);

    private static final LeaseRecord RELEASED =
            new LeaseRecord(null, "", Duration.ofSeconds(1), 1, Instant.EPOCH, Instant.EPOCH);

    @TempDir
    private Path folder;

    private static String environment(String name) {
        return System.getenv("NETSY_TEST_KUBERNETES_" + name);
    }

    private static RestSettings server(Path token, Path authorities) {
        // A loaded machine's API server takes its time.
        return new RestSettings(
                URI.create(environment("URL")), new BearerToken.InFile(token), authorities, PATIENCE.multipliedBy(2));
    }

    private static Path tokenFile() {
        return Path.of(environment("TOKEN_FILE"));
    }

    private static Path authoritiesFile() {
        return Path.of(environment("CA_FILE"));
    }

    @Override
    RestSettings server() {
        return server(tokenFile(), authoritiesFile());
    }

    @Override
    String namespace() {
        return environment("NAMESPACE");
    }

    private KubernetesLeaseStorage open(RestSettings server, String namespace) {
        return new KubernetesLeaseStorage(
                new KubernetesSettings(server, namespace, leaseName()), Duration.ofSeconds(15));
    }

    @Test
    void anotherTokenIsRefusedUntilTheFileHoldsTheRightOne() throws IOException, AssignmentException {
        Path token = Files.writeString(folder.resolve("token"), "wrong");
        try (KubernetesLeaseStorage storage = open(server(token, authoritiesFile()), namespace())) {
            assertThatThrownBy(storage::read).hasMessageContaining("does not know the token");

            Files.copy(tokenFile(), token, StandardCopyOption.REPLACE_EXISTING);
            assertThat(storage.read()).isEmpty();
        }
    }

    @Test
    void whatTheAccountMayNotDoIsSaidWithTheRoleThatAllowsIt() {
        try (KubernetesLeaseStorage storage = open(server(), "default")) {
            assertThatThrownBy(storage::read).hasMessageContaining("needs a Role in namespace default");
            assertThatThrownBy(() -> storage.create(RECORD)).hasMessageContaining("needs a Role in namespace default");
        }
    }

    @Test
    void aServerWhoseCertificateIsNotSignedByTheAuthorityIsNotTalkedTo() throws IOException, AssignmentException {
        Path authorities = folder.resolve("ca.crt");
        Files.copy(Path.of(environment("OTHER_CA_FILE")), authorities);
        try (KubernetesLeaseStorage storage = open(server(tokenFile(), authorities), namespace())) {
            assertThatThrownBy(storage::read).hasMessageContaining("PKIX path");

            Files.copy(authoritiesFile(), authorities, StandardCopyOption.REPLACE_EXISTING);
            assertThat(storage.read()).isEmpty();
        }
    }

    @Test
    void ofTwoWritersOneLoses() throws AssignmentException {
        try (KubernetesLeaseStorage storage = open(server(), namespace())) {
            Stored created = ((SwapResult.Swapped) storage.create(RECORD)).stored();
            assertThat(storage.create(RECORD)).isInstanceOf(SwapResult.Lost.class);
            assertThat(storage.read()).contains(created);
            Stored next = ((SwapResult.Swapped) storage.swap(created, RELEASED)).stored();
            assertThat(storage.swap(created, RECORD)).isInstanceOf(SwapResult.Lost.class);
            assertThat(storage.read()).contains(next);
            assertThat(next.record().holder()).isNull();
        }
    }
}
