package io.netsy.etcd.auth.token;

/** Signs bytes, and checks signatures. Safe for any thread. */
interface JwtSigner {
    /** Whether there is a key to sign with. */
    boolean canSign();

    byte[] sign(byte[] content);

    /** Whether the signature is this key's, of these bytes. */
    boolean verifies(byte[] content, byte[] signature);
}
