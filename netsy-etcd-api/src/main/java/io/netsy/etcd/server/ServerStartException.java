package io.netsy.etcd.server;

/** The server can't listen. The message says where, why, and the way out. */
public final class ServerStartException extends Exception {
    private static final long serialVersionUID = 1L;

    ServerStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
