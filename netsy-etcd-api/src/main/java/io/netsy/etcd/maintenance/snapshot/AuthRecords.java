package io.netsy.etcd.maintenance.snapshot;

import io.netsy.etcd.proto.auth.Permission;
import io.netsy.etcd.proto.auth.Role;
import io.netsy.etcd.proto.auth.User;
import io.netsy.etcd.proto.auth.UserAddOptions;
import io.netsy.etcd.rpc.ByteStrings;
import io.netsy.replication.model.AuthPermission;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;

/** Users and roles in the messages in which etcd keeps them (etcd semantics, section 15). */
public final class AuthRecords {
    private AuthRecords() {}

    /** An authpb.User; its password is the bcrypt hash. */
    public static byte[] of(AuthUser user) {
        User.Builder message = User.newBuilder()
                .setName(ByteStrings.toByteString(user.name()))
                .setPassword(ByteStrings.toByteString(user.passwordHash()))
                .setOptions(UserAddOptions.newBuilder().setNoPassword(user.noPassword()));
        for (Bytes role : user.roles()) {
            message.addRolesBytes(ByteStrings.toByteString(role));
        }
        return message.build().toByteArray();
    }

    /** An authpb.Role. */
    public static byte[] of(AuthRole role) {
        Role.Builder message = Role.newBuilder().setName(ByteStrings.toByteString(role.name()));
        for (AuthPermission permission : role.permissions()) {
            message.addKeyPermission(Permission.newBuilder()
                    .setPermTypeValue(permission.type())
                    .setKey(ByteStrings.toByteString(permission.key()))
                    .setRangeEnd(ByteStrings.toByteString(permission.rangeEnd())));
        }
        return message.build().toByteArray();
    }
}
