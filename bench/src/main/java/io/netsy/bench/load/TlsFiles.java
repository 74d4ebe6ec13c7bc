package io.netsy.bench.load;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files that TLS needs.
 *
 * @param authority certificates of the authority that signed the servers' ones; null: the JDK's own list
 * @param certificate the client's certificate for mTLS, or null
 * @param key its PKCS #8 key, or null
 */
public record TlsFiles(
        @Nullable Path authority,
        @Nullable Path certificate,
        @Nullable Path key) {
    /** The JDK's authorities and no client certificate. */
    public static final TlsFiles NONE = new TlsFiles(null, null, null);

    public TlsFiles {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("a client certificate needs its key, and a key its certificate");
        }
    }

    /** Whether any file was given: then also endpoints without {@code https://} speak TLS. */
    public boolean isGiven() {
        return authority != null || certificate != null;
    }
}
