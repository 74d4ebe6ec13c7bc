package io.netsy.etcd.server.tls;

import org.jspecify.annotations.Nullable;

/** A certificate, key or authority file can't be used. The message names the file, the reason, and the way out. */
public final class TlsException extends Exception {
    private static final long serialVersionUID = 1L;

    TlsException(String message) {
        super(message);
    }

    TlsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
