package io.netsy.etcd.auth.token;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A secret that both signs and checks: HS256, HS384, HS512. */
final class SecretSigner implements JwtSigner {
    private final SecretKeySpec key;

    SecretSigner(JwtAlgorithm algorithm, byte[] secret) {
        this.key = new SecretKeySpec(secret, algorithm.jdkName());
    }

    @Override
    public boolean canSign() {
        return true;
    }

    @Override
    public byte[] sign(byte[] content) {
        try {
            Mac mac = Mac.getInstance(key.getAlgorithm());
            mac.init(key);
            return mac.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + key.getAlgorithm(), e);
        }
    }

    @Override
    public boolean verifies(byte[] content, byte[] signature) {
        return MessageDigest.isEqual(sign(content), signature);
    }
}
