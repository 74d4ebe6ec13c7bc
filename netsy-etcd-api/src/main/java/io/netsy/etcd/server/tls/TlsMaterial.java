package io.netsy.etcd.server.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Certificates and key of a listener, read and checked.
 *
 * @param chain the server's certificate first
 * @param authorities empty when clients are not asked for a certificate
 * @param fingerprint of the files' contents: equal when nothing changed
 */
record TlsMaterial(
        List<X509Certificate> chain, PrivateKey key, List<X509Certificate> authorities, Fingerprint fingerprint) {

    /** SHA-256 over all files. */
    record Fingerprint(String hex) {}

    /** Reads the files and checks that they can serve: the key belongs to the certificate, which is valid now. */
    static TlsMaterial read(TlsFiles files, Instant now) throws TlsException {
        Contents contents = Contents.read(files);
        List<X509Certificate> chain = contents.certificates.certificates();
        PrivateKey key = contents.privateKey.privateKey();
        List<X509Certificate> authorities =
                contents.authorities == null ? List.of() : contents.authorities.certificates();
        X509Certificate own = chain.getFirst();
        if (!belongTogether(own.getPublicKey(), key)) {
            throw new TlsException(files.privateKey() + " is not the key of the certificate in " + files.certificates()
                    + "; give the pair that was issued together");
        }
        checkValidity(files, own, now);
        return new TlsMaterial(chain, key, authorities, contents.fingerprint());
    }

    /** The fingerprint that {@link #read} would find, without parsing. */
    static Fingerprint fingerprint(TlsFiles files) throws TlsException {
        return Contents.read(files).fingerprint();
    }

    Instant notAfter() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    private static void checkValidity(TlsFiles files, X509Certificate certificate, Instant now) throws TlsException {
        Instant notBefore = certificate.getNotBefore().toInstant();
        Instant notAfter = certificate.getNotAfter().toInstant();
        if (now.isAfter(notAfter)) {
            throw new TlsException("the certificate in " + files.certificates() + " expired at " + notAfter
                    + "; put a renewed one in its place");
        }
        if (now.isBefore(notBefore)) {
            throw new TlsException("the certificate in " + files.certificates() + " is not valid before " + notBefore
                    + "; check this machine's clock, which says " + now);
        }
    }

    private static boolean belongTogether(PublicKey publicKey, PrivateKey privateKey) {
        String algorithm = switch (privateKey.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
            default -> "SHA256withRSA";
        };
        try {
            byte[] probe = publicKey.getEncoded();
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(privateKey);
            signer.update(probe);
            byte[] signature = signer.sign();
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(publicKey);
            verifier.update(probe);
            return verifier.verify(signature);
        } catch (GeneralSecurityException otherKind) {
            return false;
        }
    }

    /** The files as they were read at one moment. */
    private record Contents(
            PemFile certificates,
            PemFile privateKey,
            @Nullable PemFile authorities) {
        static Contents read(TlsFiles files) throws TlsException {
            return new Contents(
                    PemFile.read(files.certificates()),
                    PemFile.read(files.privateKey()),
                    files.authorities() == null ? null : PemFile.read(files.authorities()));
        }

        Fingerprint fingerprint() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(certificates.content());
                digest.update(privateKey.content());
                if (authorities != null) {
                    digest.update(authorities.content());
                }
                return new Fingerprint(HexFormat.of().formatHex(digest.digest()));
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("every Java runtime has SHA-256", impossible);
            }
        }
    }
}
