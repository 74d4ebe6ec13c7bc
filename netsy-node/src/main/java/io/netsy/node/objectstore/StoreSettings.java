package io.netsy.node.objectstore;

/**
 * Everything that is needed to open a store.
 *
 * @param s3 used only when the URI is of S3
 */
public record StoreSettings(StoreUri uri, S3Settings s3) {}
