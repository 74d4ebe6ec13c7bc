package io.netsy.etcd.auth;

import static io.netsy.etcd.auth.AuthBed.READ;
import static io.netsy.etcd.auth.AuthBed.READWRITE;
import static io.netsy.etcd.auth.AuthBed.WRITE;
import static io.netsy.etcd.auth.AuthBed.permission;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static io.netsy.etcd.testkit.TestEtcd.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.proto.auth.Permission;
import io.netsy.etcd.proto.rpc.AuthDisableRequest;
import io.netsy.etcd.proto.rpc.AuthEnableRequest;
import io.netsy.etcd.proto.rpc.AuthGrpc;
import io.netsy.etcd.proto.rpc.AuthRoleAddRequest;
import io.netsy.etcd.proto.rpc.AuthRoleDeleteRequest;
import io.netsy.etcd.proto.rpc.AuthRoleGetRequest;
import io.netsy.etcd.proto.rpc.AuthRoleGrantPermissionRequest;
import io.netsy.etcd.proto.rpc.AuthRoleListRequest;
import io.netsy.etcd.proto.rpc.AuthRoleRevokePermissionRequest;
import io.netsy.etcd.proto.rpc.AuthStatusRequest;
import io.netsy.etcd.proto.rpc.AuthStatusResponse;
import io.netsy.etcd.proto.rpc.AuthUserAddRequest;
import io.netsy.etcd.proto.rpc.AuthUserChangePasswordRequest;
import io.netsy.etcd.proto.rpc.AuthUserDeleteRequest;
import io.netsy.etcd.proto.rpc.AuthUserGetRequest;
import io.netsy.etcd.proto.rpc.AuthUserGrantRoleRequest;
import io.netsy.etcd.proto.rpc.AuthUserListRequest;
import io.netsy.etcd.proto.rpc.AuthUserRevokeRoleRequest;
import io.netsy.etcd.proto.rpc.AuthenticateRequest;
import io.netsy.etcd.proto.rpc.AuthenticateResponse;
import io.netsy.etcd.state.AuthState;
import io.netsy.etcd.testkit.Calls;
import io.netsy.etcd.testkit.Requests;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.etcd.testkit.TestStore;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Users, roles, the switch and signing in (etcd semantics, section 17; cases by number from section 21). */
class AuthManagementConformanceTest {
    private static final String NO_PASSWORD_USER =
            "auth: authentication failed, password was given for no password user";

    private AuthBed bed = new AuthBed();

    @AfterEach
    void close() {
        bed.close();
    }

    private void enabledBed() {
        bed.close();
        bed = AuthBed.enabled();
    }

    private void enable() {
        var _ = bed.auth.authEnable(AuthEnableRequest.getDefaultInstance());
    }

    private AuthStatusResponse status() {
        return bed.auth.authStatus(AuthStatusRequest.getDefaultInstance());
    }

    private void delete(String user) {
        var _ = bed.auth.userDelete(
                AuthUserDeleteRequest.newBuilder().setName(user).build());
    }

    private void changePassword(String user, String password) {
        var _ = bed.auth.userChangePassword(AuthUserChangePasswordRequest.newBuilder()
                .setName(user)
                .setPassword(password)
                .build());
    }

    private void deleteRole(String role) {
        var _ = bed.auth.roleDelete(
                AuthRoleDeleteRequest.newBuilder().setRole(role).build());
    }

    private void revokeRole(String user, String role) {
        var _ = bed.auth.userRevokeRole(AuthUserRevokeRoleRequest.newBuilder()
                .setName(user)
                .setRole(role)
                .build());
    }

    private void revoke(String role, String key, String end) {
        var _ = bed.auth.roleRevokePermission(AuthRoleRevokePermissionRequest.newBuilder()
                .setRole(role)
                .setKey(ByteString.copyFromUtf8(key))
                .setRangeEnd(ByteString.copyFromUtf8(end))
                .build());
    }

    private List<String> rolesOf(String user) {
        return bed.auth
                .userGet(AuthUserGetRequest.newBuilder().setName(user).build())
                .getRolesList();
    }

    private List<Permission> permissionsOf(String role) {
        return bed.auth
                .roleGet(AuthRoleGetRequest.newBuilder().setRole(role).build())
                .getPermList();
    }

    @Test
    void case73EnablingNeedsARootUserWithTheRootRole() {
        assertFails(EtcdError.ROOT_USER_MISSING, this::enable);
        bed.addUser("root");
        assertFails(EtcdError.ROOT_ROLE_MISSING, this::enable);
        bed.enable();
        enable();
        assertThat(status().getEnabled()).isTrue();
    }

    @Test
    void case80SigningInNeedsAuth() {
        bed.addUser("root");
        assertFails(EtcdError.AUTH_NOT_ENABLED, () -> bed.token("root"));
    }

    @Test
    void case79UsersMoveTheAuthRevisionAndNotTheStores() {
        assertThat(status().getAuthRevision()).isEqualTo(1);
        bed.addUser("root");
        assertThat(status().getAuthRevision()).isEqualTo(2);
        assertThat(status().getHeader().getRevision()).isEqualTo(1);
        assertThat(bed.etcd.put("k", "v")).isEqualTo(2);
        bed.addUser("x");
        assertThat(status().getHeader().getRevision()).isEqualTo(2);
    }

    @Test
    void case79APasswordChangeEndsTheOldToken() {
        enabledBed();
        bed.grant(READWRITE, "k", "");
        String old = bed.token("alice");
        var _ = AuthBed.withToken(old, bed.etcd.kv).put(Requests.put("k", "1").build());

        changePassword("alice", "pw");

        assertFails(
                EtcdError.INVALID_AUTH_TOKEN,
                () -> AuthBed.withToken(old, bed.etcd.kv)
                        .put(Requests.put("k", "2").build()));
        var _ = bed.as("alice", bed.etcd.kv).put(Requests.put("k", "3").build());
    }

    @Test
    void everyChangeMovesTheRevisionByOneAndTheOthersDoNot() {
        bed.addUser("root");
        bed.addRole("r");
        bed.grantRole("root", "r");
        assertThat(bed.authRevision()).isEqualTo(4);
        bed.grantRole("root", "r");
        assertThat(bed.authRevision()).isEqualTo(4);
        bed.grant(READ, "a", "");
        bed.grant(READ, "a", "");
        assertThat(bed.authRevision()).isEqualTo(6);
        revoke("r", "a", "");
        changePassword("root", "other");
        changePassword("root", "pw");
        revokeRole("root", "r");
        deleteRole("r");
        assertThat(bed.authRevision()).isEqualTo(11);
        bed.enable();
        assertThat(bed.authRevision()).isEqualTo(12);
        bed.disable();
        assertThat(bed.authRevision()).isEqualTo(13);
        bed.disable();
        assertThat(bed.authRevision()).isEqualTo(13);
        delete("root");
        assertThat(bed.authRevision()).isEqualTo(14);
    }

    @Test
    void usersAreCheckedAsTheyAreAdded() {
        assertFails(EtcdError.USER_EMPTY, () -> bed.addUser(""));
        bed.addUser("a");
        assertFails(EtcdError.USER_EXISTS, () -> bed.addUser("a"));
        assertThat(bed.authRevision()).isEqualTo(2);
        AuthUser user = bed.state().user(Bytes.utf8("a"));
        assertThat(user).isNotNull();
        assertThat(new String(user.passwordHash().array(), StandardCharsets.US_ASCII))
                .startsWith("$2a$04$");
    }

    @Test
    void aPasswordHasAtMost72Bytes() {
        Status status = statusOf(() -> bed.auth.userAdd(AuthUserAddRequest.newBuilder()
                .setName("a")
                .setPassword("ü".repeat(36) + "x")
                .build()));
        assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(status.getDescription()).isEqualTo("bcrypt: password length exceeds 72 bytes");
        assertThat(bed.state()).isEqualTo(AuthState.EMPTY);

        bed.addUser("root");
        changePassword("root", "ü".repeat(36));
        bed.grantRole("root", "root");
        enable();
        assertThat(bed.token("root", "ü".repeat(36))).isNotEmpty();
        assertFails(EtcdError.AUTH_FAILED, () -> bed.token("root", "ü".repeat(35)));
    }

    @Test
    void aUserWithoutPasswordSignsInByCertificateOnly() {
        enabledBed();
        bed.addUserWithoutPassword("cert");
        Status status = statusOf(() -> bed.token("cert", ""));
        assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(status.getDescription()).isEqualTo(NO_PASSWORD_USER);
        changePassword("cert", "pw");
        assertThat(statusOf(() -> bed.token("cert", "pw")).getDescription()).isEqualTo(NO_PASSWORD_USER);
    }

    @Test
    void aPasswordMayBeChangedByItsHash() {
        enabledBed();
        Bytes hash = new Passwords(5, new SecureRandom()).hash("other");
        String base64 = Base64.getEncoder().encodeToString(hash.array());
        AuthUserChangePasswordRequest.Builder request =
                AuthUserChangePasswordRequest.newBuilder().setName("alice").setHashedPassword(base64);
        var _ = bed.auth.userChangePassword(request.build());
        assertThat(bed.token("alice", "other")).isNotEmpty();

        assertThat(statusOf(() -> bed.auth.userChangePassword(
                                request.setHashedPassword("!").build()))
                        .getDescription())
                .isEqualTo(NO_PASSWORD_USER);
        var _ = bed.auth.userChangePassword(request.setHashedPassword("").build());
        assertFails(EtcdError.AUTH_FAILED, () -> bed.token("alice", ""));
    }

    @Test
    void whoIsNotThereCannotBeChanged() {
        assertFails(EtcdError.USER_NOT_FOUND, () -> delete("x"));
        assertFails(EtcdError.USER_NOT_FOUND, () -> changePassword("x", "pw"));
        assertFails(EtcdError.USER_NOT_FOUND, () -> bed.grantRole("x", "root"));
        assertFails(EtcdError.USER_NOT_FOUND, () -> revokeRole("x", "root"));
        assertFails(EtcdError.USER_NOT_FOUND, () -> rolesOf("x"));
        assertFails(EtcdError.ROLE_NOT_FOUND, () -> deleteRole("x"));
        assertFails(EtcdError.ROLE_NOT_FOUND, () -> bed.grant("x", READ, "a", ""));
        assertFails(EtcdError.ROLE_NOT_FOUND, () -> revoke("x", "a", ""));
        assertFails(EtcdError.ROLE_NOT_FOUND, () -> permissionsOf("x"));
        bed.addUser("a");
        assertFails(EtcdError.ROLE_NOT_FOUND, () -> bed.grantRole("a", "x"));
        assertFails(EtcdError.ROLE_NOT_GRANTED, () -> revokeRole("a", "x"));
        bed.addRole("r");
        assertFails(EtcdError.PERMISSION_NOT_GRANTED, () -> revoke("r", "a", ""));
        assertThat(bed.authRevision()).isEqualTo(3);
    }

    @Test
    void rolesAreCheckedAsTheyAreAdded() {
        assertFails(EtcdError.ROLE_EMPTY, () -> bed.addRole(""));
        bed.addRole("r");
        assertFails(EtcdError.ROLE_EXISTS, () -> bed.addRole("r"));
    }

    @Test
    void permissionsAreCheckedBeforeTheRole() {
        AuthRoleGrantPermissionRequest nothing =
                AuthRoleGrantPermissionRequest.newBuilder().setName("x").build();
        assertFails(EtcdError.PERMISSION_NOT_GIVEN, () -> bed.auth.roleGrantPermission(nothing));
        for (String[] range : new String[][] {{"", ""}, {"", "z"}, {"b", "a"}, {"b", "b"}}) {
            assertFails(EtcdError.INVALID_AUTH_MANAGEMENT, () -> bed.grant("x", READ, range[0], range[1]));
        }
        bed.addRole("x");
        bed.grant("x", READ, "b", "\0");
    }

    @Test
    void permissionsAreSortedByKeyAndASecondGrantReplacesTheFirst() {
        bed.addRole("r");
        bed.grant(READ, "b", "");
        bed.grant(READ, "a", "c");
        bed.grant(WRITE, "b", "");
        bed.grant(READ, "b", "d");

        assertThat(permissionsOf("r"))
                .containsExactly(permission(READ, "a", "c"), permission(WRITE, "b", ""), permission(READ, "b", "d"));
        assertFails(EtcdError.PERMISSION_NOT_GRANTED, () -> revoke("r", "a", "b"));
        revoke("r", "b", "");
        bed.grant(READWRITE, "b", "d");
        assertThat(permissionsOf("r")).containsExactly(permission(READ, "a", "c"), permission(READWRITE, "b", "d"));
    }

    @Test
    void theRootRoleShowsItsPowerOnceItIsThere() {
        bed.addUser("root");
        bed.grantRole("root", "root");
        assertFails(EtcdError.ROLE_NOT_FOUND, () -> permissionsOf("root"));
        bed.addRole("root");
        bed.grant("root", READ, "x", "");
        assertThat(permissionsOf("root")).containsExactly(permission(READWRITE, "", "\0"));
    }

    @Test
    void listsAreInByteOrder() {
        for (String name : List.of("b", "ä", "a", "aa", "\uD83D\uDE00", "\uFFFD")) {
            bed.addUser(name);
            bed.addRole(name);
        }
        List<String> expected = List.of("a", "aa", "b", "ä", "\uFFFD", "\uD83D\uDE00");
        assertThat(bed.auth.userList(AuthUserListRequest.getDefaultInstance()).getUsersList())
                .isEqualTo(expected);
        assertThat(bed.auth.roleList(AuthRoleListRequest.getDefaultInstance()).getRolesList())
                .isEqualTo(expected);
        for (String role : List.of("b", "\uD83D\uDE00", "a", "\uFFFD")) {
            bed.grantRole("a", role);
        }
        assertThat(rolesOf("a")).containsExactly("a", "b", "\uFFFD", "\uD83D\uDE00");
    }

    @Test
    void aDeletedRoleIsTakenFromItsUsers() {
        bed.addUser("a");
        bed.addUser("b");
        bed.addRole("x");
        bed.addRole("y");
        bed.grantRole("a", "x");
        bed.grantRole("a", "y");
        bed.grantRole("b", "x");
        deleteRole("x");
        bed.addRole("x");
        assertThat(rolesOf("a")).containsExactly("y");
        assertThat(rolesOf("b")).isEmpty();
    }

    @Test
    void whileAuthIsOnRootStays() {
        enabledBed();
        bed.addRole("root");
        long before = bed.authRevision();
        assertFails(EtcdError.INVALID_AUTH_MANAGEMENT, () -> delete("root"));
        assertFails(EtcdError.INVALID_AUTH_MANAGEMENT, () -> deleteRole("root"));
        assertFails(EtcdError.INVALID_AUTH_MANAGEMENT, () -> revokeRole("root", "root"));
        assertThat(bed.authRevision()).isEqualTo(before);
        bed.disable();
        deleteRole("root");
        assertThat(rolesOf("root")).isEmpty();
        delete("root");
    }

    @Test
    void signingInNeedsTheRightPassword() {
        enabledBed();
        assertFails(EtcdError.AUTH_FAILED, () -> bed.token("alice", "PW"));
        assertFails(EtcdError.AUTH_FAILED, () -> bed.token("alice", ""));
        assertFails(EtcdError.AUTH_FAILED, () -> bed.token("nobody", "pw"));
        assertFails(EtcdError.AUTH_FAILED, () -> bed.token("", ""));
        assertThat(bed.token("alice")).matches("[a-zA-Z]{16}\\.\\d+");
        assertThat(bed.token("alice")).isNotEqualTo(bed.token("alice"));
    }

    @Test
    void switchingOffEndsAllTokens() {
        enabledBed();
        String token = bed.token("alice");
        bed.disable();
        bed.etcd.put("k", "v");
        var _ = AuthBed.withToken("garbage", bed.etcd.kv)
                .put(Requests.put("k", "v").build());
        bed.enable();
        assertFails(
                EtcdError.INVALID_AUTH_TOKEN,
                () -> AuthBed.withToken(token, bed.etcd.kv)
                        .range(Requests.range("k").build()));
    }

    @Test
    void aDeletedUsersTokenIsNoLongerGoodEvenIfHeComesBack() {
        enabledBed();
        String token = bed.token("alice");
        delete("alice");
        assertFails(
                EtcdError.INVALID_AUTH_TOKEN,
                () -> AuthBed.withToken(token, bed.etcd.kv)
                        .range(Requests.range("k").build()));
        bed.addUser("alice");
        assertFails(
                EtcdError.INVALID_AUTH_TOKEN,
                () -> AuthBed.withToken(token, bed.etcd.kv)
                        .range(Requests.range("k").build()));
    }

    @Test
    void theSwitchMayBeUsedByRootAlone() {
        enabledBed();
        assertFails(EtcdError.USER_EMPTY, () -> bed.etcd.auth.authDisable(AuthDisableRequest.getDefaultInstance()));
        assertFails(
                EtcdError.PERMISSION_DENIED,
                () -> bed.as("alice", bed.etcd.auth).authDisable(AuthDisableRequest.getDefaultInstance()));
        assertFails(
                EtcdError.PERMISSION_DENIED,
                () -> bed.as("alice", bed.etcd.auth).authStatus(AuthStatusRequest.getDefaultInstance()));
    }

    @Test
    void aPasswordThatChangesWhileItIsCheckedIsCheckedAgain() {
        bed.close();
        List<Runnable> later = new ArrayList<>();
        try (TestEtcd etcd = new TestEtcd(new TestStore(), later::add)) {
            AuthUser root = new AuthUser(
                    AuthUser.ROOT,
                    new Passwords(4, new SecureRandom()).hash("old"),
                    false,
                    List.of(Bytes.utf8("root")));
            propose(etcd, 2, root);
            var answer = Calls.<AuthenticateResponse>start(observer -> AuthGrpc.newStub(etcd.auth.getChannel())
                    .authenticate(
                            AuthenticateRequest.newBuilder()
                                    .setName("root")
                                    .setPassword("old")
                                    .build(),
                            observer));
            propose(
                    etcd,
                    3,
                    new AuthUser(root.name(), new Passwords(4, new SecureRandom()).hash("new"), false, root.roles()));
            later.forEach(Runnable::run);
            assertThat(answer).isCompletedExceptionally();
        }
        bed = new AuthBed();
    }

    private static void propose(TestEtcd etcd, long revision, AuthUser user) {
        var entry = new Entry.AuthChange(
                revision, true, Entry.AuthChange.Changed.put(List.of(user)), Entry.AuthChange.Changed.nothing());
        etcd.store
                .propose((tip, revisions) -> Evaluation.effect(tip, entry, true))
                .join();
    }

    @Test
    void usersAndRolesComeBackWithTheLog() {
        enabledBed();
        bed.grant(READWRITE, "k", "");
        AuthState before = bed.state();
        try (TestEtcd restarted = bed.etcd.restarted()) {
            assertThat(restarted.store.committed().state().auth()).isEqualTo(before);
            assertFails(EtcdError.USER_EMPTY, () -> restarted.put("k", "v"));
        }
    }

    @Test
    void grantingARoleTwiceAnswersLikeTheFirstTime() {
        bed.addUser("a");
        bed.addRole("r");
        AuthUserGrantRoleRequest request =
                AuthUserGrantRoleRequest.newBuilder().setUser("a").setRole("r").build();
        assertThat(bed.auth.userGrantRole(request)).isEqualTo(bed.auth.userGrantRole(request));
        assertThat(bed.auth
                        .roleAdd(AuthRoleAddRequest.newBuilder().setName("z").build())
                        .getHeader()
                        .getRaftTerm())
                .isEqualTo(1);
    }
}
