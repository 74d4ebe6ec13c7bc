package io.netsy.node.election;

import io.netsy.elector.assignment.Candidacy;
import io.netsy.node.role.ElectorQuestions;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Ping;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a node ask for the elector's role while it is not the primary. The elector that must replace a primary had better not die with
 * it: so a node that serves as primary gives the role to another one. Where nobody else is there to take it, there is nobody to change
 * to either. One thread calls.
 */
public final class Candidate {
    private static final Logger LOG = LoggerFactory.getLogger(Candidate.class);

    private final Candidacy candidacy;
    private final ElectorQuestions own;
    private boolean asks;

    /** @param own this node */
    public Candidate(Candidacy candidacy, ElectorQuestions own) {
        this.candidacy = candidacy;
        this.own = own;
    }

    /** Looks at what this node is at the moment; to be called again and again. Does not block. */
    public void look() {
        var _ = own.ask(Ping.ASKING).whenComplete((answer, failure) -> {
            if (answer != null) {
                decide(answer);
            }
        });
    }

    /** This node is not to have the role, nor to wait for it. Does not block for long. */
    public synchronized void withdraw() {
        if (asks) {
            asks = false;
            candidacy.release(Duration.ZERO);
        }
    }

    private synchronized void decide(FromNode answer) {
        boolean serves = answer instanceof Health health && health.occupation() == Occupation.SERVING;
        if (serves && asks) {
            asks = false;
            LOG.info("this node is primary: the elector's role is left to another one");
            candidacy.release(Duration.ZERO);
        } else if (!serves && !asks) {
            asks = true;
            candidacy.campaign();
        }
    }
}
