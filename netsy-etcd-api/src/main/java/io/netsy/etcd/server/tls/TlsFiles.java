package io.netsy.etcd.server.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files of a TLS listener.
 *
 * @param certificates the server's certificate, then its chain
 * @param privateKey its private key, not encrypted: PKCS#8, PKCS#1 (RSA) or SEC 1 (EC)
 * @param authorities who may sign client certificates; null when clients are not asked for one
 * @param clientCertificateRequired whether a client without a valid certificate is refused
 */
public record TlsFiles(
        Path certificates, Path privateKey, @Nullable Path authorities, boolean clientCertificateRequired) {
    public TlsFiles {
        if (clientCertificateRequired && authorities == null) {
            throw new IllegalArgumentException("client certificates can't be verified without authorities");
        }
    }
}
