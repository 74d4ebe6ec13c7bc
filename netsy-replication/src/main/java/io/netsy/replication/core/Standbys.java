package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.Evidence.Witnesses;
import io.netsy.replication.core.PeerMessage.Begin;
import io.netsy.replication.core.PeerMessage.FromPrimary;
import io.netsy.replication.core.PeerMessage.Hello;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.PeerMessage.Progress;
import io.netsy.replication.core.PeerMessage.Rebuild;
import io.netsy.replication.core.PeerMessage.Report;
import io.netsy.replication.core.PeerMessage.Send;
import io.netsy.replication.core.PrimaryEffect.CloseStream;
import io.netsy.replication.core.PrimaryEffect.LocatePosition;
import io.netsy.replication.core.PrimaryEffect.ReadFrames;
import io.netsy.replication.core.PrimaryEffect.ToStandby;
import io.netsy.replication.model.CommitLevel.StandbyWord;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import io.netsy.replication.model.StandbyRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The standbys that have a stream open: sends each what it lacks, within its window, and knows what they vouch for.
 *
 * <ol>
 *   <li>A standby says Hello with the ends of its frames. The last of them that is in this history is where it begins; the
 *       rest it drops. None: it builds itself anew from the bucket.
 *   <li>Frames are sent from memory; what is no longer there is read from the write-ahead file or the bucket, one request
 *       per standby at a time, and costs the others nothing.
 *   <li>Its reports count while its disk is the one that the register names.
 * </ol>
 */
final class Standbys implements Witnesses {
    private final long term;
    private final UUID process;
    private final Replication replication;
    private final RecentFrames frames;
    private final Map<Long, Standby> byStream = new LinkedHashMap<>();
    private final Map<String, Standby> byName = new HashMap<>();
    private Set<Identity> voters;
    private Set<Identity> nextVoters;
    private Membership members;
    private Progress progress = new Progress(0, LogPosition.START, 0, false);
    private boolean open;
    private long laterTerm;

    Standbys(long term, UUID process, Replication replication, RecentFrames frames, Set<Identity> voters) {
        this.term = term;
        this.process = process;
        this.replication = replication;
        this.frames = frames;
        this.voters = Set.copyOf(voters);
        this.nextVoters = this.voters;
        this.members = Membership.voting(replication.nodes());
    }

    /** TermStart stands: streams that came before begin now. */
    void open(LogPosition committed, Moment now, List<PrimaryEffect> effects) {
        open = true;
        progress = new Progress(frames.end().index(), committed, committed.index(), false);
        List.copyOf(byStream.values()).forEach(standby -> locate(standby, now, effects));
    }

    /** Answers whether it follows a later term than any heard of before: this one may be over. */
    boolean handleCame(long stream, Hello hello, Moment now, List<PrimaryEffect> effects) {
        String name = hello.identity().nodeId();
        if (!mayFollow(name)) {
            close(
                    stream,
                    "'%s' is no standby of this cluster; its nodes are %s, its primary is %s"
                            .formatted(name, members.voting().stream().sorted().toList(), replication.self()),
                    effects);
            return false;
        }
        if (hello.term() > term) {
            close(stream, "node %s follows term %d, this primary's is %d".formatted(name, hello.term(), term), effects);
            boolean isNews = hello.term() > laterTerm;
            laterTerm = Math.max(laterTerm, hello.term());
            return isNews;
        }
        Standby before = byName.get(name);
        if (before != null) {
            drop(before);
            close(before.stream(), "node %s opened another stream".formatted(name), effects);
        }
        Standby standby = new Standby(stream, hello, now);
        byStream.put(stream, standby);
        byName.put(name, standby);
        if (open) {
            locate(standby, now, effects);
        }
        return false;
    }

    /** A member; and one that was removed, as long as the register lists it, for an election may need what it holds. */
    private boolean mayFollow(String name) {
        boolean known = members.contains(name)
                || voters.stream().anyMatch(voter -> voter.nodeId().equals(name));
        return known && !name.equals(replication.self());
    }

    /** Those whose word counts by a rule, in order of preference: of the members that vote. */
    private List<String> list(StandbyRule rule) {
        return rule.listFor(replication.self(), members.voting()).stream()
                .filter(this::isVoting)
                .toList();
    }

    Membership members() {
        return members;
    }

    /** From now on these are the members; whoever may follow no more is told so. */
    void setMembers(Membership newMembers, List<PrimaryEffect> effects) {
        members = newMembers;
        closeStrangers(effects);
    }

    private void closeStrangers(List<PrimaryEffect> effects) {
        for (Standby standby : List.copyOf(byStream.values())) {
            String name = standby.identity().nodeId();
            if (!mayFollow(name)) {
                drop(standby);
                close(standby.stream(), "node %s was removed from the cluster".formatted(name), effects);
            }
        }
    }

    /** Finds the last position that both histories have, in memory if it reaches, else where all of it is. */
    private void locate(Standby standby, Moment now, List<PrimaryEffect> effects) {
        List<LogPosition> candidates = new ArrayList<>();
        candidates.add(standby.hello().committed());
        candidates.addAll(standby.hello().tail());
        for (LogPosition candidate : candidates.reversed()) {
            if (frames.contains(candidate)) {
                begin(standby, candidate, now, effects);
                return;
            }
        }
        List<LogPosition> older = candidates.stream()
                .filter(candidate -> !frames.reaches(candidate.index()))
                .toList();
        if (older.isEmpty()) {
            rebuild(
                    standby,
                    "nothing of what it holds up to %s is in this history"
                            .formatted(standby.hello().end()),
                    effects);
        } else {
            effects.add(new LocatePosition(standby.stream(), older));
        }
    }

    void handleLocated(long stream, Optional<LogPosition> found, Moment now, List<PrimaryEffect> effects) {
        Standby standby = byStream.get(stream);
        if (standby == null || standby.isStreaming()) {
            return;
        }
        if (found.isPresent()) {
            begin(standby, found.get(), now, effects);
        } else {
            rebuild(standby, "what it holds is not in this history, or older than what is kept", effects);
        }
    }

    private void begin(Standby standby, LogPosition after, Moment now, List<PrimaryEffect> effects) {
        standby.begin(after);
        effects.add(new ToStandby(standby.stream(), new Begin(term, process, after, progressFor(standby))));
        sendMore(standby, now, effects);
    }

    private void rebuild(Standby standby, String reason, List<PrimaryEffect> effects) {
        drop(standby);
        effects.add(new ToStandby(standby.stream(), new Rebuild(term, progress.storedIndex(), reason)));
        close(standby.stream(), "it has to be built anew: " + reason, effects);
    }

    /** The history grew: whoever has room gets it. */
    void sendMore(Moment now, List<PrimaryEffect> effects) {
        byStream.values().forEach(standby -> sendMore(standby, now, effects));
    }

    private void sendMore(Standby standby, Moment now, List<PrimaryEffect> effects) {
        if (!standby.isStreaming() || standby.isReading()) {
            return;
        }
        while (standby.sent() < frames.end().index()
                && standby.hasRoom(replication.limits().windowBytes())) {
            Frame next = frames.beginningAt(standby.sent() + 1);
            if (next == null) {
                standby.setReading(true);
                effects.add(new ReadFrames(standby.stream(), standby.sent() + 1));
                return;
            }
            send(standby, next, now, effects);
        }
    }

    private void send(Standby standby, Frame frame, Moment now, List<PrimaryEffect> effects) {
        standby.sent(frame, now);
        effects.add(new ToStandby(standby.stream(), new Send(frame, progress.storedIndex())));
    }

    void handleRead(long stream, List<Frame> read, Moment now, List<PrimaryEffect> effects) {
        Standby standby = byStream.get(stream);
        if (standby == null) {
            return;
        }
        standby.setReading(false);
        for (Frame frame : read) {
            if (frame.firstIndex() == standby.sent() + 1) {
                send(standby, frame, now, effects);
            }
        }
        if (read.isEmpty()) {
            rebuild(standby, "the log from index %d on is no longer kept".formatted(standby.sent() + 1), effects);
        } else {
            sendMore(standby, now, effects);
        }
    }

    void handleReport(long stream, Report report, Moment now, List<PrimaryEffect> effects) {
        Standby standby = byStream.get(stream);
        if (standby == null || !standby.isStreaming()) {
            return;
        }
        for (LogPosition position : List.of(report.received(), report.flushed(), report.applied())) {
            if (frames.reaches(position.index()) && !frames.contains(position)) {
                drop(standby);
                close(
                        stream,
                        "node %s reports %s, which is not in this history"
                                .formatted(standby.identity().nodeId(), position),
                        effects);
                return;
            }
        }
        standby.report(report, now);
        sendMore(standby, now, effects);
    }

    void handleGone(long stream) {
        Standby standby = byStream.get(stream);
        if (standby != null) {
            drop(standby);
        }
    }

    private void drop(Standby standby) {
        byStream.remove(standby.stream());
        byName.remove(standby.identity().nodeId(), standby);
    }

    private static void close(long stream, String reason, List<PrimaryEffect> effects) {
        effects.add(new CloseStream(stream, reason));
    }

    /** Tells every standby how far the log is, and whether a commit waits for what they apply. */
    void tell(LogPosition committed, long storedIndex, boolean appliedCounts, List<PrimaryEffect> effects) {
        progress = new Progress(0, committed, storedIndex, appliedCounts);
        for (Standby standby : byStream.values()) {
            if (standby.isStreaming()) {
                tell(standby, progressFor(standby), effects);
            }
        }
    }

    private static void tell(Standby standby, FromPrimary message, List<PrimaryEffect> effects) {
        effects.add(new ToStandby(standby.stream(), message));
    }

    private Progress progressFor(Standby standby) {
        return new Progress(standby.sent(), progress.committed(), progress.storedIndex(), progress.appliedCounts());
    }

    /**
     * The register may name these any moment now: until it is known, only a disk counts that both lists have. It could be named no more
     * though it became a member again meanwhile.
     */
    void expectVoters(Set<Identity> newVoters) {
        nextVoters = Set.copyOf(newVoters);
    }

    private boolean isVoter(Identity disk) {
        return voters.contains(disk) && nextVoters.contains(disk);
    }

    /** The disks whose word counts from now on: the register names them. */
    void setVoters(Set<Identity> newVoters, List<PrimaryEffect> effects) {
        voters = Set.copyOf(newVoters);
        nextVoters = voters;
        closeStrangers(effects);
    }

    @Override
    public long vouchedFor(StandbyRule rule, StandbyWord word) {
        return rule.vouchedFor(list(rule), name -> {
            Standby standby = byName.get(name);
            return standby != null && standby.isStreaming() && isVoter(standby.identity()) ? standby.index(word) : -1;
        });
    }

    /**
     * Who is asked whether this primary is still followed.
     *
     * @param needed how many of them must say so
     */
    record Confirmers(Set<Long> streams, int needed) {
        boolean suffice() {
            return needed > 0 && streams.size() >= needed;
        }
    }

    /** The streams of a set that every fence meets that is computed by this rule and these voters; see {@link ReadRounds}. */
    Confirmers confirmers(RuleInForce.Recorded recorded) {
        SyncRule rule = recorded.rule();
        boolean complete = rule.level().isCompleteInBucket();
        List<String> counted = complete
                ? recorded.voters().stream()
                        .map(Identity::nodeId)
                        .filter(name -> !name.equals(replication.self()))
                        .toList()
                : list(rule.standbys());
        Set<Long> streams = byStream.values().stream()
                .filter(standby -> standby.isStreaming()
                        && recorded.voters().contains(standby.identity())
                        && counted.contains(standby.identity().nodeId()))
                .map(Standby::stream)
                .collect(Collectors.toSet());
        return new Confirmers(
                streams, complete ? counted.size() : rule.standbys().count());
    }

    /** Whether enough of a rule's standbys hold everything up to an index on their disks, registered or not. */
    boolean hold(StandbyRule rule, long index) {
        List<String> list = list(rule);
        return rule.vouchedFor(list, name -> {
                    Standby standby = byName.get(name);
                    return standby != null && standby.isStreaming() ? standby.index(StandbyWord.FLUSHED) : -1;
                })
                >= index;
    }

    /** The voters without those that are no members any more, nor allowed to vote; the primary stays as long as it leads. */
    Set<Identity> votersThatAreMembers() {
        return voters.stream()
                .filter(voter -> isVoting(voter.nodeId()) || voter.nodeId().equals(replication.self()))
                .collect(Collectors.toSet());
    }

    /** Whether each member that is to vote has a voter, and nobody else is one. */
    boolean votersAreMembers() {
        Set<String> names = voters.stream().map(Identity::nodeId).collect(Collectors.toSet());
        return names.equals(members.voting());
    }

    private boolean isVoting(String name) {
        return members.voting().contains(name);
    }

    /**
     * The voters after members that hold everything up to an index became voters, or on a new disk took their old ones' places, and
     * those that are no members any more went.
     */
    Set<Identity> votersWith(long index) {
        Map<String, Identity> byNode = new HashMap<>();
        votersThatAreMembers().forEach(voter -> byNode.put(voter.nodeId(), voter));
        for (Standby standby : byStream.values()) {
            boolean mayVote = isVoting(standby.identity().nodeId());
            if (mayVote && standby.isStreaming() && standby.index(StandbyWord.FLUSHED) >= index) {
                byNode.put(standby.identity().nodeId(), standby.identity());
            }
        }
        return new HashSet<>(byNode.values());
    }

    Set<Identity> voters() {
        return voters;
    }

    /** Every standby that has a stream, for people. */
    List<StandbyView> views(SyncRule rule, Moment now) {
        List<String> list = list(rule.standbys());
        return byStream.values().stream()
                .map(standby -> view(standby, rule, list, now))
                .toList();
    }

    private StandbyView view(Standby standby, SyncRule rule, List<String> list, Moment now) {
        long end = frames.end().index();
        StandbyView.State state = !standby.isStreaming()
                ? StandbyView.State.STARTUP
                : standby.sent() < end || standby.isReading() ? StandbyView.State.CATCHUP : StandbyView.State.STREAMING;
        long applied = standby.index(StandbyWord.APPLIED);
        int priority = list.indexOf(standby.identity().nodeId()) + 1;
        return new StandbyView(
                standby.identity().nodeId(),
                state,
                standby.sent(),
                standby.index(StandbyWord.RECEIVED),
                standby.index(StandbyWord.FLUSHED),
                applied,
                Math.max(0, end - applied),
                standby.unappliedBytes() + frames.bytesAfter(standby.sent()),
                standby.lagNanos(now),
                syncState(standby, rule, list),
                priority,
                standby.lastReply());
    }

    private StandbyView.SyncState syncState(Standby standby, SyncRule rule, List<String> list) {
        String name = standby.identity().nodeId();
        if (!rule.level().needsStandbys() || !list.contains(name) || !isVoter(standby.identity())) {
            return StandbyView.SyncState.ASYNC;
        }
        if (rule.standbys().choice() == StandbyRule.Choice.ANY) {
            return StandbyView.SyncState.QUORUM;
        }
        long before = list.stream()
                .takeWhile(other -> !other.equals(name))
                .filter(byName::containsKey)
                .count();
        return before < rule.standbys().count() ? StandbyView.SyncState.SYNC : StandbyView.SyncState.POTENTIAL;
    }
}
