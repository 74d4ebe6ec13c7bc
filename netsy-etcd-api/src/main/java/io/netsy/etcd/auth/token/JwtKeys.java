package io.netsy.etcd.auth.token;

import io.netsy.etcd.auth.token.TokenSettings.Jwt;
import io.netsy.etcd.server.tls.PemKeys;
import io.netsy.etcd.server.tls.TlsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.NamedParameterSpec;
import org.jspecify.annotations.Nullable;

/** Reads the keys of JWT from their files. */
final class JwtKeys {
    private JwtKeys() {}

    static JwtSigner read(Jwt settings) throws TokenException {
        Path privateFile = settings.privateKey();
        if (settings.algorithm().isSymmetric() && privateFile != null) {
            return new SecretSigner(settings.algorithm(), secret(privateFile));
        }
        try {
            return pair(settings, privateFile, settings.publicKey());
        } catch (TlsException unusable) {
            throw new TokenException(String.valueOf(unusable.getMessage()), unusable);
        }
    }

    private static JwtSigner pair(Jwt settings, @Nullable Path privateFile, @Nullable Path publicFile)
            throws TokenException, TlsException {
        PrivateKey privateKey = privateFile == null ? null : PemKeys.privateKey(privateFile);
        PublicKey publicKey = publicFile == null ? null : PemKeys.publicKey(publicFile);
        JwtAlgorithm algorithm = settings.algorithm();
        if (privateKey != null && privateFile != null) {
            requireKind(algorithm, privateKey, privateFile);
            PublicKey own = PublicKeys.of(privateKey);
            if (publicKey != null && !publicKey.equals(own)) {
                throw new TokenException(publicFile + " is not the public key of " + privateFile, null);
            }
            return new KeySigner(algorithm, own, privateKey);
        }
        if (publicKey == null || publicFile == null) {
            throw new TokenException("JWT has neither a public nor a private key", null);
        }
        requireKind(algorithm, publicKey, publicFile);
        return new KeySigner(algorithm, publicKey, null);
    }

    private static byte[] secret(Path file) throws TokenException {
        try {
            byte[] secret = Files.readAllBytes(file);
            if (secret.length == 0) {
                throw new TokenException(file + " is empty; put a secret into it", null);
            }
            return secret;
        } catch (IOException unreadable) {
            throw new TokenException(
                    file + " can't be read (" + unreadable + "); check path and permissions", unreadable);
        }
    }

    private static void requireKind(JwtAlgorithm algorithm, Key key, Path file) throws TokenException {
        boolean fits = switch (algorithm.kind()) {
            case SECRET -> false;
            case RSA -> key instanceof RSAKey;
            case EC ->
                key instanceof ECKey ec && ec.getParams().getCurve().getField().getFieldSize() == algorithm.curveBits();
            case ED25519 ->
                key instanceof EdECKey ed && ed.getParams().getName().equals(NamedParameterSpec.ED25519.getName());
        };
        if (!fits) {
            throw new TokenException(
                    "%s holds a key that does not fit to sign-method=%s; it is %s"
                            .formatted(file, algorithm.headerName(), key.getAlgorithm()),
                    null);
        }
    }
}
