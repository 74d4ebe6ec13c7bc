package io.netsy.bench.single;

/** The servers that are compared. */
enum Subject {
    ETCD("etcd"),
    NETSY_FILE("netsy file"),
    NETSY_S3("netsy s3"),
    NETSY_S3_DELAYED("netsy s3+delay");

    private final String label;

    Subject(String label) {
        this.label = label;
    }

    /** As it is printed. */
    String label() {
        return label;
    }

    /** As files and stores are named. */
    String id() {
        return label.replace(' ', '-').replace('+', '-');
    }
}
