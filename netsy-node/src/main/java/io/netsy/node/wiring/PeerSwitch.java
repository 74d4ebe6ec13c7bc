package io.netsy.node.wiring;

import io.netsy.replication.core.PeerMessage;
import io.netsy.replication.wire.PeerListener;
import io.netsy.replication.wire.PeerStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Hands streams that standbys open to this node's term as primary; without one it refuses them. Safe for any thread. */
final class PeerSwitch implements PeerListener {
    private final String name;
    private final Map<Long, PeerListener> owners = new ConcurrentHashMap<>();
    private volatile @Nullable PeerListener primary;

    /** @param name this node's */
    PeerSwitch(String name) {
        this.name = name;
    }

    /** From now on streams go to this term. */
    void lead(PeerListener newPrimary) {
        primary = newPrimary;
    }

    /** From now on streams are refused; those of the term that was have ended with it. */
    void leadNoMore() {
        primary = null;
    }

    @Override
    public void onHello(PeerStream stream, PeerMessage.Hello hello) {
        PeerListener current = primary;
        if (current == null) {
            stream.close("node %s is not primary at the moment".formatted(name));
        } else {
            owners.put(stream.id(), current);
            current.onHello(stream, hello);
        }
    }

    @Override
    public void onMessage(PeerStream stream, PeerMessage.FromStandby message) {
        PeerListener owner = owners.get(stream.id());
        if (owner != null) {
            owner.onMessage(stream, message);
        }
    }

    @Override
    public void onClosed(PeerStream stream, String reason) {
        PeerListener owner = owners.remove(stream.id());
        if (owner != null) {
            owner.onClosed(stream, reason);
        }
    }
}
