package io.netsy.etcd.server.tls;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Private keys from the three encodings that tools write: PKCS#8 (openssl, cert-manager), PKCS#1 for RSA (kubeadm) and
 * SEC 1 for EC (cfssl).
 *
 * <p>The JDK reads only PKCS#8; the other two are put into a PKCS#8 envelope (RFC 5208, RFC 5915).
 */
final class PrivateKeys {
    private static final String[] ALGORITHMS = {"RSA", "EC", "EdDSA", "RSASSA-PSS"};
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

    static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int INTEGER = 0x02;
    private static final int PARAMETERS = 0xa0;

    private PrivateKeys() {}

    static PrivateKey pkcs8(Path path, byte[] der) throws TlsException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
        GeneralSecurityException last = null;
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException other) {
                last = other;
            }
        }
        throw new TlsException(path + " holds a key that is neither RSA, EC nor Ed25519; write it anew", last);
    }

    static PrivateKey pkcs1(Path path, byte[] der) throws TlsException {
        return pkcs8(path, element(SEQUENCE, VERSION_0, RSA, element(OCTET_STRING, der)));
    }

    /** The curve stands inside the SEC 1 structure, as element [0], and moves to the envelope. */
    static PrivateKey sec1(Path path, byte[] der) throws TlsException {
        try {
            Der key = new Der(der).enter(SEQUENCE);
            key.skip(INTEGER);
            key.skip(OCTET_STRING);
            byte[] curve = key.content(PARAMETERS);
            return pkcs8(path, element(SEQUENCE, VERSION_0, element(SEQUENCE, EC, curve), element(OCTET_STRING, der)));
        } catch (IndexOutOfBoundsException | IllegalArgumentException malformed) {
            throw new TlsException(
                    path + " holds an EC key that names no curve; convert it: openssl pkcs8 -topk8 -nocrypt -in KEY",
                    malformed);
        }
    }

    static byte[] element(int tag, byte[]... contents) {
        int length = Arrays.stream(contents).mapToInt(content -> content.length).sum();
        ByteArrayOutputStream element = new ByteArrayOutputStream(length + 6);
        element.write(tag);
        if (length < 0x80) {
            element.write(length);
        } else if (length < 0x100) {
            element.write(0x81);
            element.write(length);
        } else {
            element.write(0x82);
            element.write(length >> 8);
            element.write(length);
        }
        for (byte[] content : contents) {
            element.writeBytes(content);
        }
        return element.toByteArray();
    }

    /** Steps through the elements of a DER structure. */
    private static final class Der {
        private final byte[] bytes;
        private int position;

        Der(byte[] bytes) {
            this.bytes = bytes;
        }

        Der enter(int tag) {
            return new Der(content(tag));
        }

        void skip(int tag) {
            content(tag);
        }

        byte[] content(int tag) {
            if (Byte.toUnsignedInt(bytes[position++]) != tag) {
                throw new IllegalArgumentException("no element " + tag);
            }
            int length = Byte.toUnsignedInt(bytes[position++]);
            if (length >= 0x80) {
                int lengthBytes = length & 0x7f;
                length = 0;
                for (int i = 0; i < lengthBytes; i++) {
                    length = length << 8 | Byte.toUnsignedInt(bytes[position++]);
                }
            }
            if (length < 0 || length > bytes.length - position) {
                throw new IllegalArgumentException("element " + tag + " is cut off");
            }
            byte[] content = Arrays.copyOfRange(bytes, position, position + length);
            position += length;
            return content;
        }
    }
}
