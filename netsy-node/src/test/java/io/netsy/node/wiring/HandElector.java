package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.RegisterStorage.SwapResult;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Assignment;
import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.node.archive.ChainWalk;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.role.ElectorQuestions;
import io.netsy.node.term.ObjectRegisterStorage;
import io.netsy.replication.core.ElectorMessage.AskTail;
import io.netsy.replication.core.ElectorMessage.Fence;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.core.ElectorMessage.HandOver;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.core.ElectorMessage.Successor;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** An elector by hand: asks nodes and swaps the register as {@code ElectorCore} would, one step at a test's word. */
final class HandElector {
    private static final int TIMEOUT_SECONDS = 20;
    private static final String NAME = "by-hand";

    private final Map<String, ElectorQuestions> nodes;
    private final ObjectRegisterStorage register;
    private final LogArchive archive;

    HandElector(ObjectStore store, UUID clusterId, Map<String, ElectorQuestions> nodes) {
        this.nodes = nodes;
        this.register = new ObjectRegisterStorage(store);
        this.archive = new LogArchive(store, clusterId);
    }

    /** The register of a new cluster: given back, with nothing in the log. */
    void createRegister() throws Exception {
        List<Voter> voters = nodes.keySet().stream().map(this::voter).toList();
        TermRegister first = new TermRegister(
                1,
                UUID.randomUUID(),
                1,
                State.RELEASED,
                voters.getFirst().nodeId(),
                UUID.randomUUID(),
                NAME,
                LogPosition.START,
                voters,
                CommitLevel.LOCAL,
                StandbyRule.ANYONE,
                Duration.ZERO,
                1,
                null);
        assertThat(register.create(first)).isInstanceOf(SwapResult.Swapped.class);
    }

    private Voter voter(String node) {
        Health health = health(node);
        return new Voter(node, health.identity().diskId());
    }

    Stored stored() throws Exception {
        return register.read().orElseThrow();
    }

    TermRegister current() throws Exception {
        return stored().register();
    }

    FromNode ask(String node, FromElector message) {
        try {
            return node(node).ask(message).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("%s does not answer %s".formatted(node, message), e);
        }
    }

    private ElectorQuestions node(String name) {
        ElectorQuestions node = nodes.get(name);
        if (node == null) {
            throw new AssertionError("no node " + name);
        }
        return node;
    }

    /** Asks for a sign of life and says nothing new. */
    Health health(String node) {
        return (Health) ask(node, Ping.ASKING);
    }

    /** Claims the next term. */
    Stored claim() throws Exception {
        Stored before = stored();
        long term = before.register().term() + 1;
        for (String node : nodes.keySet()) {
            term = Math.max(term, health(node).promised() + 1);
        }
        return swap(before, before.register().electing(NAME, term, UUID.randomUUID()));
    }

    private Stored swap(Stored before, TermRegister next) throws Exception {
        SwapResult result = register.swap(before, next);
        assertThat(result).isInstanceOf(SwapResult.Swapped.class);
        return ((SwapResult.Swapped) result).stored();
    }

    Fenced fence(String node, long term) {
        return (Fenced) ask(node, new Fence(term));
    }

    /** Names a node, which was fenced beside these others, on top of the longest history of them. */
    TermRegister assign(Stored claim, String picked, List<String> fenced) throws Exception {
        ChainWalk walk = new ChainWalk(archive, LogPosition.START, Runnable::run);
        while (walk.next().isPresent()) {
            // Only the end matters.
        }
        LogPosition tip = walk.end();
        LogPosition required = tip;
        if (!claim.register().level().isCompleteInBucket()) {
            required = fenced.stream()
                    .map(node -> (Tail) ask(node, new AskTail(claim.register().term(), tip)))
                    .flatMap(tail -> tail.end().stream())
                    .max(Comparator.comparingLong(LogPosition::index))
                    .orElse(tip);
        }
        Health health = health(picked);
        TermRegister next = claim.register()
                .named(
                        new Claimant(picked, health.identity().diskId(), health.process()),
                        new Assignment(
                                required,
                                claim.register().voters(),
                                claim.register().level(),
                                claim.register().standbys(),
                                Duration.ZERO),
                        UUID.randomUUID());
        return swap(claim, next).register();
    }

    /** Tells a node what the register says. */
    void hint(String node) throws Exception {
        TermRegister said = current();
        var _ = ask(node, new Ping(said.term(), said.state() == State.ASSIGNED, said.primary(), said.process()));
    }

    /** A whole election, in which these nodes take part. */
    TermRegister elect(String picked, List<String> there) throws Exception {
        Stored claim = claim();
        for (String node : there) {
            var _ = fence(node, claim.register().term());
        }
        TermRegister assigned = assign(claim, picked, there);
        for (String node : there) {
            hint(node);
        }
        return assigned;
    }

    TermRegister elect(String picked) throws Exception {
        return elect(picked, List.copyOf(nodes.keySet()));
    }

    /** Asks the primary to hand over to another node. */
    void handOver(String to) throws Exception {
        TermRegister led = current();
        Health next = health(to);
        var _ = ask(
                led.primary(), new HandOver(led.term(), led.process(), new Successor(next.identity(), next.process())));
    }
}
