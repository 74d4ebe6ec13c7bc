package io.netsy.etcd.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.netsy.etcd.access.Caller;
import io.netsy.etcd.auth.token.TokenSettings.Jwt;
import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JWT with real keys of every kind. */
class JwtTokensTest {
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final AuthUser ALICE = new AuthUser(Bytes.utf8("älice"), Bytes.utf8("hash"), false, List.of());
    private static final AuthState AUTH = AuthState.of(true, 7, List.of(ALICE), List.of());

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-01-02T03:04:05Z");

    private static KeyPair generate(JwtAlgorithm algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(
                switch (algorithm.kind()) {
                    case RSA -> "RSA";
                    case EC -> "EC";
                    case ED25519, SECRET -> "Ed25519";
                });
        if (algorithm.kind() == JwtAlgorithm.Kind.EC) {
            generator.initialize(new ECGenParameterSpec("secp" + algorithm.curveBits() + "r1"));
        }
        return generator.generateKeyPair();
    }

    private Path write(String name, String label, Key key) throws IOException {
        String body = Base64.getMimeEncoder().encodeToString(key.getEncoded());
        return Files.writeString(
                directory.resolve(name), "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
    }

    private Path privateFile(JwtAlgorithm algorithm, KeyPair pair) throws IOException {
        return algorithm.isSymmetric()
                ? Files.write(directory.resolve("secret"), pair.getPublic().getEncoded())
                : write("private", "PRIVATE KEY", pair.getPrivate());
    }

    private Path publicFile(KeyPair pair) throws IOException {
        return write("public", "PUBLIC KEY", pair.getPublic());
    }

    private JwtTokens open(JwtAlgorithm algorithm, @Nullable Path publicKey, @Nullable Path privateKey)
            throws TokenException {
        return JwtTokens.open(new Jwt(algorithm, publicKey, privateKey, TTL), () -> now);
    }

    private static String part(String token, int index) {
        return new String(Base64.getUrlDecoder().decode(token.split("\\.", -1)[index]), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource(JwtAlgorithm.class)
    void whatIsSignedIsReadWithThePrivateAndWithThePublicKey(JwtAlgorithm algorithm) throws Exception {
        KeyPair pair = generate(algorithm);
        Path privateFile = privateFile(algorithm, pair);
        JwtTokens tokens = open(algorithm, null, privateFile);
        String token = tokens.issue(ALICE, AUTH, 1);

        assertThat(part(token, 0)).isEqualTo("{\"alg\":\"" + algorithm.headerName() + "\",\"typ\":\"JWT\"}");
        assertThat(part(token, 1))
                .isEqualTo("{\"exp\":" + now.plus(TTL).getEpochSecond() + ",\"revision\":7,\"username\":\"älice\"}");
        assertThat(tokens.read(token, AUTH)).isEqualTo(new Caller(ALICE.name(), 7));
        assertThat(open(algorithm, null, privateFile).read(token, AUTH)).isNotNull();
        if (!algorithm.isSymmetric()) {
            JwtTokens reader = open(algorithm, publicFile(pair), null);
            assertThat(reader.read(token, AUTH)).isEqualTo(new Caller(ALICE.name(), 7));
            assertThatThrownBy(() -> reader.issue(ALICE, AUTH, 1))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessage("UNKNOWN: auth: token signing attempted with verify-only key");
            assertThat(open(algorithm, publicFile(pair), privateFile).read(token, AUTH))
                    .isNotNull();
        }
    }

    /** All but the last: some of its bits say nothing. */
    @ParameterizedTest
    @EnumSource(JwtAlgorithm.class)
    void everyChangedLetterIsFound(JwtAlgorithm algorithm) throws Exception {
        JwtTokens tokens = open(algorithm, null, privateFile(algorithm, generate(algorithm)));
        String token = tokens.issue(ALICE, AUTH, 1);
        for (int i = 0; i < token.length() - 1; i += 7) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            String changed = token.substring(0, i) + other + token.substring(i + 1);
            assertThat(tokens.read(changed, AUTH)).as("letter %d", i).isNull();
        }
        for (String part : token.split("\\.", -1)) {
            assertThat(tokens.read(token.replace(part, ""), AUTH)).isNull();
        }
    }

    @Test
    void onlyTheConfiguredAlgorithmCounts() throws Exception {
        KeyPair pair = generate(JwtAlgorithm.RS256);
        Path privateFile = privateFile(JwtAlgorithm.RS256, pair);
        JwtTokens tokens = open(JwtAlgorithm.RS256, null, privateFile);

        String otherHash = open(JwtAlgorithm.RS512, null, privateFile).issue(ALICE, AUTH, 1);
        assertThat(tokens.read(otherHash, AUTH)).isNull();

        // The public key is known to all: taken for a secret, it must not sign.
        Path known = Files.write(directory.resolve("known"), Files.readAllBytes(publicFile(pair)));
        String confused = open(JwtAlgorithm.HS256, null, known).issue(ALICE, AUTH, 1);
        assertThat(tokens.read(confused, AUTH)).isNull();

        String unsigned =
                encoded("{\"alg\":\"none\"}") + "." + encoded("{\"username\":\"älice\",\"revision\":7}") + ".";
        assertThat(tokens.read(unsigned, AUTH)).isNull();
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void itsTimeIsLookedAtOnEachUse() throws Exception {
        JwtTokens tokens =
                open(JwtAlgorithm.ES256, null, privateFile(JwtAlgorithm.ES256, generate(JwtAlgorithm.ES256)));
        String token = tokens.issue(ALICE, AUTH, 1);
        now = now.plus(TTL).minusMillis(1);
        assertThat(tokens.read(token, AUTH)).isNotNull();
        now = now.plusMillis(1);
        assertThat(tokens.read(token, AUTH)).isNull();
    }

    @Test
    void theRevisionIsThatOfTheTokenNotOfTheState() throws Exception {
        JwtTokens tokens =
                open(JwtAlgorithm.ES256, null, privateFile(JwtAlgorithm.ES256, generate(JwtAlgorithm.ES256)));
        String token = tokens.issue(ALICE, AUTH, 1);
        AuthState later = AuthState.of(true, 9, List.of(ALICE), List.of());
        assertThat(tokens.read(token, later)).isEqualTo(new Caller(ALICE.name(), 7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"username\":\"a\",\"revision\":1}|true",
                "{\"username\":\"a\",\"revision\":1.0,\"exp\":99999999999}|true",
                "{\"username\":\"a\",\"revision\":1,\"nbf\":99999999999}|false",
                "{\"username\":\"a\",\"revision\":1,\"exp\":1}|false",
                "{\"username\":\"a\",\"revision\":1,\"exp\":\"soon\"}|false",
                "{\"username\":\"a\",\"revision\":\"1\"}|false",
                "{\"username\":\"a\",\"revision\":-1}|false",
                "{\"username\":7,\"revision\":1}|false",
                "{\"revision\":1}|false",
                "{\"username\":\"a\"}|false",
                "[]|false",
                "{|false"
            })
    void claimsOfOthersAreReadAsEtcdReadsThem(String claimsAndVerdict) throws Exception {
        String claims = claimsAndVerdict.substring(0, claimsAndVerdict.indexOf('|'));
        Path secret = Files.writeString(directory.resolve("secret"), "a secret that is long enough for this");
        SecretSigner signer = new SecretSigner(JwtAlgorithm.HS256, Files.readAllBytes(secret));
        String content = encoded("{\"typ\":\"JWT\",\"alg\":\"HS256\"}") + "." + encoded(claims);
        String token = content + "."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(signer.sign(content.getBytes(StandardCharsets.US_ASCII)));

        assertThat(open(JwtAlgorithm.HS256, null, secret).read(token, AUTH) != null)
                .isEqualTo(claimsAndVerdict.endsWith("|true"));
    }

    /** The example of RFC 7515, appendix A.1. */
    @Test
    void theSignatureOfTheStandardsExampleIsRight() {
        byte[] key = Base64.getUrlDecoder()
                .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        String content = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
                + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        byte[] signature = Base64.getUrlDecoder().decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        SecretSigner signer = new SecretSigner(JwtAlgorithm.HS256, key);
        assertThat(signer.verifies(content.getBytes(StandardCharsets.US_ASCII), signature))
                .isTrue();
    }

    @Test
    void keysThatDoNotFitAreNamed() throws Exception {
        Path ec = privateFile(JwtAlgorithm.ES384, generate(JwtAlgorithm.ES384));
        assertThatThrownBy(() -> open(JwtAlgorithm.RS256, null, ec))
                .isInstanceOf(TokenException.class)
                .hasMessageContaining(ec + " holds a key that does not fit to sign-method=RS256");
        assertThatThrownBy(() -> open(JwtAlgorithm.ES256, null, ec)).isInstanceOf(TokenException.class);
        assertThatThrownBy(() -> open(JwtAlgorithm.ED_DSA, null, ec)).isInstanceOf(TokenException.class);
        Path stranger = publicFile(generate(JwtAlgorithm.ES384));
        assertThatThrownBy(() -> open(JwtAlgorithm.ES384, stranger, ec))
                .isInstanceOf(TokenException.class)
                .hasMessageContaining("is not the public key of");
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> open(JwtAlgorithm.ES384, null, missing))
                .isInstanceOf(TokenException.class)
                .hasMessageContaining("missing does not exist");
        assertThatThrownBy(() -> open(JwtAlgorithm.HS256, null, Files.writeString(directory.resolve("empty"), "")))
                .isInstanceOf(TokenException.class)
                .hasMessageContaining("is empty");
    }
}
