package io.netsy.etcd.server.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;

/** Public keys from the two encodings that tools write: X.509 (openssl) and, for RSA, PKCS#1. */
final class PublicKeyBlocks {
    private static final String[] ALGORITHMS = {"RSA", "EC", "EdDSA", "RSASSA-PSS"};
    private static final int BIT_STRING = 0x03;

    private PublicKeyBlocks() {}

    static PublicKey x509(Path path, byte[] der) throws TlsException {
        X509EncodedKeySpec spec = new X509EncodedKeySpec(der);
        GeneralSecurityException last = null;
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePublic(spec);
            } catch (GeneralSecurityException other) {
                last = other;
            }
        }
        throw new TlsException(path + " holds a key that is neither RSA, EC nor Ed25519; write it anew", last);
    }

    /** The JDK reads only X.509: the key moves into its bit string, none of whose bits is unused. */
    static PublicKey pkcs1(Path path, byte[] der) throws TlsException {
        byte[] bits = new byte[der.length + 1];
        System.arraycopy(der, 0, bits, 1, der.length);
        return x509(
                path,
                PrivateKeys.element(PrivateKeys.SEQUENCE, PrivateKeys.RSA, PrivateKeys.element(BIT_STRING, bits)));
    }
}
