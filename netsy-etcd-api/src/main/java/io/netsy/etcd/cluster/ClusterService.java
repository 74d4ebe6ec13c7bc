package io.netsy.etcd.cluster;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.access.Credentials;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Ports;
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

/**
 * etcd's Cluster service (etcd semantics, section 16). Members are made by the configuration of the nodes; a change of
 * them through this service is checked as etcd checks it and then refused with the error that a cluster gives which is
 * not in a state to be changed.
 */
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
    private static final Status NOT_BY_THIS_SERVICE = Status.UNIMPLEMENTED.withDescription(
            "peer URLs are set by the nodes' configuration; change them there and restart the node");

    private final Ports ports;
    private final ClusterView cluster;
    private final Headers headers;

    public ClusterService(Ports ports) {
        this.ports = ports;
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
            if (!checkedMember(request.getID()).learner()) {
                throw EtcdError.MEMBER_NOT_LEARNER.exception();
            }
            throw EtcdError.LEARNER_NOT_READY.exception();
        });
    }

    private ClusterView.Member checkedMember(long id) {
        return cluster.members().stream()
                .filter(member -> member.id() == id)
                .findFirst()
                .orElseThrow(EtcdError.MEMBER_NOT_FOUND::exception);
    }
}
