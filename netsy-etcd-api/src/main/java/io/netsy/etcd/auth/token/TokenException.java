package io.netsy.etcd.auth.token;

import org.jspecify.annotations.Nullable;

/** Tokens can't be made as the settings ask for; the message says which file is wrong, and what to do. */
public final class TokenException extends Exception {
    TokenException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
