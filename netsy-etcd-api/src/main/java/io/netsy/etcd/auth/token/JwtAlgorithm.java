package io.netsy.etcd.auth.token;

import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a JWT is signed (RFC 7518, section 3; RFC 8037), with the JDK's name of it. */
public enum JwtAlgorithm {
    HS256(Kind.SECRET, "HmacSHA256", 0),
    HS384(Kind.SECRET, "HmacSHA384", 0),
    HS512(Kind.SECRET, "HmacSHA512", 0),
    RS256(Kind.RSA, "SHA256withRSA", 0),
    RS384(Kind.RSA, "SHA384withRSA", 0),
    RS512(Kind.RSA, "SHA512withRSA", 0),
    PS256(Kind.RSA, "RSASSA-PSS", 256),
    PS384(Kind.RSA, "RSASSA-PSS", 384),
    PS512(Kind.RSA, "RSASSA-PSS", 512),
    ES256(Kind.EC, "SHA256withECDSAinP1363Format", 256),
    ES384(Kind.EC, "SHA384withECDSAinP1363Format", 384),
    ES512(Kind.EC, "SHA512withECDSAinP1363Format", 521),
    /** Ed25519 alone, as in etcd. */
    ED_DSA(Kind.ED25519, "Ed25519", 0);

    private final Kind kind;
    private final String jdkName;

    /** Of the curve that an EC key must have; of the hash of a PSS signature, which the JDK's name of it leaves open. */
    private final int bits;

    JwtAlgorithm(Kind kind, String jdkName, int bits) {
        this.kind = kind;
        this.jdkName = jdkName;
        this.bits = bits;
    }

    /** What signs. */
    enum Kind {
        SECRET,
        RSA,
        EC,
        ED25519
    }

    /** The algorithm of a name as it stands in tokens. */
    public static JwtAlgorithm parse(String name) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.headerName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is no sign-method; there are "
                        + Arrays.stream(values()).map(JwtAlgorithm::headerName).collect(Collectors.joining(", "))));
    }

    /** As it stands in a token's header. */
    String headerName() {
        return this == ED_DSA ? "EdDSA" : name();
    }

    boolean isSymmetric() {
        return kind == Kind.SECRET;
    }

    Kind kind() {
        return kind;
    }

    String jdkName() {
        return jdkName;
    }

    /** What the JDK's name leaves open: for PSS the hash, and a salt that is as long; else null. */
    @Nullable
    AlgorithmParameterSpec parameters() {
        if (kind != Kind.RSA || bits == 0) {
            return null;
        }
        String hash = "SHA-" + bits;
        return new PSSParameterSpec(
                hash, "MGF1", new MGF1ParameterSpec(hash), bits / Byte.SIZE, PSSParameterSpec.TRAILER_FIELD_BC);
    }

    /** The size of the curve that an EC key must have. */
    int curveBits() {
        return bits;
    }
}
