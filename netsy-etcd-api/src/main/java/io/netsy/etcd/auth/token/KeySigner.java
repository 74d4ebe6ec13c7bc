package io.netsy.etcd.auth.token;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.AlgorithmParameterSpec;
import org.jspecify.annotations.Nullable;

/** A pair of keys of which the private one may be missing: RS, PS, ES, EdDSA. */
final class KeySigner implements JwtSigner {
    private final JwtAlgorithm algorithm;
    private final PublicKey publicKey;
    private final @Nullable PrivateKey privateKey;

    KeySigner(JwtAlgorithm algorithm, PublicKey publicKey, @Nullable PrivateKey privateKey) {
        this.algorithm = algorithm;
        this.publicKey = publicKey;
        this.privateKey = privateKey;
    }

    @Override
    public boolean canSign() {
        return privateKey != null;
    }

    @Override
    public byte[] sign(byte[] content) {
        if (privateKey == null) {
            throw new IllegalStateException("there is no key to sign with");
        }
        try {
            Signature signature = signature();
            signature.initSign(privateKey);
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key signed nothing: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean verifies(byte[] content, byte[] bytes) {
        try {
            Signature signature = signature();
            signature.initVerify(publicKey);
            signature.update(content);
            return signature.verify(bytes);
        } catch (SignatureException malformed) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key checks nothing: " + e.getMessage(), e);
        }
    }

    private Signature signature() throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm.jdkName());
        AlgorithmParameterSpec parameters = algorithm.parameters();
        if (parameters != null) {
            signature.setParameter(parameters);
        }
        return signature;
    }
}
