package io.netsy.etcd.cluster;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.access.Credentials;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.MemberHealth;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.Member;
import io.netsy.etcd.proto.rpc.MemberAddRequest;
import io.netsy.etcd.proto.rpc.MemberAddResponse;
import io.netsy.etcd.proto.rpc.MemberListRequest;
import io.netsy.etcd.proto.rpc.MemberListResponse;
import io.netsy.etcd.proto.rpc.MemberPromoteRequest;
import io.netsy.etcd.proto.rpc.MemberPromoteResponse;
import io.netsy.etcd.proto.rpc.MemberRemoveRequest;
import io.netsy.etcd.proto.rpc.MemberRemoveResponse;
import io.netsy.etcd.proto.rpc.MemberUpdateRequest;
import io.netsy.etcd.proto.rpc.MemberUpdateResponse;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.rpc.Headers;
import io.netsy.etcd.rpc.Reply;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * etcd's Cluster service (etcd semantics, section 16). In an elected cluster a change of members is an entry of the log. On a node
 * alone, and where configuration says for ever who is primary, it is checked as etcd checks it and then refused with the error
 * that a cluster gives which is not in a state to be changed.
 */
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
    private static final Status NOT_BY_THIS_SERVICE = Status.UNIMPLEMENTED.withDescription(
            "peer URLs are set by the nodes' configuration; change them there and restart the node");

    private final Ports ports;
    private final MemberHealth health;
    private final MemberChanges changes;
    private final ClusterView cluster;
    private final Headers headers;

    /** For a node whose members don't change. */
    public ClusterService(Ports ports) {
        this(ports, MemberHealth.FIXED);
    }

    public ClusterService(Ports ports, MemberHealth health) {
        this.ports = ports;
        this.health = health;
        this.changes = new MemberChanges(health);
        this.cluster = ports.cluster();
        this.headers = new Headers(cluster);
    }

    @Override
    public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> observer) {
        Reply<MemberListResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            Credentials credentials = ports.guard().credentials();
            reply.sendWhenDone(
                    request.getLinearizable()
                            ? ports.states().linearizable()
                            : CompletableFuture.completedFuture(ports.states().committed()),
                    at -> {
                        ports.guard().requireCaller(at.state().auth(), credentials);
                        return MemberListResponse.newBuilder()
                                .setHeader(header(at))
                                .addAllMembers(members())
                                .build();
                    });
        });
    }

    private ResponseHeader header(CommittedState at) {
        return headers.withoutRevision(at.term());
    }

    private List<Member> members() {
        return cluster.members().stream().map(ClusterService::toProto).toList();
    }

    private static Member toProto(ClusterView.Member member) {
        return Member.newBuilder()
                .setID(member.id())
                .setName(member.name())
                .addAllPeerURLs(member.peerUrls())
                .addAllClientURLs(member.clientUrls())
                .setIsLearner(member.learner())
                .build();
    }

    @Override
    public void memberAdd(MemberAddRequest request, StreamObserver<MemberAddResponse> observer) {
        Reply<MemberAddResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            Set<String> urls = new HashSet<>(PeerUrls.checked(request.getPeerURLsList()));
            ports.guard().requireRoot();
            if (health.mayChange()) {
                change(
                        reply,
                        changes.add(urls, request.getIsLearner()),
                        (at, id) -> MemberAddResponse.newBuilder()
                                .setHeader(header(at))
                                .setMember(toProto(checkedMember(id)))
                                .addAllMembers(members())
                                .build());
                return;
            }
            if (cluster.members().stream()
                    .flatMap(member -> member.peerUrls().stream())
                    .anyMatch(urls::contains)) {
                throw EtcdError.PEER_URLS_EXIST.exception();
            }
            if (request.getIsLearner() && cluster.members().stream().anyMatch(ClusterView.Member::learner)) {
                throw EtcdError.TOO_MANY_LEARNERS.exception();
            }
            throw EtcdError.NOT_ENOUGH_STARTED_MEMBERS.exception();
        });
    }

    @Override
    public void memberRemove(MemberRemoveRequest request, StreamObserver<MemberRemoveResponse> observer) {
        Reply<MemberRemoveResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            ports.guard().requireRoot();
            if (health.mayChange()) {
                change(
                        reply,
                        changes.remove(request.getID()),
                        (at, id) -> MemberRemoveResponse.newBuilder()
                                .setHeader(header(at))
                                .addAllMembers(members())
                                .build());
                return;
            }
            checkedMember(request.getID());
            throw EtcdError.NOT_ENOUGH_STARTED_MEMBERS.exception();
        });
    }

    /** Changes nothing when the URLs are those that the member has. */
    @Override
    public void memberUpdate(MemberUpdateRequest request, StreamObserver<MemberUpdateResponse> observer) {
        Reply<MemberUpdateResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            ports.guard().requireRoot();
            if (health.mayChange()) {
                change(
                        reply,
                        changes.update(request.getID(), new HashSet<>(PeerUrls.checked(request.getPeerURLsList()))),
                        (at, id) -> MemberUpdateResponse.newBuilder()
                                .setHeader(header(at))
                                .addAllMembers(members())
                                .build());
                return;
            }
            ClusterView.Member member = checkedMember(request.getID());
            if (!new HashSet<>(member.peerUrls()).equals(new HashSet<>(request.getPeerURLsList()))) {
                throw NOT_BY_THIS_SERVICE.asRuntimeException();
            }
            reply.send(MemberUpdateResponse.newBuilder()
                    .setHeader(header(ports.states().committed()))
                    .addAllMembers(members())
                    .build());
        });
    }

    @Override
    public void memberPromote(MemberPromoteRequest request, StreamObserver<MemberPromoteResponse> observer) {
        Reply<MemberPromoteResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            ports.guard().requireRoot();
            if (health.mayChange()) {
                change(
                        reply,
                        changes.promote(request.getID()),
                        (at, id) -> MemberPromoteResponse.newBuilder()
                                .setHeader(header(at))
                                .addAllMembers(members())
                                .build());
                return;
            }
            if (!checkedMember(request.getID()).learner()) {
                throw EtcdError.MEMBER_NOT_LEARNER.exception();
            }
            throw EtcdError.LEARNER_NOT_READY.exception();
        });
    }

    private <T> void change(Reply<T> reply, Proposal<Long> proposal, BiFunction<CommittedState, Long, T> answer) {
        reply.sendWhenDone(
                ports.proposer().propose(proposal),
                id -> answer.apply(ports.states().committed(), id));
    }

    private ClusterView.Member checkedMember(long id) {
        return cluster.members().stream()
                .filter(member -> member.id() == id)
                .findFirst()
                .orElseThrow(EtcdError.MEMBER_NOT_FOUND::exception);
    }
}
