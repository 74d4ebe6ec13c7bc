package io.netsy.etcd;

/** The release of etcd that this server answers like; Kubernetes switches features by it. */
public final class EtcdVersion {
    public static final String SERVER = "3.6.14";

    /** What all members of the cluster understand. */
    public static final String CLUSTER = "3.6.0";

    /** The format of the storage, as snapshots name it. */
    public static final String STORAGE = "3.6.0";

    private EtcdVersion() {}
}
