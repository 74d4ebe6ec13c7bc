package io.netsy.chaos.sim;

import io.netsy.elector.election.ElectorEffect;
import io.netsy.elector.election.ElectorEvent;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.RegisterStorage.SwapResult;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.PrimaryEffect;
import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Rules of elections, each taken away by changing what electors and nodes hear and say. */
final class ElectorSabotages {
    private ElectorSabotages() {}

    static final class PromisesAreForgotten implements Sabotage {
        @Override
        public boolean remembersPromises() {
            return false;
        }
    }

    /** A node answers, and goes on as before. */
    static final class FencedFollowOn implements Sabotage {
        @Override
        public boolean keepsPromises() {
            return false;
        }
    }

    /** Whoever answers first is named, whatever the register says, and nobody promises anything. */
    static final class FenceIsSkipped implements Sabotage {
        private final Map<UUID, TermRegister> real = new HashMap<>();

        @Override
        public boolean keepsPromises() {
            return false;
        }

        @Override
        public ElectorEvent toElector(ElectorEvent event) {
            return switch (event) {
                case ElectorEvent.RegisterRead read ->
                    new ElectorEvent.RegisterRead(read.stored().map(this::easy), read.logPresent(), read.now());
                case ElectorEvent.RegisterSwapped(SwapResult.Swapped(Stored stored), Moment now) ->
                    new ElectorEvent.RegisterSwapped(new SwapResult.Swapped(easy(stored)), now);
                default -> event;
            };
        }

        private Stored easy(Stored stored) {
            TermRegister register = stored.register();
            real.put(register.nonce(), register);
            return new Stored(Registers.forged(register, CommitLevel.LOCAL, register.standbys()), stored.mark());
        }

        @Override
        public List<ElectorEffect> fromElector(ElectorEvent cause, List<ElectorEffect> effects) {
            return effects.stream().map(this::asItIs).toList();
        }

        private ElectorEffect asItIs(ElectorEffect effect) {
            if (!(effect instanceof ElectorEffect.SwapRegister swap)) {
                return effect;
            }
            TermRegister expected = real.getOrDefault(
                    swap.expected().register().nonce(), swap.expected().register());
            return new ElectorEffect.SwapRegister(
                    new Stored(expected, swap.expected().mark()),
                    Registers.forged(swap.next(), expected.level(), expected.standbys()));
        }
    }

    /** The longest file wins, whatever term it is of and whether it links to the bucket. */
    static final class LongestFileWins implements Sabotage {
        @Override
        public Optional<LogPosition> tail(SimDisk disk, LogPosition tip) {
            return disk.end().index() <= tip.index()
                    ? disk.tailAfter(tip)
                    : Optional.of(new LogPosition(
                            tip.term(), disk.end().index(), disk.end().checksum()));
        }

        @Override
        public boolean opensBelowTheRequiredTip() {
            return true;
        }

        @Override
        public LogPosition beginning(SimDisk disk, LogPosition tip) {
            return disk.end().index() > tip.index() && disk.after(tip).isEmpty() ? disk.end() : tip;
        }
    }

    static final class OpensBelowTheRequiredTip implements Sabotage {
        @Override
        public boolean opensBelowTheRequiredTip() {
            return true;
        }
    }

    static final class HandsOverEarly implements Sabotage {
        @Override
        public boolean handsOverEarly() {
            return true;
        }
    }

    static final class ServesOnAfterHandingOver implements Sabotage {
        @Override
        public boolean servesOnAfterHandingOver() {
            return true;
        }
    }

    static final class LeaseByWallClock implements Sabotage {
        @Override
        public boolean measuresByWallClock() {
            return true;
        }
    }

    static final class SwapsAreNotCompared implements Sabotage {
        @Override
        public boolean swapsBlindly() {
            return true;
        }
    }

    /** Who is named gets the level of somebody's configuration. */
    static final class LevelOfConfiguration implements Sabotage {
        @Override
        public List<ElectorEffect> fromElector(ElectorEvent cause, List<ElectorEffect> effects) {
            return effects.stream().map(LevelOfConfiguration::on).toList();
        }

        private static ElectorEffect on(ElectorEffect effect) {
            return effect instanceof ElectorEffect.SwapRegister swap
                            && swap.next().state() == State.ASSIGNED
                    ? new ElectorEffect.SwapRegister(
                            swap.expected(),
                            Registers.forged(
                                    swap.next(), CommitLevel.ON, swap.next().standbys()))
                    : effect;
        }
    }

    /** The register is taken to name whatever process has the name. */
    static final class ANameLeads implements Sabotage {
        @Override
        public TermRegister register(SimNode reader, TermRegister register) {
            return register.primary().equals(reader.name())
                    ? Registers.naming(register, register.term(), reader.process())
                    : register;
        }
    }

    /** A primary's look at the register shows what it was named by. */
    static final class TheRegisterIsNotLookedAt implements Sabotage {
        @Override
        public TermRegister register(SimNode reader, TermRegister register) {
            SimPrimary primary = reader.primary();
            return primary == null ? register : Registers.naming(register, primary.term(), primary.process());
        }
    }

    static final class RegistersAreComparedByWhatTheySay implements Sabotage {
        @Override
        public boolean comparesWhatIsSaid() {
            return true;
        }
    }

    /** Who begins a forced term goes on with the next revision. */
    static final class RevisionsGoOn implements Sabotage {
        @Override
        public long forcedTerm(TermRegister register) {
            return 0;
        }
    }

    /** A forced term begins at the bucket's end, whatever those hold who are there. */
    static final class ForcedAtTheBucketsEnd implements Sabotage {
        private LogPosition tip = LogPosition.START;

        @Override
        public ElectorEvent toElector(ElectorEvent event) {
            if (event instanceof ElectorEvent.TipFound found) {
                tip = found.tip();
            }
            return event;
        }

        @Override
        public List<ElectorEffect> fromElector(ElectorEvent cause, List<ElectorEffect> effects) {
            return effects.stream()
                    .map(effect -> effect instanceof ElectorEffect.SwapRegister swap
                                    && swap.next().state() == State.ASSIGNED
                            ? new ElectorEffect.SwapRegister(swap.expected(), Registers.requiring(swap.next(), tip))
                            : effect)
                    .toList();
        }
    }

    /** An elector fences by the rule of somebody's configuration. */
    static final class RuleOfConfiguration implements Sabotage {
        private final StandbyRule configured;
        private final Map<UUID, Stored> real = new HashMap<>();

        RuleOfConfiguration(StandbyRule configured) {
            this.configured = configured;
        }

        @Override
        public ElectorEvent toElector(ElectorEvent event) {
            if (!(event instanceof ElectorEvent.RegisterRead read)
                    || read.stored().isEmpty()) {
                return event;
            }
            Stored stored = read.stored().get();
            TermRegister register = stored.register();
            real.put(register.nonce(), stored);
            return new ElectorEvent.RegisterRead(
                    Optional.of(new Stored(Registers.forged(register, register.level(), configured), stored.mark())),
                    read.logPresent(),
                    read.now());
        }

        @Override
        public List<ElectorEffect> fromElector(ElectorEvent cause, List<ElectorEffect> effects) {
            return effects.stream().map(this::compared).toList();
        }

        private ElectorEffect compared(ElectorEffect effect) {
            return effect instanceof ElectorEffect.SwapRegister swap
                    ? new ElectorEffect.SwapRegister(
                            real.getOrDefault(swap.expected().register().nonce(), swap.expected()), swap.next())
                    : effect;
        }
    }

    /** The register says {@code on} though writes may go on without the bucket. */
    static final class QuorumIsNotRecorded implements Sabotage {
        @Override
        public List<PrimaryEffect> fromPrimary(PrimaryEvent cause, List<PrimaryEffect> effects) {
            return effects.stream()
                    .map(effect -> effect instanceof PrimaryEffect.RecordRule change
                            ? new PrimaryEffect.RecordRule(
                                    new SyncRule(CommitLevel.ON, change.rule().standbys()), change.voters())
                            : effect)
                    .toList();
        }
    }

    /** In a fence a name counts, whatever disk it has. */
    static final class FencedByName implements Sabotage {
        private final Map<String, Identity> first = new HashMap<>();

        @Override
        public ElectorEvent toElector(ElectorEvent event) {
            return event instanceof ElectorEvent.Heard heard
                    ? new ElectorEvent.Heard(named(heard.message()), heard.now())
                    : event;
        }

        private FromNode named(FromNode message) {
            return switch (message) {
                case Health health ->
                    new Health(
                            named(health.identity()),
                            health.process(),
                            health.promised(),
                            health.occupation(),
                            health.term(),
                            health.silence());
                case Fenced fenced ->
                    new Fenced(named(fenced.identity()), fenced.process(), fenced.term(), fenced.flushed());
                case Tail tail -> new Tail(named(tail.identity()), tail.term(), tail.tip(), tail.end());
            };
        }

        private Identity named(Identity identity) {
            return first.computeIfAbsent(identity.nodeId(), name -> identity);
        }
    }

    /** An elector does not care whether others still hear the primary. */
    static final class OthersAreNotAsked implements Sabotage {
        @Override
        public ElectorEvent toElector(ElectorEvent event) {
            return event instanceof ElectorEvent.Heard(Health health, var now)
                            && health.occupation() == Occupation.FOLLOWING
                    ? new ElectorEvent.Heard(
                            new Health(
                                    health.identity(),
                                    health.process(),
                                    health.promised(),
                                    Occupation.IDLE,
                                    0,
                                    Duration.ZERO),
                            now)
                    : event;
        }
    }

    /** The register is deleted, and made anew though there is a log. */
    static final class RegisterIsMadeAnew implements Sabotage {
        @Override
        public boolean deletesTheRegister() {
            return true;
        }

        @Override
        public ElectorEvent toElector(ElectorEvent event) {
            return event instanceof ElectorEvent.RegisterRead read
                    ? new ElectorEvent.RegisterRead(read.stored(), false, read.now())
                    : event;
        }
    }
}
