package io.netsy.elector.assignment.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.elector.assignment.testkit.FaultyHttpServer;
import io.netsy.elector.assignment.testkit.FaultyHttpServer.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    private static RestSettings settings(String url, BearerToken token) {
        return new RestSettings(URI.create(url), token, null, PATIENCE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://h/", "h:1", "/x", "https://user:secret@h/", "https://h/?a=secret", "https://h/#secret"})
    void whatIsNoPlainUrlIsRefusedWithoutItsSecret(String url) {
        assertThatThrownBy(() -> settings(url, new BearerToken.None()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret@")
                .hasMessageNotContaining("=secret");
    }

    @Test
    void aTokenGoesOverTlsOrOverLoopback() {
        BearerToken token = new BearerToken.Fixed("secret");
        settings("https://coordinator.example", token);
        settings("http://127.0.0.1:1", token);
        assertThatThrownBy(() -> settings("http://coordinator.example", token))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use https");
        assertThat(token.toString()).doesNotContain("secret=s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nb", "é"})
    void whatNoHeaderCanCarryIsNoToken(String token) {
        assertThatThrownBy(() -> new BearerToken.Fixed(token)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFileOfAuthoritiesThatHoldsNoneIsNamed() throws IOException {
        Path file = folder.resolve("ca.crt");
        try (RestClient client = new RestClient(
                new RestSettings(URI.create("https://127.0.0.1:1"), new BearerToken.None(), file, PATIENCE))) {
            assertThatThrownBy(() -> client.send("GET", "", null)).hasMessageContaining(file.toString());
            Files.writeString(file, "");
            assertThatThrownBy(() -> client.send("GET", "", null)).hasMessageContaining(file.toString());
            Files.writeString(file, "garbage");
            assertThatThrownBy(() -> client.send("GET", "", null)).hasMessageContaining(file.toString());
        }
    }

    @Test
    void anInterruptEndsARequest() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        try (FaultyHttpServer server = FaultyHttpServer.start(request -> {
                    awaitUninterruptibly(interrupted);
                    return new Answer(200, "{}");
                });
                RestClient client =
                        new RestClient(new RestSettings(server.url(), new BearerToken.None(), null, PATIENCE))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> client.send("GET", "", null)).hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
            interrupted.countDown();
            assertThat(client.send("GET", "/x?y=z", null).json()).isPresent();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
