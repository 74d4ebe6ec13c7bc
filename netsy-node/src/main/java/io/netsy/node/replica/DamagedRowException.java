package io.netsy.node.replica;

/** What a row says does not match its checksum, or makes no sense. */
final class DamagedRowException extends Exception {
    DamagedRowException(String detail) {
        super(detail);
    }
}
