package io.netsy.node.wiring;

import io.netsy.etcd.port.MemberHealth;
import io.netsy.node.primary.ReplicationView;
import io.netsy.node.random.SystemRandom;
import io.netsy.replication.core.StandbyView;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What this node knows of members while it is primary; as a standby it knows nobody. */
record PrimaryMemberHealth(String self, Supplier<@Nullable ReplicationView> replication) implements MemberHealth {
    @Override
    public boolean mayChange() {
        return true;
    }

    @Override
    public boolean isConnected(String node) {
        return node.equals(self) || find(node).isPresent();
    }

    @Override
    public boolean isInSync(String node) {
        return find(node).filter(PrimaryMemberHealth::isCaughtUp).isPresent();
    }

    /** etcd's readyPercent. */
    private static boolean isCaughtUp(StandbyView standby) {
        long end = standby.applied() + standby.lagEntries();
        return standby.flushed() * 10 >= end * 9;
    }

    private Optional<StandbyView> find(String node) {
        ReplicationView view = replication.get();
        return view == null
                ? Optional.empty()
                : view.standbys().stream()
                        .filter(standby -> standby.name().equals(node))
                        .filter(standby -> standby.state() != StandbyView.State.STARTUP)
                        .findFirst();
    }

    @Override
    public long newId() {
        long id = SystemRandom.secure().nextLong();
        return id == 0 ? 1 : id;
    }
}
