package io.netsy.elector.assignment.rest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A PEM file of certificate authorities as an {@link SSLContext}, made anew when the file's content changes. */
final class TrustedAuthorities {
    private final Path file;
    private byte[] content = {};
    private @Nullable SSLContext context;

    TrustedAuthorities(Path file) {
        this.file = file;
    }

    /**
     * The context for the file as it is now; the same one while the file is the same, or can't be read any more.
     *
     * @throws RestException when there has been no usable file yet
     */
    SSLContext current() throws RestException {
        SSLContext known = context;
        try {
            byte[] now = Files.readAllBytes(file);
            if (known == null || !Arrays.equals(now, content)) {
                known = trusting(now);
                context = known;
                content = now;
            }
            return known;
        } catch (IOException | GeneralSecurityException e) {
            if (known != null) {
                return known;
            }
            throw new RestException("the file of authorities %s can't be used (%s); it must hold certificates in PEM"
                    .formatted(file, reason(e)));
        }
    }

    private static String reason(Exception failure) {
        return failure instanceof IOException
                ? failure.getClass().getSimpleName()
                : String.valueOf(failure.getMessage());
    }

    private static SSLContext trusting(byte[] pem) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int count = 0;
        for (Certificate authority :
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
            store.setCertificateEntry("authority-" + count++, authority);
        }
        if (count == 0) {
            throw new GeneralSecurityException("no certificate in it");
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
