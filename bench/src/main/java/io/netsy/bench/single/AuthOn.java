package io.netsy.bench.single;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.netsy.etcd.proto.auth.Permission;
import io.netsy.etcd.proto.rpc.AuthDisableRequest;
import io.netsy.etcd.proto.rpc.AuthEnableRequest;
import io.netsy.etcd.proto.rpc.AuthGrpc;
import io.netsy.etcd.proto.rpc.AuthGrpc.AuthBlockingStub;
import io.netsy.etcd.proto.rpc.AuthRoleAddRequest;
import io.netsy.etcd.proto.rpc.AuthRoleGrantPermissionRequest;
import io.netsy.etcd.proto.rpc.AuthUserAddRequest;
import io.netsy.etcd.proto.rpc.AuthUserGrantRoleRequest;
import io.netsy.etcd.proto.rpc.AuthUserListRequest;
import io.netsy.etcd.proto.rpc.AuthenticateRequest;
import java.io.IOException;

/** A server with auth switched on until this is closed. Its one user besides root may read and write one prefix. */
final class AuthOn implements AutoCloseable {
    private static final String ROOT = "root";
    private static final String USER = "bench";
    private static final String PASSWORD = "secret";
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private final AuthBlockingStub auth;

    private AuthOn(AuthBlockingStub auth) {
        this.auth = auth;
    }

    /**
     * Makes users where there are none, and switches auth on.
     *
     * @param end the first key behind those that the user may read and write
     * @throws IOException when the server refuses
     */
    static AuthOn of(Channel channel, ByteString start, ByteString end) throws IOException {
        AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
        try {
            if (auth.userList(AuthUserListRequest.getDefaultInstance()).getUsersCount() == 0) {
                addUsers(auth, start, end);
            }
            var _ = auth.authEnable(AuthEnableRequest.getDefaultInstance());
            return new AuthOn(auth);
        } catch (StatusRuntimeException refusal) {
            throw new IOException("auth could not be switched on: " + refusal.getStatus(), refusal);
        }
    }

    private static void addUsers(AuthBlockingStub auth, ByteString start, ByteString end) {
        for (String name : new String[] {ROOT, USER}) {
            var _ = auth.userAdd(AuthUserAddRequest.newBuilder()
                    .setName(name)
                    .setPassword(PASSWORD)
                    .build());
            var _ = auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
            var _ = auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                    .setUser(name)
                    .setRole(name)
                    .build());
        }
        var _ = auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                .setName(USER)
                .setPerm(Permission.newBuilder()
                        .setPermType(Permission.Type.READWRITE)
                        .setKey(start)
                        .setRangeEnd(end))
                .build());
    }

    /** What the user signs his calls with. */
    String userToken() {
        return token(USER);
    }

    private String token(String user) {
        return auth.authenticate(AuthenticateRequest.newBuilder()
                        .setName(user)
                        .setPassword(PASSWORD)
                        .build())
                .getToken();
    }

    @Override
    public void close() {
        Metadata headers = new Metadata();
        headers.put(TOKEN, token(ROOT));
        var _ = auth.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .authDisable(AuthDisableRequest.getDefaultInstance());
    }
}
