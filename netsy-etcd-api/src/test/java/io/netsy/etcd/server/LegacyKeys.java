package io.netsy.etcd.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** Private keys as older tools write them. */
final class LegacyKeys {
    private static final byte[] PRIME256V1 = HexFormat.of().parseHex("a00a06082a8648ce3d030107");

    private LegacyKeys() {}

    /** An RSA key as kubeadm writes it: what is inside the PKCS#8 envelope of a 2048 bit key. */
    static String pkcs1(PrivateKey key) {
        byte[] pkcs8 = key.getEncoded();
        int envelopeBytes = 26;
        return pem("RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, envelopeBytes, pkcs8.length));
    }

    /** A P-256 key as cfssl writes it, with its curve. */
    static String sec1(PrivateKey key) {
        byte[] scalar = new byte[32];
        byte[] raw = ((ECPrivateKey) key).getS().toByteArray();
        int used = Math.min(raw.length, scalar.length);
        System.arraycopy(raw, raw.length - used, scalar, scalar.length - used, used);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(new byte[] {0x02, 0x01, 0x01, 0x04, 0x20});
        content.writeBytes(scalar);
        content.writeBytes(PRIME256V1);
        ByteArrayOutputStream sequence = new ByteArrayOutputStream();
        sequence.write(0x30);
        sequence.write(content.size());
        sequence.writeBytes(content.toByteArray());
        return pem("EC PRIVATE KEY", sequence.toByteArray());
    }

    private static String pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }
}
