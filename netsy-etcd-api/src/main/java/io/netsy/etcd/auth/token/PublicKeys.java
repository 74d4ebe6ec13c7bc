package io.netsy.etcd.auth.token;

import io.netsy.etcd.random.GivenBytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;

/** The public key that belongs to a private one. Only for keys of this node's own: the arithmetic takes no care of timing. */
final class PublicKeys {
    private static final BigInteger TWO = BigInteger.TWO;
    private static final BigInteger THREE = BigInteger.valueOf(3);

    private PublicKeys() {}

    static PublicKey of(PrivateKey key) throws TokenException {
        try {
            return switch (key) {
                case RSAPrivateCrtKey rsa ->
                    KeyFactory.getInstance("RSA")
                            .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
                case ECPrivateKey ec ->
                    KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(pointOf(ec), ec.getParams()));
                case EdECPrivateKey ed -> ofEd25519(ed);
                default ->
                    throw new TokenException("no public key can be made for a key of " + key.getAlgorithm(), null);
            };
        } catch (GeneralSecurityException e) {
            throw new TokenException("no public key can be made for the private one: " + e.getMessage(), e);
        }
    }

    /** A generator whose randomness is the private key makes the pair that the key belongs to (RFC 8032, section 5.1.5). */
    private static PublicKey ofEd25519(EdECPrivateKey key) throws GeneralSecurityException {
        byte[] seed = key.getBytes().orElseThrow(() -> new GeneralSecurityException("its bytes are not shown"));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(key.getParams(), new GivenBytes(seed));
        return generator.generateKeyPair().getPublic();
    }

    /** The base point added to itself as often as the key says (SEC 1, section 3.2.1). */
    private static ECPoint pointOf(ECPrivateKey key) throws GeneralSecurityException {
        ECParameterSpec parameters = key.getParams();
        if (!(parameters.getCurve().getField() instanceof ECFieldFp field)) {
            throw new GeneralSecurityException("its curve is not over a prime field");
        }
        BigInteger p = field.getP();
        BigInteger a = parameters.getCurve().getA();
        ECPoint sum = ECPoint.POINT_INFINITY;
        for (int bit = key.getS().bitLength() - 1; bit >= 0; bit--) {
            sum = sum(sum, sum, a, p);
            if (key.getS().testBit(bit)) {
                sum = sum(sum, parameters.getGenerator(), a, p);
            }
        }
        return sum;
    }

    private static ECPoint sum(ECPoint left, ECPoint right, BigInteger a, BigInteger p) {
        if (left.equals(ECPoint.POINT_INFINITY)) {
            return right;
        }
        if (right.equals(ECPoint.POINT_INFINITY)) {
            return left;
        }
        BigInteger x = left.getAffineX();
        BigInteger y = left.getAffineY();
        BigInteger slope;
        if (left.equals(right)) {
            slope = x.pow(2).multiply(THREE).add(a).multiply(TWO.multiply(y).modInverse(p));
        } else if (x.equals(right.getAffineX())) {
            return ECPoint.POINT_INFINITY;
        } else {
            slope = right.getAffineY()
                    .subtract(y)
                    .multiply(right.getAffineX().subtract(x).mod(p).modInverse(p));
        }
        BigInteger sumX = slope.pow(2).subtract(x).subtract(right.getAffineX()).mod(p);
        return new ECPoint(sumX, slope.multiply(x.subtract(sumX)).subtract(y).mod(p));
    }
}
