package io.netsy.node.wiring;

import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.RegisterStorage;
import io.netsy.elector.term.TermRegister.Voter;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a node may have the elector's role. A member may. While the log names no members, because no primary of an elected cluster
 * ever served, the nodes of a configuration may, unless the register lists voters and none of them is among these: then the log is
 * another node's, which this one is to join and not to succeed. Safe for any thread.
 */
final class Franchise {
    private static final Logger LOG = LoggerFactory.getLogger(Franchise.class);

    private final String self;
    private final MemberBook book;
    private final RegisterStorage register;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile Owner owner = Owner.UNKNOWN;

    /** Whose log it is that names no members. */
    private enum Owner {
        UNKNOWN,
        /** Nobody's yet, or that of nodes of the configuration. */
        OURS,
        FOREIGN
    }

    Franchise(String self, MemberBook book, RegisterStorage register) {
        this.self = self;
        this.book = book;
        this.register = register;
    }

    /** As far as is known; never blocks. */
    boolean mayElect() {
        return book.members().isEmpty() ? owner == Owner.OURS : book.names().contains(self);
    }

    /** Whether {@link #look} could find out more: before anybody leads that is for ever new. */
    boolean isToLook() {
        return book.members().isEmpty() && owner != Owner.FOREIGN;
    }

    /** Looks whose log it is; blocks, unless another thread looks. What can't be read changes nothing. */
    void look() {
        if (looking.compareAndSet(false, true)) {
            try {
                tryLook();
            } finally {
                looking.set(false);
            }
        }
    }

    private void tryLook() {
        try {
            List<String> voters = register.read()
                    .map(stored -> stored.register().voters().stream()
                            .map(Voter::nodeId)
                            .toList())
                    .orElse(List.of());
            boolean ours = voters.isEmpty() || voters.stream().anyMatch(book.names()::contains);
            owner = ours ? Owner.OURS : Owner.FOREIGN;
            if (!ours) {
                String owners = String.join(", ", voters);
                LOG.warn(
                        "this node, '{}', waits to be added: the log in the store is that of {}, and names no members yet. Start {} with"
                                + " --listen-peer, then add this node with etcdctl member add; if {} is gone for ever, start this"
                                + " node under that name",
                        self,
                        owners,
                        owners,
                        owners);
            }
        } catch (RegisterException e) {
            LOG.debug("the register is looked at later: {}", e.getMessage());
        }
    }
}
