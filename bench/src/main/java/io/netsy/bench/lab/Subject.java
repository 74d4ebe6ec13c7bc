package io.netsy.bench.lab;

/** The servers that are compared. */
public enum Subject {
    ETCD("etcd"),
    NETSY_FILE("netsy file"),
    NETSY_S3("netsy s3"),
    NETSY_S3_DELAYED("netsy s3+delay"),
    NETSY_QUORUM("netsy quorum"),
    NETSY_ON_DELAYED("netsy on s3+delay"),
    NETSY_ON("netsy on"),
    NETSY_LOCAL("netsy local");

    private final String label;

    Subject(String label) {
        this.label = label;
    }

    /** As it is printed. */
    public String label() {
        return label;
    }

    /** As files and stores are named. */
    public String id() {
        return label.replace(' ', '-').replace('+', '-');
    }
}
