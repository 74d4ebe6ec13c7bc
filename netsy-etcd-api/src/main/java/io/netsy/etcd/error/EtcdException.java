package io.netsy.etcd.error;

/** A request was answered with one of etcd's errors. It has no stack trace: it is an answer, not a fault. */
public final class EtcdException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final EtcdError error;

    EtcdException(EtcdError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    public EtcdError error() {
        return error;
    }
}
