package io.netsy.etcd.auth;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.access.AccessRules;
import io.netsy.etcd.access.AuthGuard;
import io.netsy.etcd.access.Caller;
import io.netsy.etcd.access.Credentials;
import io.netsy.etcd.auth.token.Tokens;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.kv.KvLimits;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.Operation;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.proto.auth.Permission;
import io.netsy.etcd.proto.rpc.AuthDisableRequest;
import io.netsy.etcd.proto.rpc.AuthDisableResponse;
import io.netsy.etcd.proto.rpc.AuthEnableRequest;
import io.netsy.etcd.proto.rpc.AuthEnableResponse;
import io.netsy.etcd.proto.rpc.AuthGrpc;
import io.netsy.etcd.proto.rpc.AuthRoleAddRequest;
import io.netsy.etcd.proto.rpc.AuthRoleAddResponse;
import io.netsy.etcd.proto.rpc.AuthRoleDeleteRequest;
import io.netsy.etcd.proto.rpc.AuthRoleDeleteResponse;
import io.netsy.etcd.proto.rpc.AuthRoleGetRequest;
import io.netsy.etcd.proto.rpc.AuthRoleGetResponse;
import io.netsy.etcd.proto.rpc.AuthRoleGrantPermissionRequest;
import io.netsy.etcd.proto.rpc.AuthRoleGrantPermissionResponse;
import io.netsy.etcd.proto.rpc.AuthRoleListRequest;
import io.netsy.etcd.proto.rpc.AuthRoleListResponse;
import io.netsy.etcd.proto.rpc.AuthRoleRevokePermissionRequest;
import io.netsy.etcd.proto.rpc.AuthRoleRevokePermissionResponse;
import io.netsy.etcd.proto.rpc.AuthStatusRequest;
import io.netsy.etcd.proto.rpc.AuthStatusResponse;
import io.netsy.etcd.proto.rpc.AuthUserAddRequest;
import io.netsy.etcd.proto.rpc.AuthUserAddResponse;
import io.netsy.etcd.proto.rpc.AuthUserChangePasswordRequest;
import io.netsy.etcd.proto.rpc.AuthUserChangePasswordResponse;
import io.netsy.etcd.proto.rpc.AuthUserDeleteRequest;
import io.netsy.etcd.proto.rpc.AuthUserDeleteResponse;
import io.netsy.etcd.proto.rpc.AuthUserGetRequest;
import io.netsy.etcd.proto.rpc.AuthUserGetResponse;
import io.netsy.etcd.proto.rpc.AuthUserGrantRoleRequest;
import io.netsy.etcd.proto.rpc.AuthUserGrantRoleResponse;
import io.netsy.etcd.proto.rpc.AuthUserListRequest;
import io.netsy.etcd.proto.rpc.AuthUserListResponse;
import io.netsy.etcd.proto.rpc.AuthUserRevokeRoleRequest;
import io.netsy.etcd.proto.rpc.AuthUserRevokeRoleResponse;
import io.netsy.etcd.proto.rpc.AuthenticateRequest;
import io.netsy.etcd.proto.rpc.AuthenticateResponse;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.rpc.ByteStrings;
import io.netsy.etcd.rpc.Headers;
import io.netsy.etcd.rpc.Reply;
import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.AuthPermission;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * etcd's Auth service (etcd semantics, section 17). Handlers never block: passwords are hashed and checked on an executor
 * of their own.
 *
 * <p>Changes are judged on the sequencer, with the newest state: that the caller is root, and what etcd checks after that.
 */
public final class AuthService extends AuthGrpc.AuthImplBase implements CommitListener {
    private static final Logger LOG = LoggerFactory.getLogger(AuthService.class);

    private static final Permission EVERYTHING = Permission.newBuilder()
            .setPermType(Permission.Type.READWRITE)
            .setRangeEnd(ByteString.copyFrom(new byte[1]))
            .build();

    private final Ports ports;
    private final KvLimits limits;
    private final Headers headers;
    private final AuthGuard guard;
    private final Passwords passwords;
    private final Tokens tokens;
    private final Executor hashing;
    private final SignIn signIn;

    /**
     * The service of a node.
     *
     * @param tokens those that the ports' guard reads
     * @param hashing runs what keeps a processor busy; should refuse rather than queue without bound
     */
    public AuthService(Ports ports, KvLimits limits, Passwords passwords, Tokens tokens, Executor hashing) {
        this.ports = ports;
        this.limits = limits;
        this.headers = new Headers(ports.cluster());
        this.guard = ports.guard();
        this.passwords = passwords;
        this.tokens = tokens;
        this.hashing = hashing;
        this.signIn = new SignIn(ports.states(), passwords, tokens);
    }

    /** Logs what changed, and ends all tokens when auth was switched off. */
    @Override
    public void onCommitted(Commit commit) {
        for (Entry entry : commit.entries()) {
            if (entry instanceof Entry.AuthChange change) {
                LOG.info(
                        "event=auth_changed auth_revision={} enabled={} users={} users_deleted={} roles={} roles_deleted={}",
                        change.authRevision(),
                        change.enabled(),
                        change.users().put(),
                        change.users().removed(),
                        change.roles().put(),
                        change.roles().removed());
                if (!change.enabled()) {
                    tokens.forgetAll();
                }
            }
        }
    }

    @Override
    public void authEnable(AuthEnableRequest request, StreamObserver<AuthEnableResponse> observer) {
        change(
                new Asked(Operation.AUTH_ENABLE, request),
                observer,
                AuthChanges::enable,
                header -> AuthEnableResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void authDisable(AuthDisableRequest request, StreamObserver<AuthDisableResponse> observer) {
        change(
                new Asked(Operation.AUTH_DISABLE, request),
                observer,
                AuthChanges::disable,
                header -> AuthDisableResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> observer) {
        readAsRoot(
                observer,
                (auth, header) -> AuthStatusResponse.newBuilder()
                        .setHeader(header)
                        .setEnabled(auth.enabled())
                        .setAuthRevision(auth.revision())
                        .build());
    }

    /** The password is checked against a state that holds every change acknowledged before. */
    @Override
    public void authenticate(AuthenticateRequest request, StreamObserver<AuthenticateResponse> observer) {
        Reply<AuthenticateResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            var _ = ports.states()
                    .linearizable()
                    .whenComplete((at, failure) -> reply.guard(() -> {
                        if (failure != null) {
                            reply.fail(failure);
                            return;
                        }
                        SignIn.Known known = signIn.user(request, at);
                        hash(reply, () -> {
                            String token = signIn.token(request, known);
                            reply.send(AuthenticateResponse.newBuilder()
                                    .setHeader(headers.of(ports.states().committed()))
                                    .setToken(token)
                                    .build());
                        });
                    }));
        });
    }

    @Override
    public void userAdd(AuthUserAddRequest request, StreamObserver<AuthUserAddResponse> observer) {
        Asked asked = new Asked(Operation.USER_ADD, request);
        Function<ResponseHeader, AuthUserAddResponse> answer =
                header -> AuthUserAddResponse.newBuilder().setHeader(header).build();
        if (request.getOptions().getNoPassword()) {
            change(asked, observer, before -> UserChanges.add(request, Bytes.EMPTY, before), answer);
        } else {
            changeWithHash(
                    new Hashed<>(asked, request.getPassword(), observer, answer),
                    hash -> before -> UserChanges.add(request, hash, before));
        }
    }

    @Override
    public void userChangePassword(
            AuthUserChangePasswordRequest request, StreamObserver<AuthUserChangePasswordResponse> observer) {
        Asked asked = new Asked(Operation.USER_CHANGE_PASSWORD, request);
        Function<ResponseHeader, AuthUserChangePasswordResponse> answer = header ->
                AuthUserChangePasswordResponse.newBuilder().setHeader(header).build();
        if (request.getPassword().isEmpty()) {
            change(asked, observer, before -> UserChanges.changePassword(request, Bytes.EMPTY, before), answer);
        } else {
            changeWithHash(
                    new Hashed<>(asked, request.getPassword(), observer, answer),
                    hash -> before -> UserChanges.changePassword(request, hash, before));
        }
    }

    @Override
    public void userDelete(AuthUserDeleteRequest request, StreamObserver<AuthUserDeleteResponse> observer) {
        change(
                new Asked(Operation.USER_DELETE, request),
                observer,
                before -> UserChanges.delete(request, before),
                header -> AuthUserDeleteResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void userGrantRole(AuthUserGrantRoleRequest request, StreamObserver<AuthUserGrantRoleResponse> observer) {
        change(
                new Asked(Operation.USER_GRANT_ROLE, request),
                observer,
                before -> UserChanges.grantRole(request, before),
                header ->
                        AuthUserGrantRoleResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void userRevokeRole(AuthUserRevokeRoleRequest request, StreamObserver<AuthUserRevokeRoleResponse> observer) {
        change(
                new Asked(Operation.USER_REVOKE_ROLE, request),
                observer,
                before -> UserChanges.revokeRole(request, before),
                header -> AuthUserRevokeRoleResponse.newBuilder()
                        .setHeader(header)
                        .build());
    }

    /** Everybody may ask about himself. */
    @Override
    public void userGet(AuthUserGetRequest request, StreamObserver<AuthUserGetResponse> observer) {
        Bytes name = Bytes.utf8(request.getName());
        read(observer, (at, caller) -> {
            AuthState auth = at.state().auth();
            if (!name.equals(caller.user())) {
                guard.rules().checkRoot(auth, caller);
            }
            AuthUserGetResponse.Builder answer =
                    AuthUserGetResponse.newBuilder().setHeader(headers.of(at));
            UserChanges.user(auth, name).roles().forEach(role -> answer.addRoles(text(role)));
            return answer.build();
        });
    }

    @Override
    public void userList(AuthUserListRequest request, StreamObserver<AuthUserListResponse> observer) {
        readAsRoot(
                observer,
                (auth, header) -> AuthUserListResponse.newBuilder()
                        .setHeader(header)
                        .addAllUsers(texts(auth.users().keySet()))
                        .build());
    }

    @Override
    public void roleAdd(AuthRoleAddRequest request, StreamObserver<AuthRoleAddResponse> observer) {
        change(
                new Asked(Operation.ROLE_ADD, request),
                observer,
                before -> RoleChanges.add(request, before),
                header -> AuthRoleAddResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void roleDelete(AuthRoleDeleteRequest request, StreamObserver<AuthRoleDeleteResponse> observer) {
        change(
                new Asked(Operation.ROLE_DELETE, request),
                observer,
                before -> RoleChanges.delete(request, before),
                header -> AuthRoleDeleteResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void roleGrantPermission(
            AuthRoleGrantPermissionRequest request, StreamObserver<AuthRoleGrantPermissionResponse> observer) {
        change(
                new Asked(Operation.ROLE_GRANT_PERMISSION, request),
                observer,
                before -> RoleChanges.grant(request, before),
                header -> AuthRoleGrantPermissionResponse.newBuilder()
                        .setHeader(header)
                        .build());
    }

    @Override
    public void roleRevokePermission(
            AuthRoleRevokePermissionRequest request, StreamObserver<AuthRoleRevokePermissionResponse> observer) {
        change(
                new Asked(Operation.ROLE_REVOKE_PERMISSION, request),
                observer,
                before -> RoleChanges.revoke(request, before),
                header -> AuthRoleRevokePermissionResponse.newBuilder()
                        .setHeader(header)
                        .build());
    }

    /** Everybody may ask about his own roles. The role root shows what it may do, not what was granted to its record. */
    @Override
    public void roleGet(AuthRoleGetRequest request, StreamObserver<AuthRoleGetResponse> observer) {
        Bytes name = Bytes.utf8(request.getRole());
        read(observer, (at, caller) -> {
            AuthState auth = at.state().auth();
            AuthUser asking = auth.user(caller.user());
            if (asking == null || !asking.hasRole(name)) {
                guard.rules().checkRoot(auth, caller);
            }
            AuthRole role = RoleChanges.role(auth, name);
            AuthRoleGetResponse.Builder answer =
                    AuthRoleGetResponse.newBuilder().setHeader(headers.of(at));
            if (name.equals(AuthRole.ROOT)) {
                return answer.addPerm(EVERYTHING).build();
            }
            role.permissions().forEach(permission -> answer.addPerm(toProto(permission)));
            return answer.build();
        });
    }

    @Override
    public void roleList(AuthRoleListRequest request, StreamObserver<AuthRoleListResponse> observer) {
        readAsRoot(
                observer,
                (auth, header) -> AuthRoleListResponse.newBuilder()
                        .setHeader(header)
                        .addAllRoles(texts(auth.roles().keySet()))
                        .build());
    }

    private static Permission toProto(AuthPermission permission) {
        return Permission.newBuilder()
                .setPermTypeValue(permission.type())
                .setKey(ByteStrings.toByteString(permission.key()))
                .setRangeEnd(ByteStrings.toByteString(permission.rangeEnd()))
                .build();
    }

    private static String text(Bytes name) {
        return new String(name.array(), StandardCharsets.UTF_8);
    }

    private static List<String> texts(Collection<Bytes> names) {
        return names.stream().map(AuthService::text).toList();
    }

    /** A request and the kind of its change. */
    private record Asked(Operation operation, MessageLite request) {
        int sizeBytes() {
            return request.getSerializedSize();
        }
    }

    private <T> void change(
            Asked asked, StreamObserver<T> observer, AuthChanges.Change change, Function<ResponseHeader, T> answer) {
        Reply<T> reply = Reply.to(observer);
        reply.guard(() -> {
            Caller caller = guard.caller();
            checkSize(asked);
            propose(reply, asked, caller, change, answer);
        });
    }

    /** A change whose password is to be hashed first. */
    private record Hashed<T>(
            Asked asked, String password, StreamObserver<T> observer, Function<ResponseHeader, T> answer) {}

    /** Whoever is not root is refused before the work, so that he can't make any. */
    private <T> void changeWithHash(Hashed<T> hashed, Function<Bytes, AuthChanges.Change> change) {
        Reply<T> reply = Reply.to(hashed.observer());
        reply.guard(() -> {
            passwords.check(hashed.password());
            Caller caller = guard.caller();
            checkSize(hashed.asked());
            guard.rules().checkRoot(ports.states().committed().state().auth(), caller);
            hash(
                    reply,
                    () -> propose(
                            reply,
                            hashed.asked(),
                            caller,
                            change.apply(passwords.hash(hashed.password())),
                            hashed.answer()));
        });
    }

    private void checkSize(Asked asked) {
        if (!limits.allowsRequestOf(asked.sizeBytes())) {
            throw EtcdError.REQUEST_TOO_LARGE.exception();
        }
    }

    private void hash(Reply<?> reply, Runnable work) {
        try {
            hashing.execute(() -> {
                if (!reply.isCancelled()) {
                    reply.guard(work);
                }
            });
        } catch (RejectedExecutionException e) {
            throw EtcdError.TOO_MANY_REQUESTS.exception();
        }
    }

    private <T> void propose(
            Reply<T> reply, Asked asked, Caller caller, AuthChanges.Change change, Function<ResponseHeader, T> answer) {
        reply.sendWhenDone(
                ports.proposer()
                        .propose(Proposal.sized(
                                asked.sizeBytes(), Proposal.of(asked.operation(), byRoot(caller, change)))),
                revision -> answer.apply(
                        headers.of(revision, ports.states().committed().term())));
    }

    /** Its result is the store's revision, which no such change moves. */
    private Proposal<Long> byRoot(Caller caller, AuthChanges.Change change) {
        AccessRules rules = guard.rules();
        return (tip, revisions) -> {
            rules.checkRoot(tip.auth(), caller);
            Optional<Entry.AuthChange> entry = change.of(tip.auth());
            return entry.isEmpty()
                    ? Evaluation.noEffect(tip.revision())
                    : Evaluation.effect(tip, entry.get(), tip.revision());
        };
    }

    @FunctionalInterface
    private interface Query<T> {
        T answer(CommittedState at, Caller caller);
    }

    private <T> void read(StreamObserver<T> observer, Query<T> query) {
        Reply<T> reply = Reply.to(observer);
        reply.guard(() -> {
            Credentials credentials = guard.credentials();
            reply.sendWhenDone(
                    ports.states().linearizable(),
                    at -> query.answer(at, guard.caller(at.state().auth(), credentials)));
        });
    }

    private <T> void readAsRoot(StreamObserver<T> observer, BiFunction<AuthState, ResponseHeader, T> query) {
        read(observer, (at, caller) -> {
            guard.rules().checkRoot(at.state().auth(), caller);
            return query.apply(at.state().auth(), headers.of(at));
        });
    }
}
