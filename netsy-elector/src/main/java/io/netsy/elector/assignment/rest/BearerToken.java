package io.netsy.elector.assignment.rest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the token comes from that is sent with each request. */
public sealed interface BearerToken {
    /** The token to send now; empty for none. */
    Optional<String> read() throws RestException;

    /** Requests carry no token. */
    record None() implements BearerToken {
        @Override
        public Optional<String> read() {
            return Optional.empty();
        }
    }

    /** A token from the configuration. */
    record Fixed(String secret) implements BearerToken {
        public Fixed {
            if (!isSendable(secret)) {
                throw new IllegalArgumentException(
                        "the token is empty or has characters that no HTTP header can carry");
            }
        }

        @Override
        public Optional<String> read() {
            return Optional.of(secret);
        }

        @Override
        public String toString() {
            return "Fixed[secret=***]";
        }
    }

    /** A token from a file, which is read for each request, since whoever wrote it replaces it before it expires. */
    record InFile(Path file) implements BearerToken {
        @Override
        public Optional<String> read() throws RestException {
            try {
                String token = Files.readString(file).strip();
                if (!isSendable(token)) {
                    throw new RestException("the token file %s holds no token".formatted(file));
                }
                return Optional.of(token);
            } catch (IOException e) {
                throw new RestException("the token file %s can't be read (%s); check path and permissions"
                        .formatted(file, e.getClass().getSimpleName()));
            }
        }
    }

    /** Visible ASCII alone. */
    private static boolean isSendable(String token) {
        return !token.isEmpty() && token.chars().allMatch(letter -> letter > ' ' && letter < 0x7f);
    }
}
