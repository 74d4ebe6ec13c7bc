package io.netsy.etcd.server.tls;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;

/** Keys in PEM files: RSA, EC and Ed25519. */
public final class PemKeys {
    private PemKeys() {}

    /** The first private key in a file: PKCS#8, PKCS#1 or SEC 1, not encrypted. */
    public static PrivateKey privateKey(Path file) throws TlsException {
        return PemFile.read(file).privateKey();
    }

    /** The first public key in a file: X.509's form, PKCS#1, or that of a certificate. */
    public static PublicKey publicKey(Path file) throws TlsException {
        return PemFile.read(file).publicKey();
    }
}
