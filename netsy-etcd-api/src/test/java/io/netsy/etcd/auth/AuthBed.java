package io.netsy.etcd.auth;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.netsy.etcd.proto.auth.Permission;
import io.netsy.etcd.proto.auth.UserAddOptions;
import io.netsy.etcd.proto.rpc.AuthDisableRequest;
import io.netsy.etcd.proto.rpc.AuthEnableRequest;
import io.netsy.etcd.proto.rpc.AuthGrpc.AuthBlockingStub;
import io.netsy.etcd.proto.rpc.AuthRoleAddRequest;
import io.netsy.etcd.proto.rpc.AuthRoleGrantPermissionRequest;
import io.netsy.etcd.proto.rpc.AuthUserAddRequest;
import io.netsy.etcd.proto.rpc.AuthUserGrantRoleRequest;
import io.netsy.etcd.proto.rpc.AuthenticateRequest;
import io.netsy.etcd.state.AuthState;
import io.netsy.etcd.testkit.TestEtcd;

/** A server with users, and short words for what is done to them. */
final class AuthBed implements AutoCloseable {
    static final Permission.Type READ = Permission.Type.READ;
    static final Permission.Type WRITE = Permission.Type.WRITE;
    static final Permission.Type READWRITE = Permission.Type.READWRITE;

    final TestEtcd etcd = new TestEtcd();

    /** The service as whoever may change users: nobody in particular while auth is off, then root. */
    AuthBlockingStub auth = etcd.auth;

    /** Users root and alice, whose password is "pw" and whose role is "r", and auth switched on. */
    static AuthBed enabled() {
        AuthBed bed = new AuthBed();
        bed.addUser("root");
        bed.addUser("alice");
        bed.addRole("r");
        bed.grantRole("alice", "r");
        bed.enable();
        return bed;
    }

    void enable() {
        grantRole("root", "root");
        var _ = auth.authEnable(AuthEnableRequest.getDefaultInstance());
        auth = as("root", etcd.auth);
    }

    void disable() {
        var _ = auth.authDisable(AuthDisableRequest.getDefaultInstance());
        auth = etcd.auth;
    }

    void addUser(String name) {
        var _ = auth.userAdd(
                AuthUserAddRequest.newBuilder().setName(name).setPassword("pw").build());
    }

    void addUserWithoutPassword(String name) {
        var _ = auth.userAdd(AuthUserAddRequest.newBuilder()
                .setName(name)
                .setOptions(UserAddOptions.newBuilder().setNoPassword(true))
                .build());
    }

    void addRole(String name) {
        var _ = auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
    }

    void grantRole(String user, String role) {
        var _ = auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                .setUser(user)
                .setRole(role)
                .build());
    }

    /** Grants a permission to alice's role; an empty end is the key alone. */
    void grant(Permission.Type type, String key, String end) {
        grant("r", type, key, end);
    }

    void grant(String role, Permission.Type type, String key, String end) {
        var _ = auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                .setName(role)
                .setPerm(permission(type, key, end))
                .build());
    }

    static Permission permission(Permission.Type type, String key, String end) {
        return Permission.newBuilder()
                .setPermType(type)
                .setKey(ByteString.copyFromUtf8(key))
                .setRangeEnd(ByteString.copyFromUtf8(end))
                .build();
    }

    String token(String user) {
        return token(user, "pw");
    }

    String token(String user, String password) {
        return etcd.auth
                .authenticate(AuthenticateRequest.newBuilder()
                        .setName(user)
                        .setPassword(password)
                        .build())
                .getToken();
    }

    /** The stub of a user who has just signed in. */
    <S extends AbstractStub<S>> S as(String user, S stub) {
        return withToken(token(user), stub);
    }

    static <S extends AbstractStub<S>> S withToken(String token, S stub) {
        return withHeader("token", token, stub);
    }

    static <S extends AbstractStub<S>> S withHeader(String name, String value, S stub) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    AuthState state() {
        return etcd.store.committed().state().auth();
    }

    long authRevision() {
        return state().revision();
    }

    @Override
    public void close() {
        etcd.close();
    }
}
