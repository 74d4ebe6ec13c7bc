package io.netsy.chaos.sim;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.core.PeerMessage;
import io.netsy.replication.core.PeerMessage.Begin;
import io.netsy.replication.core.PeerMessage.FromPrimary;
import io.netsy.replication.core.PeerMessage.Hello;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.PeerMessage.Progress;
import io.netsy.replication.core.PeerMessage.Report;
import io.netsy.replication.core.PrimaryEffect;
import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.core.StandbyEffect;
import io.netsy.replication.core.StandbyEvent;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** How the planted faults are made: by changing what goes in and out of the cores, never the cores themselves. */
final class Sabotages {
    private Sabotages() {}

    static final class ReceivedIsReportedFlushed implements Sabotage {
        @Override
        public List<StandbyEffect> fromStandby(StandbyEvent cause, List<StandbyEffect> effects) {
            return effects.stream().map(Sabotages::reportsReceived).toList();
        }
    }

    static final class ReceivedCountsAsFlushed implements Sabotage {
        @Override
        public PrimaryEvent toPrimary(PrimaryEvent event) {
            return event instanceof PrimaryEvent.StandbyReported reported
                    ? new PrimaryEvent.StandbyReported(
                            reported.stream(), receivedAsFlushed(reported.report()), reported.now())
                    : event;
        }
    }

    static final class TailCutAnew implements Sabotage {
        @Override
        public List<Frame> archivedTail(LogPosition tip, List<Frame> tail) {
            return tail.size() < 2 ? tail : List.of(merged(tip, tail));
        }
    }

    static final class ForgottenEarly implements Sabotage {
        @Override
        public List<StandbyEffect> fromStandby(StandbyEvent cause, List<StandbyEffect> effects) {
            List<StandbyEffect> more = new ArrayList<>(effects);
            if (cause instanceof StandbyEvent.AppliedUpTo applied) {
                more.add(new StandbyEffect.MayForget(applied.position().index()));
            }
            return more;
        }
    }

    static final class BeginsAhead implements Sabotage {
        @Override
        public LogPosition beginning(SimDisk disk, LogPosition tip) {
            return disk.applied();
        }
    }

    static final class SentIsCommitted implements Sabotage {
        @Override
        public List<PrimaryEffect> fromPrimary(PrimaryEvent cause, List<PrimaryEffect> effects) {
            return effects.stream().map(Sabotages::declaresSent).toList();
        }
    }

    static final class LaterTermsAreIgnored implements Sabotage {
        @Override
        public PrimaryEvent toPrimary(PrimaryEvent event) {
            if (!(event instanceof PrimaryEvent.StandbyCame came)) {
                return event;
            }
            Hello hello = came.hello();
            return new PrimaryEvent.StandbyCame(
                    came.stream(), new Hello(hello.identity(), 0, hello.committed(), hello.tail()), came.now());
        }
    }

    static final class EveryRebuildIsANewDisk implements Sabotage {
        @Override
        public List<StandbyEffect> fromStandby(StandbyEvent cause, List<StandbyEffect> effects) {
            return effects.stream()
                    .map(effect -> effect instanceof StandbyEffect.RebuildFromBucket order
                            ? new StandbyEffect.RebuildFromBucket(order.reason(), true)
                            : effect)
                    .toList();
        }
    }

    /** Where the bucket alone is complete, one standby's word is taken for everybody's. */
    static final class OneStandbyConfirms implements Sabotage {
        private final Set<Long> streams = new TreeSet<>();

        @Override
        public PrimaryEvent toPrimary(PrimaryEvent event) {
            if (event instanceof PrimaryEvent.StandbyCame came) {
                streams.add(came.stream());
            } else if (event instanceof PrimaryEvent.StandbyGone gone) {
                streams.remove(gone.stream());
            }
            return event;
        }

        @Override
        public List<PrimaryEffect> fromPrimary(PrimaryEvent cause, List<PrimaryEffect> effects) {
            List<PrimaryEffect> more = new ArrayList<>(effects);
            for (PrimaryEffect effect : effects) {
                if (effect instanceof PrimaryEffect.ReadRegister ask) {
                    streams.forEach(stream ->
                            more.add(new PrimaryEffect.ToStandby(stream, new PeerMessage.Confirm(ask.question()))));
                }
            }
            if (cause instanceof PrimaryEvent.StandbyConfirmed confirmed) {
                more.add(new PrimaryEffect.ConfirmReads(confirmed.round()));
            }
            return more;
        }
    }

    static final class FirstChunksGo implements Sabotage {
        @Override
        public boolean keepsFirstChunks() {
            return false;
        }
    }

    static final class ReadsJoin implements Sabotage {
        @Override
        public boolean readsJoinQuestions() {
            return true;
        }
    }

    static final class HolesAreTips implements Sabotage {
        @Override
        public boolean holesAreTips() {
            return true;
        }
    }

    private static StandbyEffect reportsReceived(StandbyEffect effect) {
        return effect instanceof StandbyEffect.ToPrimary said && said.message() instanceof Report report
                ? new StandbyEffect.ToPrimary(said.stream(), receivedAsFlushed(report))
                : effect;
    }

    private static Report receivedAsFlushed(Report report) {
        return new Report(report.received(), report.received(), report.applied());
    }

    private static PrimaryEffect declaresSent(PrimaryEffect effect) {
        return effect instanceof PrimaryEffect.ToStandby said
                ? new PrimaryEffect.ToStandby(said.stream(), declaresSentIn(said.message()))
                : effect;
    }

    private static FromPrimary declaresSentIn(FromPrimary message) {
        UnaryOperator<Progress> sent = progress -> new Progress(
                progress.sent(),
                new LogPosition(
                        progress.committed().term(),
                        progress.sent(),
                        progress.committed().checksum()),
                progress.storedIndex(),
                progress.appliedCounts());
        if (message instanceof Begin begin) {
            return new Begin(begin.term(), begin.process(), begin.after(), sent.apply(begin.progress()));
        }
        return message instanceof Progress progress ? sent.apply(progress) : message;
    }

    private static Frame merged(LogPosition tip, List<Frame> frames) {
        try {
            long term = frames.getFirst().header().term();
            FrameBuilder builder =
                    new FrameBuilder(term, tip, frames.getFirst().header().firstRevision() - 1);
            for (Frame frame : frames) {
                for (Entry entry : frame.entries()) {
                    builder.append(entry, frame.header().lastRevision());
                }
            }
            return builder.seal(frames.getLast().header().writtenAtMillis());
        } catch (FrameException e) {
            throw new InvariantBroken("unreadable: " + e.getMessage());
        }
    }

    static final class WipedDiskCounts implements Sabotage {
        private final Map<String, Identity> firstSeen = new HashMap<>();

        @Override
        public PrimaryEvent toPrimary(PrimaryEvent event) {
            if (!(event instanceof PrimaryEvent.StandbyCame came)) {
                return event;
            }
            Hello hello = came.hello();
            Identity first = firstSeen.computeIfAbsent(hello.identity().nodeId(), name -> hello.identity());
            return new PrimaryEvent.StandbyCame(
                    came.stream(), new Hello(first, hello.term(), hello.committed(), hello.tail()), came.now());
        }
    }

    static final class IndexUsedAgain implements Sabotage {
        private final Map<LogPosition, Chunk> tried = new HashMap<>();

        @Override
        public List<PrimaryEffect> fromPrimary(PrimaryEvent cause, List<PrimaryEffect> effects) {
            return effects.stream().map(this::again).toList();
        }

        private PrimaryEffect again(PrimaryEffect effect) {
            if (!(effect instanceof PrimaryEffect.PutChunk put)
                    || tried.putIfAbsent(put.chunk().end(), put.chunk()) == null) {
                return effect;
            }
            Frame first = put.chunk().frames().getFirst();
            LogPosition tip = new LogPosition(
                    first.header().term(),
                    first.firstIndex() - 1,
                    first.header().previousChecksum());
            FrameBuilder builder =
                    new FrameBuilder(first.header().term(), tip, first.header().firstRevision() - 1);
            for (long index = first.firstIndex(); index <= put.chunk().end().index(); index++) {
                builder.append(
                        new Entry.Compaction(index),
                        put.chunk().frames().getLast().header().lastRevision());
            }
            return new PrimaryEffect.PutChunk(
                    new Chunk(put.chunk().term(), put.chunk().process(), List.of(builder.seal(0))));
        }
    }

    static final class RegisterFirst implements Sabotage {
        private Set<Identity> voters = Set.of();

        @Override
        public List<PrimaryEffect> fromPrimary(PrimaryEvent cause, List<PrimaryEffect> effects) {
            for (PrimaryEffect effect : effects) {
                if (effect instanceof PrimaryEffect.RecordRule change) {
                    voters = change.rule().level() == CommitLevel.QUORUM ? change.voters() : Set.of();
                }
            }
            if (voters.isEmpty() || !(cause instanceof PrimaryEvent.StandbyGone)) {
                return effects;
            }
            List<PrimaryEffect> more = new ArrayList<>(effects);
            more.add(new PrimaryEffect.RecordRule(SyncRule.LOCAL, voters));
            return more;
        }
    }
}
