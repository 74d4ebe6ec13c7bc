package io.netsy.node.wiring;

import io.netsy.replication.core.PeerMessage;
import io.netsy.replication.wire.PeerListener;
import io.netsy.replication.wire.PeerStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hands streams that standbys open to this node's term as primary. While that is about to begin they wait; without one they are
 * refused. Safe for any thread.
 */
final class PeerSwitch implements PeerListener {
    private final String name;
    private final Map<Long, PeerListener> owners = new LinkedHashMap<>();
    private final Map<Long, Waiting> waiting = new LinkedHashMap<>();
    private boolean awaited;
    private @Nullable PeerListener primary;

    /** A stream that came before the term began. */
    private record Waiting(PeerStream stream, PeerMessage.Hello hello) {}

    /** @param name this node's */
    PeerSwitch(String name) {
        this.name = name;
    }

    /** This node is about to lead: until it does, or {@link #leadNoMore}, streams wait. */
    synchronized void awaitLead() {
        awaited = true;
    }

    /** From now on streams go to this term. */
    synchronized void lead(PeerListener newPrimary) {
        awaited = false;
        primary = newPrimary;
        waiting.values().forEach(came -> pass(newPrimary, came.stream(), came.hello()));
        waiting.clear();
    }

    /** From now on streams are refused; those of the term that was have ended with it. */
    synchronized void leadNoMore() {
        awaited = false;
        primary = null;
        waiting.values().forEach(came -> refuse(came.stream()));
        waiting.clear();
    }

    private void refuse(PeerStream stream) {
        stream.close("node %s is not primary at the moment".formatted(name));
    }

    private void pass(PeerListener to, PeerStream stream, PeerMessage.Hello hello) {
        owners.put(stream.id(), to);
        to.onHello(stream, hello);
    }

    @Override
    public synchronized void onHello(PeerStream stream, PeerMessage.Hello hello) {
        if (primary != null) {
            pass(primary, stream, hello);
        } else if (awaited) {
            waiting.put(stream.id(), new Waiting(stream, hello));
        } else {
            refuse(stream);
        }
    }

    private synchronized @Nullable PeerListener owner(PeerStream stream) {
        return owners.get(stream.id());
    }

    private synchronized @Nullable PeerListener forget(PeerStream stream) {
        waiting.remove(stream.id());
        return owners.remove(stream.id());
    }

    @Override
    public void onMessage(PeerStream stream, PeerMessage.FromStandby message) {
        PeerListener owner = owner(stream);
        if (owner != null) {
            owner.onMessage(stream, message);
        }
    }

    @Override
    public void onClosed(PeerStream stream, String reason) {
        PeerListener owner = forget(stream);
        if (owner != null) {
            owner.onClosed(stream, reason);
        }
    }
}
