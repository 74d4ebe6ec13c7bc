package io.netsy.node.objectstore;

/**
 * One content of one object, as the store names it: an ETag, a number. Only ever compared and handed back.
 *
 * <p>It may depend on the content alone (S3's ETags do): writing older bytes again may bring an older version back, so
 * an object that is swapped must never hold the same bytes twice (design brief, section 3: a nonce in the register).
 */
public record ObjectVersion(String value) {

    public ObjectVersion {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("an object version is never empty");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
