package io.netsy.etcd.random;

import java.security.SecureRandom;

/** A "generator" whose bytes are given: for deriving from a known secret what is else made from chance. */
public final class GivenBytes extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final byte[] bytes;

    /** @param bytes what each request begins with; zeros follow */
    public GivenBytes(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    @Override
    public void nextBytes(byte[] target) {
        for (int i = 0; i < target.length; i++) {
            target[i] = i < bytes.length ? bytes[i] : 0;
        }
    }
}
