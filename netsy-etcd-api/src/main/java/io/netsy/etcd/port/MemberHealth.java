package io.netsy.etcd.port;

/** What a primary knows of members beyond the log. Safe for any thread; never blocks. */
public interface MemberHealth {
    /** Of a node alone, or where configuration says for ever who the nodes are: no member comes or goes. */
    MemberHealth FIXED = new MemberHealth() {
        @Override
        public boolean mayChange() {
            return false;
        }

        @Override
        public boolean isConnected(String node) {
            return false;
        }

        @Override
        public boolean isInSync(String node) {
            return false;
        }

        @Override
        public long newId() {
            throw new IllegalStateException("members are fixed here");
        }
    };

    /** Whether members can come and go. */
    boolean mayChange();

    /** Whether the node of this name is this primary, or follows it now. */
    boolean isConnected(String node);

    /** Whether it also holds at least nine tenths of the log, which is etcd's measure of a learner that is ready. */
    boolean isInSync(String node);

    /** A random id for a new member; non-zero. */
    long newId();
}
